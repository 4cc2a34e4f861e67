"""Many files checked at once, by as many processes as this machine has processors: a paper takes a while to index."""

import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from agents.lab import pages
from agents.recipes.lint_checked import Checked
from agents.recipes.lint_checks import checked

_STOPS = (signal.SIGINT, signal.SIGTERM)
_FEWEST = 8  # files for which a second process is worth its start


def all_checked(texts: Mapping[str, str], claude_md: str, cache: Path | None) -> dict[str, Checked]:
    """What each file comes to, by its path."""
    check = partial(_checked, claude_md=claude_md, cache=cache)
    workers = min(os.cpu_count() or 1, len(texts) // _FEWEST)
    if workers < 2:
        return dict(zip(texts, map(check, texts.items()), strict=True))
    pool = ProcessPoolExecutor(workers, initializer=_deaf)
    try:
        with _uninterrupted():
            found = pool.map(check, texts.items(), chunksize=4)
        return dict(zip(texts, found, strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """While processes are made: an interruption in the midst of that would be printed, and forgotten."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def _checked(file: tuple[str, str], claude_md: str, cache: Path | None) -> Checked:
    return checked(pages.page(*file), claude_md, cache)


def _deaf() -> None:
    """The person's Ctrl-C goes to the whole group of processes; the one that he started answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

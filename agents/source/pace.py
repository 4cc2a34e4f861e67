"""How often arXiv is asked, and how patiently: each request takes its turn here, each retry is decided here.

arXiv's terms allow one request in three seconds over one connection, counted over all machines of a person; so the
turns are kept in the person's cache folder, where every lab and every process finds them.
"""

import math
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from filelock import FileLock, Timeout
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from agents.errors import ConfigError, DiskError, TryAgainError, UnavailableError

T = TypeVar("T")

ATTEMPTS = 4
POLITE = 3.0  # seconds between the end of one request and the start of the next
LONGEST_WAIT = 300.0  # seconds that one wait may take, whoever asks for it


class Transient(Exception):  # noqa: N818 - a state of the world, as the classes of agents.errors
    """A failure that may pass; it never leaves this package. `wait`: seconds that arXiv asked for."""

    def __init__(self, what: str, *, wait: float | None = None, slower: int = 1) -> None:
        super().__init__(what)
        self.wait = wait
        self.slower = slower  # factor on our own waits where arXiv names none


def mirror() -> str:
    """LAB_ARXIV_URL without a slash at its end; "" for arXiv's own hosts. ConfigError for what is no URL."""
    url = os.environ.get("LAB_ARXIV_URL", "").strip().rstrip("/")
    if url and not (re.fullmatch(r"https?://[^\s{}?#]+", url) and _host(url)):
        raise ConfigError(f"LAB_ARXIV_URL is no URL: {url!r}", "unset it, or give one like http://127.0.0.1:8080")
    return url


def is_loopback() -> bool:
    """Whether requests go to a server on this machine."""
    host = _host(mirror())
    return host in {"localhost", "::1"} or host.startswith("127.")


def delay() -> float:
    """Seconds between two requests: LAB_ARXIV_DELAY, and never less than arXiv asks for unless it is not arXiv."""
    text = os.environ.get("LAB_ARXIV_DELAY", "").strip() or str(POLITE)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_WAIT:
        raise ConfigError(f"LAB_ARXIV_DELAY is no number of seconds: {text!r}", f"unset it: {POLITE:g} is the default")
    return seconds if is_loopback() else max(seconds, POLITE)


@contextmanager
def turn(cache: Path) -> Iterator[None]:
    """Our turn to send one request; held until its answer was read, so that there is one connection at a time.

    `cache` is where turns are kept when the person has no cache folder that can be written.
    """
    gap = delay()
    lock, stamp = _acquired(cache)
    try:
        time.sleep(_left(stamp, gap))
        _mark(stamp)  # now, in case that we are killed meanwhile
        try:
            yield
        finally:
            _mark(stamp)  # and when all was sent: what left us 3 s apart may arrive closer together
    finally:
        lock.release()


def patiently(attempt: Callable[[], T], progress: Callable[[str], None], *, attempts: int = ATTEMPTS) -> T:
    """What `attempt` returns; tried again while it raises Transient, then UnavailableError."""
    retrying = Retrying(
        stop=stop_after_attempt(attempts),
        wait=_wait,
        retry=retry_if_exception_type(Transient),
        before_sleep=lambda state: progress(f"{_error(state)}: waiting {_wait(state):.0f} s"),
        reraise=True,
    )
    try:
        return retrying(attempt)
    except Transient as error:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        raise UnavailableError(
            f"arXiv unavailable after {tries}: {error}",
            "check the network, or run the same command later; nothing was lost",
        ) from error


def _error(state: RetryCallState) -> Transient:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, Transient)  # noqa: S101 - nothing else is retried
    return error


def _wait(state: RetryCallState) -> float:
    error = _error(state)
    own = delay() * error.slower * 2 ** (state.attempt_number - 1)
    return min(own if error.wait is None else error.wait, LONGEST_WAIT)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _mark(stamp: Path) -> None:
    stamp.touch()
    now = time.time_ns()  # `touch` takes the kernel's coarse clock, up to 4 ms behind
    os.utime(stamp, ns=(now, now))


def _left(stamp: Path, gap: float) -> float:
    """Seconds until the next request may start; a stamp from the future (the clock was set back) counts as now."""
    try:
        passed = time.time() - stamp.stat().st_mtime
    except FileNotFoundError:
        return 0.0
    return gap - min(max(passed, 0.0), gap)


def _acquired(cache: Path) -> tuple[FileLock, Path]:
    """The lock, held, and the stamp beside it, in the first folder that can be written."""
    for folder in _folders(cache):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "arxiv.lock", timeout=LONGEST_WAIT)
            lock.acquire()
        except Timeout as error:
            raise TryAgainError(
                f"another run has been talking to arXiv for {LONGEST_WAIT / 60:.0f} minutes", "wait until it is done"
            ) from error
        except OSError:
            continue
        return lock, folder / "arxiv.stamp"
    raise DiskError(f"cannot write in {cache}", "check its permissions and the free space on the disk")


def _folders(cache: Path) -> Iterator[Path]:
    home = os.environ.get("HOME", "")
    base = os.environ.get("XDG_CACHE_HOME", "") or (f"{home}/.cache" if home else "")
    if Path(base).is_absolute():
        yield Path(base) / "llm-learning-lab"
    yield cache

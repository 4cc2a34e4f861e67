"""Where in the cache a paper's files stand, or would stand."""

import re
from pathlib import Path
from typing import Literal, get_args

from agents.source.document import Read
from agents.source.ids import ArxivId

Kind = Literal["tex", "html"]

FOLDERS: dict[Kind, str] = {"tex": "src", "html": "html"}  # below the cache, and in arXiv's addresses
_SHA256 = re.compile(r"[0-9a-f]{64}")


def pdf(paper: ArxivId, cache: Path) -> Path:
    """The PDF of this version."""
    return cache / "pdf" / f"{str(paper).replace('/', '_')}.pdf"


def markup(kind: Kind, paper: ArxivId, cache: Path) -> Path:
    """The markup of this version."""
    return cache / FOLDERS[kind] / f"{str(paper).replace('/', '_')}.{FOLDERS[kind]}"


def source(sha256: str, read: str, cache: Path) -> Path | None:
    """A paper as it was read; None for what is no checksum (a note may say anything)."""
    if not _SHA256.fullmatch(sha256) or read not in get_args(Read):
        return None
    return cache / "source" / f"{sha256}.{read}.json.gz"


def all_of(sha256: str, read: str, paper: ArxivId, cache: Path) -> list[Path]:
    """All from which a paper can be had as it was read."""
    own = source(sha256, read, cache)
    return [*([own] if own else []), pdf(paper, cache), *(markup(kind, paper, cache) for kind in FOLDERS)]

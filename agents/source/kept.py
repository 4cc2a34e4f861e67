"""Papers as they were read, kept in the cache: a note can be checked again without arXiv, and without the PDF.

A paper is kept by the sha256 of its file and by what was read of it: that is what its note says too.
"""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

from pydantic import TypeAdapter

from agents import disk
from agents.source import places
from agents.source.document import Source

_LARGEST = 100_000_000  # bytes, unpacked; a thesis of 400 pages has 2,000,000


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper, and the reader that read it."""

    reader: str
    source: Source

    @property
    def is_current(self) -> bool:
        """Whether our reader has not changed since."""
        return self.reader == _reader()


@once
def _stored() -> TypeAdapter[Kept]:
    return TypeAdapter(Kept)


@once
def _reader() -> str:
    """What tells our reader from any other: a hash of its code."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def keep(source: Source, cache: Path) -> None:
    """Keep a paper; DiskError. One that is kept already, as this reader reads it, is not written again."""
    path = places.source(source.sha256, source.read, cache)
    data = gzip.compress(_stored().dump_json(Kept(_reader(), source)), mtime=0)
    if path and disk.read(path) != data:
        with disk.whole(path) as file:
            file.write(data)


def find(sha256: str, read: str, cache: Path) -> Kept | None:
    """A paper that was kept; a file that cannot be read, or of another form, is as good as none."""
    path = places.source(sha256, read, cache)
    try:
        if path is None:
            return None
        with gzip.open(path) as file:
            found = _stored().validate_json(file.read(_LARGEST))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return found if found.source.sha256 == sha256 else None

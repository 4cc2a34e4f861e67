"""What arXiv serves as a paper's source -> its files, in memory only: a tar, gzipped or not, or a single file.

Nothing is written, no link is followed, no name leaves the archive, and no archive, however it lies about its size,
makes us hold more than `MOST_BYTES`.
"""

import io
import tarfile
import zlib
from pathlib import PurePosixPath

from agents.errors import DataError

MOST_BYTES = 200_000_000  # unpacked, all in all; the largest honest sources (photographs) have about 150 MB
MOST_FILES = 5_000
MOST_KEPT = 20_000_000  # of one file that we read; figures are passed over
_READ = {".tex", ".ltx", ".txt", ".bbl", ".bib", ".sty", ".bbx", ".tikz", ".def", ""}
_HINT = "the paper can still be read from its PDF"
_OTHERS = {
    b"%PDF": "its source is a PDF: the authors sent no TeX",
    b"%!PS": "its source is PostScript: the authors sent no TeX",
    b"PK\x03\x04": "its source is a zip file, not TeX",
    b"\x89PNG": "its source is a picture, not TeX",
    b"<!DO": "its source is a web page, not TeX",
    b"<htm": "its source is a web page, not TeX",
}


class NoTexError(DataError):
    """The source is whole, and holds no TeX: asking again will not help, so that may be kept as the answer."""


def files_of(data: bytes) -> dict[str, bytes]:
    """The text files of a paper's source by their path ("sections/intro.tex"). NoTexError, DataError if damaged."""
    if not data.strip():
        raise DataError("the paper's source is empty", _HINT)
    plain = _gunzip(data) if data[:2] == b"\x1f\x8b" else data
    if _is_tar(plain):
        files = _untar(plain)
        if not files:
            raise NoTexError("the paper's source holds no readable file", _HINT)
        return files
    for magic, what in _OTHERS.items():
        if plain.lstrip()[: len(magic)].lower() == magic.lower():
            raise NoTexError(what, _HINT)
    if b"\x00" in plain[:4096] or b"\\" not in plain:
        raise NoTexError("the paper's source is no TeX", _HINT)
    return {"main.tex": plain[:MOST_KEPT]}


def _gunzip(data: bytes) -> bytes:
    """Unpacked with a cap, so that a bomb stops at it; a second member (rare, legal) is read as well."""
    parts, left = [], MOST_BYTES
    rest = data
    while rest[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(rest, left))
        except zlib.error as error:
            raise DataError(f"the paper's source is damaged: {error}", _HINT) from error
        left -= len(parts[-1])
        if stream.unconsumed_tail or left <= 0:
            raise DataError(f"the paper's source unpacks to more than {MOST_BYTES // 1_000_000} MB", _HINT)
        if not stream.eof:
            raise DataError("the paper's source is cut off", _HINT)
        rest = stream.unused_data
    return b"".join(parts)


def _is_tar(data: bytes) -> bool:
    """By the magic word, or by the first header's checksum where the form has none; zeros are an empty archive."""
    header = data[:512]
    if header[257:262] == b"ustar" or (len(data) >= 1024 and not header.strip(b"\0")):
        return True
    try:
        tarfile.TarInfo.frombuf(header, "utf-8", "replace")
    except tarfile.HeaderError:
        return False
    return True


def _untar(data: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for count, member in enumerate(archive, start=1):
                total += member.size
                if count > MOST_FILES or total > MOST_BYTES:
                    raise DataError("the paper's source claims too many files, or too large ones", _HINT)
                name = _safe(member.name)
                # isreg() is false for links, devices and directories; a sparse file is a bomb or nothing we read
                if not name or not member.isreg() or member.issparse() or member.size > MOST_KEPT:
                    continue
                if PurePosixPath(name).suffix.lower() in _READ:
                    content = archive.extractfile(member)
                    files[name] = content.read() if content else b""
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise DataError(f"the paper's source is damaged: {error}", _HINT) from error
    return files


def _safe(name: str) -> str:
    """The path inside the archive, "" for one that leaves it, is absolute, or belongs to a Mac's own bookkeeping."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or any(part.startswith("._") for part in path.parts):
        return ""
    return str(path)

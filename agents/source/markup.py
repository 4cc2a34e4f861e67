"""A paper's TeX and HTML from arXiv: kept by id and version, whole or not at all; that there is none is kept too."""

import zlib
from collections.abc import Callable
from pathlib import Path

from agents import disk
from agents.errors import DataError, UnavailableError
from agents.source import fetch, pace, places
from agents.source.ids import ArxivId
from agents.source.places import FOLDERS, Kind

NAMES = {"tex": "TeX", "html": "HTML"}
LARGEST = {"tex": 60 * fetch.MEGABYTE, "html": 30 * fetch.MEGABYTE}
_LARGEST_UNPACKED = 1000 * fetch.MEGABYTE  # only counted here; what is read of it has the reader's own, smaller limit
_AR5IV = "https://ar5iv.labs.arxiv.org"
_GZIP, _TAR = b"\x1f\x8b", b"ustar"


def fetched(
    kind: Kind, paper: ArxivId, cache: Path, progress: Callable[[str], None], *, fresh: bool = False
) -> bytes | None:
    """The markup of exactly this version; None where there is none, which is asked again with `fresh` only.

    UnavailableError, TryAgainError, DataError (damaged, too large), DiskError.
    """
    path = places.markup(kind, paper, cache)
    none = path.with_suffix(".none")
    if (data := kept(kind, paper, cache)) is not None:
        return data
    if none.exists() and not fresh:
        return None
    progress(f"downloading the {NAMES[kind]} of {paper}")
    for url in addresses(kind, paper):
        data = pace.patiently(lambda url=url: _download(kind, url, paper, cache), progress)  # type: ignore[misc]
        if data is not None:
            _keep(path, data)
            return data
    _keep(none, f"arXiv has no {NAMES[kind]} of {paper}\n".encode())
    return None


def kept(kind: Kind, paper: ArxivId, cache: Path) -> bytes | None:
    """The markup of this version where it was fetched before; else None. Asks nobody."""
    data = disk.read(places.markup(kind, paper, cache))
    return data if data and not _damage(kind, data) else None


def addresses(kind: Kind, paper: ArxivId) -> list[str]:
    """Where to ask, in this order. ar5iv is asked only where arXiv itself is, not where a mirror stands for it."""
    url = f"{pace.mirror() or 'https://arxiv.org'}/{FOLDERS[kind]}/{paper}"
    return [url] if kind == "tex" or pace.mirror() else [url, f"{_AR5IV}/html/{paper.id}"]


def _download(kind: Kind, url: str, paper: ArxivId, cache: Path) -> bytes | None:
    what = f"the {NAMES[kind]} of {paper}"
    with fetch.get(url, cache) as response:
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise UnavailableError(f"arXiv answered {response.status_code} for {what}", fetch.LATER)
        data = b"".join(fetch.body(response, LARGEST[kind]))
    if _says_none(kind, url, data):
        return None
    if fault := _damage(kind, data):
        raise DataError(f"{what} cannot be read: {fault}", "run it again later, or take --source pdf")
    if not _is(kind, data):
        raise UnavailableError(f"arXiv answered something else than {what}", fetch.LATER)
    return data


def _says_none(kind: Kind, url: str, data: bytes) -> bool:
    """An answer that says that there is no such thing: a source that is a PDF, a page without a paper in it."""
    if kind == "tex":
        return data.startswith((b"%PDF", b"%!PS")) or (_is_page(data) and b"withdrawn" in data.lower())
    no_paper = b"ltx_" not in data
    told = any(words in data for words in (b"No HTML for", b"does not have an HTML version", b"HTML is not available"))
    return no_paper and (told or url.startswith(_AR5IV))  # ar5iv sends people on to the abstract


def _is_page(data: bytes) -> bool:
    return data[:1024].lstrip().startswith(b"<")


def _is(kind: Kind, data: bytes) -> bool:
    """Whether this is such a file by its own bytes, whatever it was announced as."""
    if kind == "html":
        return _is_page(data) and b"ltx_" in data
    return data.startswith(_GZIP) or data[257:262] == _TAR or (b"\\begin{document}" in data and not _is_page(data))


def _damage(kind: Kind, data: bytes) -> str:
    """What keeps it from being whole, "" if nothing does."""
    if not data:
        return "it is empty"
    if kind == "html":
        return "" if b"</html>" in data[-2048:] or b"ltx_" not in data else "it is cut off"
    if not data.startswith(_GZIP):
        return ""
    unpacked, size = zlib.decompressobj(wbits=31), 0
    try:
        while data and not unpacked.eof and size < _LARGEST_UNPACKED:
            size += len(unpacked.decompress(data, fetch.MEGABYTE))
            data = unpacked.unconsumed_tail
    except zlib.error as error:
        return f"it is damaged ({error})"
    if size >= _LARGEST_UNPACKED:
        return f"it unpacks to more than {_LARGEST_UNPACKED // fetch.MEGABYTE} MB"
    return "" if unpacked.eof else "it is cut off"


def _keep(path: Path, data: bytes) -> None:
    with disk.whole(path) as file:
        file.write(data)

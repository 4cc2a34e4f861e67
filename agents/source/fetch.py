"""The door to `requests`: one guarded GET, and the PDF of a paper, whole or not at all (its markup: markup.py).

What is not a PDF must not get past this file: MuPDF opens an HTML page named .pdf without a word and reads
"Access Denied" as the paper's text. URLs are built from the id, never taken from a feed.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from agents import disk
from agents.errors import BrokenPromise, DataError, MissingError, TryAgainError, UnavailableError
from agents.source import pace, places
from agents.source.ids import ArxivId
from agents.source.pdf import LARGEST

if TYPE_CHECKING:
    from requests import Response, Session

CONNECT, READ = 10.0, 30.0  # seconds, per connection and per read
DEADLINE = 120.0  # seconds for a whole body: a byte now and then keeps every read alive
HOPS = 3
MEGABYTE = 1024 * 1024
LARGEST_FEED = 10 * MEGABYTE
_START, _END = 1024, 2048  # bytes of a PDF in which its first and its last marker must stand
EMPTY = "it is empty"
HTML = "it is HTML, not a PDF"
OTHER = "it is not a PDF"
CUT = "it is a damaged PDF: the PDF is truncated"
LATER = "run the same command later; nothing was lost"


@dataclass(frozen=True, slots=True)
class Reply:
    """A small answer, read whole; named as `arxiv.Client` expects it of a session."""

    status_code: int
    content: bytes


def feed(url: str, cache: Path) -> Reply:
    """One paced GET of arXiv's query API. pace.Transient for what may pass; UnavailableError, TryAgainError."""
    with get(url, cache) as response:
        return Reply(response.status_code, b"".join(body(response, LARGEST_FEED)))


def pdf(paper: ArxivId, cache: Path, progress: Callable[[str], None]) -> Path:
    """The PDF of exactly this version, downloaded once and then kept in `cache`.

    MissingError where there is none, UnavailableError for what is no PDF, DataError for one that is damaged.
    """
    if not paper.version:
        raise BrokenPromise(f"asked for the PDF of {paper} without a version", "please report this as a bug")
    path = places.pdf(paper, cache)
    if kept := kept_pdf(paper, cache):
        return kept
    progress(f"downloading {paper}")
    pace.patiently(lambda: _download(paper, path, cache), progress)
    return path


def kept_pdf(paper: ArxivId, cache: Path) -> Path | None:
    """The PDF of this version where it was downloaded before and is still whole. Asks nobody."""
    path = places.pdf(paper, cache)
    return path if path.exists() and not _fault_of(path) else None


@contextmanager
def get(url: str, cache: Path) -> Iterator["Response"]:
    """One answer, its body unread. Every hop takes its own turn, and the turn lasts until the body was read."""
    import requests

    with requests.Session() as session:
        session.trust_env = not pace.is_loopback()  # a proxy does not know our loopback
        for _ in range(HOPS + 1):
            with pace.turn(cache), _failures(url), _sent(session, url) as response:
                if not response.is_redirect:
                    _refusals(response)
                    yield response
                    return
            url = _allowed(urljoin(url, response.headers["location"]))
    raise UnavailableError(f"arXiv redirects more than {HOPS} times", LATER)


def _sent(session: "Session", url: str) -> "Response":
    return session.get(url, stream=True, allow_redirects=False, timeout=(CONNECT, READ), headers=_headers())


def _headers() -> dict[str, str]:
    try:
        release = version("llm-learning-lab")
    except PackageNotFoundError:  # run from a checkout
        release = "0"
    # "identity": Content-Length then counts the very bytes that are kept
    return {"User-Agent": f"llm-learning-lab/{release} (personal use)", "Accept-Encoding": "identity"}


@contextmanager
def _failures(url: str) -> Iterator[None]:
    """What `requests` and the library under it raise, in our terms."""
    import requests
    import urllib3

    host = urlsplit(url).hostname
    try:
        yield
    except requests.exceptions.SSLError as error:
        if "certificate" in str(error).casefold():
            raise UnavailableError(
                f"the certificate of {host} could not be verified",
                "check the clock of this machine and what sits between it and the network",
            ) from error
        raise pace.Transient(f"the secure connection to {host} failed") from error
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise pace.Transient(f"{host} timed out") from error
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError) as error:
        raise pace.Transient(f"the answer of {host} came incomplete") from error
    except requests.exceptions.RequestException as error:
        raise pace.Transient(f"no connection to {host}") from error


def _refusals(response: "Response") -> None:
    """Raise for the answers that say: not you, or not now."""
    status = response.status_code
    if status == 403:  # further requests after a 403 are taken for an attack
        raise UnavailableError(
            "arXiv refuses this client (403)", "stop for at least 20 minutes, then try once; use a local PDF meanwhile"
        )
    if status not in {429, 500, 502, 503, 504}:
        return
    wait = _retry_after(response.headers.get("Retry-After", ""))
    if wait is not None and wait > pace.LONGEST_WAIT:
        when = datetime.now().astimezone() + timedelta(seconds=wait)
        raise TryAgainError(f"arXiv is busy ({status})", f"try again after {when:%Y-%m-%d %H:%M}; nothing was lost")
    raise pace.Transient(f"arXiv answered {status}", wait=wait, slower=20 if status == 429 else 1)


def _retry_after(value: str) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), at most a year; None for anything else."""
    year = 365 * 86400.0
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), year)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    left = (when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(left.total_seconds(), 0.0), year)


def _allowed(url: str) -> str:
    """A redirect's target, if it is arXiv's over https, or stays on the mirror."""
    target, base = urlsplit(url), urlsplit(pace.mirror())
    if target.scheme == "https" and target.hostname in {"arxiv.org", "export.arxiv.org"} and not target.port:
        return url
    if base.netloc and (target.scheme, target.netloc) == (base.scheme, base.netloc):
        return url
    raise UnavailableError(f"arXiv redirects to another host: {target.hostname}", "check the network; " + LATER)


def body(response: "Response", largest: int) -> Iterator[bytes]:
    """The bytes of the answer, as they come: at most `largest`, within the deadline, and as many as were announced."""
    start, size = time.monotonic(), 0
    announced = response.headers.get("Content-Length", "")
    expected = int(announced) if announced.isdigit() else None
    # read1 hands over what is there; read would sit on a slow drip until its whole chunk is full
    while chunk := response.raw.read1(MEGABYTE):
        size += len(chunk)
        if max(size, expected or 0) > largest:
            raise DataError(f"arXiv's answer is larger than {largest // MEGABYTE} MB", "get a smaller PDF by hand")
        if time.monotonic() - start > DEADLINE:
            raise UnavailableError(f"arXiv timed out: not done after {DEADLINE:g} s", LATER)
        yield chunk
    if expected not in {None, size}:
        raise pace.Transient(f"the answer came incomplete: {size} of {expected} bytes")


def _download(paper: ArxivId, path: Path, cache: Path) -> None:
    url = f"{pace.mirror() or 'https://arxiv.org'}/pdf/{paper}"
    with disk.whole(path) as file, get(url, cache) as response:
        if response.status_code == 404:
            raise MissingError(f"arXiv has no PDF of {paper}", f"look at https://arxiv.org/abs/{paper.id}")
        if response.status_code != 200:
            raise UnavailableError(f"arXiv answered {response.status_code} for the PDF of {paper}", LATER)
        for chunk in body(response, LARGEST):
            file.write(chunk)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
        _refuse_other(paper, file, kind)


def _refuse_other(paper: ArxivId, file: BinaryIO, kind: str) -> None:
    """Raise unless what was downloaded is a whole PDF and was announced as one."""
    fault = _fault(file)
    if fault in {EMPTY, CUT}:
        raise DataError(
            f"the PDF of {paper} cannot be read: {fault}", "run it again later, or use a PDF from elsewhere"
        )
    if not fault and "pdf" in kind:
        return
    file.seek(0)
    page = file.read(64 * 1024).lower()
    if b"withdrawn" in page:
        raise MissingError(f"{paper} was withdrawn: it has no PDF", f"look at https://arxiv.org/abs/{paper.id}")
    answered = "HTML" if fault == HTML else kind or "something unnamed"
    raise UnavailableError(f"arXiv answered {answered}, not a PDF", LATER + "; or use a PDF from elsewhere")


def _fault_of(path: Path) -> str:
    with path.open("rb") as file:
        return _fault(file)


def _fault(file: BinaryIO) -> str:
    """What keeps a file from being a whole PDF, "" if nothing does. Cheap: only its two ends are read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END))
    end = file.read()
    file.seek(0)
    start = file.read(_START)
    if not size:
        return EMPTY
    if b"%PDF-" not in start:
        return HTML if start.lstrip().startswith(b"<") else OTHER
    return "" if b"%%EOF" in end else CUT  # MuPDF would mend a cut tail silently and lose pages

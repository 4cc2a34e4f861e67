"""What a person types to name a paper: arXiv ids in all the forms they are pasted in, PDF paths, titles, `-`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from agents.errors import MissingError, UsageError

HINT = "name a paper by its arXiv id (2301.12597, hep-th/9901001v2), its arxiv.org link, a PDF file, or its title"
LONGEST = 400  # characters; the longest arXiv title has about 250

# The archives that gave out ids before April 2007. The list is closed, so "papers/2301125" is no id.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|"
    "q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_ANY_CASE = re.IGNORECASE | re.ASCII

_VERSION = r"(?:v([1-9][0-9]{0,2}))?"
_NEW = rf"([0-9]{{4}})\.([0-9]{{4,5}}){_VERSION}"
_OLD = rf"({_ARCHIVES})(?:\.[a-z-]{{2,8}})?/([0-9]{{4}})([0-9]{{3}}){_VERSION}"
_ID = re.compile(f"{_NEW}|{_OLD}", _ANY_CASE)
_FOUND = re.compile(rf"(?<![A-Za-z0-9.])({_NEW}|{_OLD})(?![A-Za-z0-9]|\.[0-9])", _ANY_CASE)

_SUFFIX = r"(?:\.(?:pdf|ps|gz|html|tar))*"
_COPY = r"(?:\s?\([0-9]{1,3}\))?"  # what a browser adds to the second download
_STAMP = r"(?:\s+\[[a-z.-]+\])?(?:\s+[0-9]{1,2}\s+[a-z]{3}\s+[0-9]{4})?"
_BARE = re.compile(rf"(?:arxiv\s*[:\s_-]\s*)?({_NEW}|{_OLD})(?:{_STAMP}|{_COPY}{_SUFFIX})/?", _ANY_CASE)
_DOI = re.compile(rf"(?:doi:\s*)?10\.48550/arxiv\.({_NEW}|{_OLD})/?", _ANY_CASE)

_ARXIV = "abs|pdf|html|src|e-print|ps|format|tb"
_PAGES = {  # host (a leading "www." is taken off) -> what stands before the id in its paths
    **dict.fromkeys(("arxiv.org", "export.arxiv.org", "browse.arxiv.org"), f"(?:{_ARXIV})/"),
    **dict.fromkeys(("de.arxiv.org", "cn.arxiv.org", "lanl.arxiv.org"), f"(?:{_ARXIV})/"),
    **dict.fromkeys(("ar5iv.org", "ar5iv.labs.arxiv.org"), "(?:html|abs)/"),
    "alphaxiv.org": "(?:abs|pdf|html|overview)/",
    "huggingface.co": "papers/",
    "scirate.com": "arxiv/",
    "papers.cool": "arxiv/",
    "arxiv-vanity.com": "papers/",
    **dict.fromkeys(("semanticscholar.org", "api.semanticscholar.org"), "(?:graph/v1/)?(?:paper/)?arxiv:"),
    **dict.fromkeys(("doi.org", "dx.doi.org"), r"10\.48550/arxiv\."),
}


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A paper, or one version of it. `id` is normalised: lower case, without subject class (math/0309136)."""

    id: str
    version: int = 0  # 0: the latest

    def __str__(self) -> str:
        return f"{self.id}v{self.version}" if self.version else self.id


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """What was asked for; the one value that belongs to `kind` is set ("stdin" has none)."""

    kind: Literal["id", "pdf", "stdin", "title"]
    id: ArxivId | None = None
    path: Path | None = None
    title: str = ""


def parse(text: str) -> ArxivId:
    """The arXiv id in `text`, which must hold nothing else; links count on known hosts only. Else UsageError."""
    _refuse_odd(text)
    plain = " ".join(text.replace("：", ":").replace("﹕", ":").split())
    link = _link(plain)
    if link is not None:
        return _in_link(link, text)
    match = _BARE.fullmatch(plain) or _DOI.fullmatch(plain)
    return (_checked(match[1]) if match else None) or _no_id(text)


def find_in(text: str) -> ArxivId | None:
    """The first arXiv id that stands in a longer text: the stamp on page 1, a file name."""
    found = (_checked(match[1]) for match in _FOUND.finditer(text))
    return next((paper for paper in found if paper), None)


def classify(argument: str, *, title: bool) -> PaperRequest:
    """What the person's argument is; `title`: he said that it is one. UsageError, or MissingError for an absent PDF."""
    if title:
        return PaperRequest("title", title=_title(argument))
    if argument == "-":
        return PaperRequest("stdin")
    if _link(argument.strip()) is None and _is_path(argument):
        return _file(argument)
    try:
        return PaperRequest("id", id=parse(argument))
    except UsageError:
        if _link(argument.strip()) is not None or " " not in argument.strip():
            raise
    return PaperRequest("title", title=_title(argument))


def _checked(written: str) -> ArxivId | None:
    """The id as arXiv gives them out (month, digits, archive), or None."""
    match = _ID.fullmatch(written)
    if not match:
        return None
    month, number, new_version, archive, old_month, old_number, old_version = match.groups()
    if month:
        digits = 5 if month >= "1501" else 4
        if month < "0704" or not _is_month(month) or len(number) != digits:
            return None
        return ArxivId(f"{month}.{number}", int(new_version or 0))
    if not _is_month(old_month) or "0703" < old_month < "9107":
        return None
    return ArxivId(f"{archive.casefold()}/{old_month}{old_number}", int(old_version or 0))


def _is_month(yymm: str) -> bool:
    return "01" <= yymm[2:] <= "12"


def _link(text: str) -> str | None:
    """`text` as a URL if it is one, with or without its scheme."""
    if "://" in text:
        return text
    host = text.partition("/")[0].casefold().removeprefix("www.")
    return f"https://{text}" if "/" in text and host in _PAGES else None


def _in_link(link: str, text: str) -> ArxivId:
    try:
        url = urlsplit(link)
    except ValueError:  # an unclosed bracket in the host
        _no_id(text)
    before = _PAGES.get(url.netloc.casefold().removeprefix("www."))
    if before is None or url.scheme.casefold() not in {"http", "https"}:
        raise UsageError(f"{_shown(text)} is no link to a paper on arXiv", HINT)
    path = re.sub("(?:/|%2f)+", "/", url.path.replace("%3A", ":"), flags=_ANY_CASE)
    match = re.fullmatch(rf"/{before}({_NEW}|{_OLD}){_SUFFIX}/?", path, _ANY_CASE)
    return (_checked(match[1]) if match else None) or _no_id(text)


def _is_path(argument: str) -> bool:
    return argument.casefold().endswith(".pdf") or argument.startswith(("/", "./", "../", "~"))


def _file(argument: str) -> PaperRequest:
    """An argument that looks like a path: the PDF there, or the id in the name of a download that is elsewhere."""
    try:
        path = Path(argument).expanduser()
        is_file, is_there = path.is_file(), path.exists()
    except (OSError, RuntimeError):  # a name too long for the disk, `~nobody`
        is_file = is_there = False
    if is_file:
        return PaperRequest("pdf", path=path)
    if is_there:
        raise UsageError(f"{_shown(argument)} is not a file", "give the path of one PDF file")
    match = _BARE.fullmatch(argument) if "/" not in argument else None
    paper = _checked(match[1]) if match else None
    if paper:
        return PaperRequest("id", id=paper)
    if argument.casefold().endswith(".pdf"):
        raise MissingError(f"there is no file {_shown(argument)}", "check the path, or give the paper's arXiv id")
    raise UsageError(f"{_shown(argument)} is neither a PDF file nor an arXiv id", HINT)


def _title(text: str) -> str:
    _refuse_odd(text)
    title = " ".join(text.split())
    if not any(character.isalnum() for character in title):
        raise UsageError(f"{_shown(text)} is no title", HINT)
    return title


def _refuse_odd(text: str) -> None:
    if len(text) > LONGEST or not all(character.isprintable() or character.isspace() for character in text):
        _no_id(text)


def _no_id(text: str) -> NoReturn:
    raise UsageError(f"{_shown(text)} is no arXiv id", HINT)


def _shown(text: str) -> str:
    """What was typed, short and without control characters."""
    return repr(text if len(text) <= 60 else text[:60] + "…")

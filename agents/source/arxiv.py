"""The door to the `arxiv` package: what arXiv says of a paper, and which papers have a title.

The package is used for its query and its feed parser only. Its session has no timeout and its retries know no
Retry-After, so the request itself is `fetch.feed` and the retries are `pace.patiently`.
"""

import glob
import hashlib
import logging
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pydantic import TypeAdapter

from agents import disk
from agents.errors import BrokenPromise, MissingError, UnavailableError, UsageError
from agents.note.slug import folded
from agents.source import fetch, pace
from agents.source.document import Metadata
from agents.source.ids import ArxivId, parse

HITS = 10
_SEVERAL = 100  # papers in one answer
_IDS, _TITLES = 50, 10  # in one query: a longer one would not fit into an address
DAY = 86400.0  # seconds; arXiv's results do not change within a day, and it asks not to be asked again
_STORED = TypeAdapter(tuple[Metadata, ...])

# "This paper has been withdrawn by ...", "Withdrawn due to ..."; not "withdrawn from NeurIPS", not "withdrawn drugs"
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|submission|manuscript|preprint|work|draft|note|version)"
    r"(?:\s+(?:has|have|had|was|is|been|being|now|\w+ly))*\s+withdrawn\b(?!\s+from)"
    r"|^\W*withdrawn\b(?!\s+from)",
    re.IGNORECASE,
)


def metadata(
    paper: ArxivId,
    cache: Path,
    progress: Callable[[str], None],
    *,
    fresh: bool = False,
    attempts: int = pace.ATTEMPTS,
) -> Metadata:
    """What arXiv says of this version, or of the latest. Kept in `cache`: a version for good, the latest for a day.

    MissingError for a paper that arXiv does not know; `fresh` asks again whatever is kept.
    """
    found = () if fresh else _kept(_file(cache, str(paper)), for_good=bool(paper.version))
    if found:
        return found[0]
    progress(f"asking arXiv about {paper}")
    entry = _matching(paper, _ask(cache, progress, attempts, ids=(str(paper),)))
    for name in {str(paper), f"{entry.arxiv}v{entry.version}"}:
        _keep(_file(cache, name), (entry,))
    return entry


def kept(paper: ArxivId, cache: Path) -> Metadata | None:
    """What arXiv said of this version once, however long ago; None where nothing is kept. Asks nobody."""
    return next(iter(_kept(_file(cache, str(paper)), for_good=True)), None)


def newest_kept(paper: str, cache: Path) -> int:
    """The newest version that a kept answer of arXiv's names, however old that is; 0 where none does. Asks nobody."""
    kept = (_kept(_file(cache, name), for_good=True) for name in (paper, *_versions_kept(paper, cache)))
    return max((entry.version for found in kept for entry in found if entry.arxiv == paper), default=0)


def _versions_kept(paper: str, cache: Path) -> list[str]:
    file = _file(cache, paper)
    return [path.stem for path in file.parent.glob(f"{glob.escape(file.stem)}v*.json")]


def search(title: str, cache: Path, progress: Callable[[str], None], *, fresh: bool = False) -> tuple[Metadata, ...]:
    """At most ten papers that have these words in their title, the likeliest first; kept in `cache` for a day."""
    words = re.findall(r"\w+", title)
    name = hashlib.sha256(" ".join(words).casefold().encode()).hexdigest()[:16]
    kept = _file(cache, f"title-{name}")
    found = () if fresh else _kept(kept, for_good=False)
    if found:
        return found
    progress(f"asking arXiv for the title {title!r}")
    found = _ask(cache, progress, pace.ATTEMPTS, query=f'ti:"{" ".join(words)}"')
    telling = [f"ti:{word}" for word in words if len(word) > 3]
    if not found and telling:  # the person may have a word wrong or left out; arXiv may not index short ones
        found = _ask(cache, progress, pace.ATTEMPTS, query=" AND ".join(telling))
    if found:
        _keep(kept, found)
    return found


def known(
    papers: Sequence[ArxivId], cache: Path, progress: Callable[[str], None], *, attempts: int = pace.ATTEMPTS
) -> tuple[Metadata, ...]:
    """What arXiv says of several papers at once; those that it does not know are left out. Kept for a day."""
    found: list[Metadata] = []
    for part in _parts([str(paper) for paper in papers], _IDS):
        found += _batch(cache, progress, attempts, _saying("about", part, "paper"), ids=part)
    return tuple(found)


def titled(
    titles: Sequence[str], cache: Path, progress: Callable[[str], None], *, attempts: int = pace.ATTEMPTS
) -> tuple[Metadata, ...]:
    """The papers that have one of these titles, but for case and punctuation. Ten titles make one request.

    What is not found by its words in a row is asked for once more by its longer words, as in `search`.
    """
    found = _titled(titles, cache, progress, attempts, _in_a_row)
    names = {folded(entry.title) for entry in found}
    left = [title for title in titles if folded(title) not in names]
    return found + _titled(left, cache, progress, attempts, _longer_words)


def _titled(
    titles: Sequence[str],
    cache: Path,
    progress: Callable[[str], None],
    attempts: int,
    ask: Callable[[list[str]], str],
) -> tuple[Metadata, ...]:
    queries = [query for title in titles if (query := ask(re.findall(r"\w+", title)))]
    found: list[Metadata] = []
    for part in _parts(queries, _TITLES):
        found += _batch(cache, progress, attempts, _saying("for", part, "title"), query=" OR ".join(part))
    wanted = set(map(folded, titles))
    return tuple(entry for entry in found if folded(entry.title) in wanted)


def _in_a_row(words: list[str]) -> str:
    return f'ti:"{" ".join(words)}"' if words else ""


def _longer_words(words: list[str]) -> str:
    telling = [f"ti:{word}" for word in words if len(word) > 3]
    return f"({' AND '.join(telling)})" if telling else ""


def _parts(items: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(items), most):
        yield tuple(items[start : start + most])


def _saying(how: str, part: Sequence[str], what: str) -> str:
    return f"asking arXiv {how} {len(part)} {what}{'s' * (len(part) > 1)}"


def _batch(
    cache: Path,
    progress: Callable[[str], None],
    attempts: int,
    saying: str,
    *,
    query: str = "",
    ids: tuple[str, ...] = (),
) -> tuple[Metadata, ...]:
    name = hashlib.sha256(" ".join([query, *ids]).encode()).hexdigest()[:16]
    kept = _file(cache, f"batch-{name}")
    if found := _kept(kept, for_good=False):
        return found
    progress(saying)
    found = _ask(cache, progress, attempts, query=query, ids=ids, most=_SEVERAL)
    if found:
        _keep(kept, found)
    return found


def line(text: str) -> str:
    """`text` as one clean line: single spaces, no control characters, nothing invisible or bidirectional."""
    shown = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(shown.split())


def _ask(
    cache: Path,
    progress: Callable[[str], None],
    attempts: int,
    *,
    query: str = "",
    ids: tuple[str, ...] = (),
    most: int = HITS,
) -> tuple[Metadata, ...]:
    """The papers in arXiv's answer, at most so many; an entry that reports an error is none."""
    import arxiv

    logging.getLogger("arxiv").addHandler(logging.NullHandler())  # its warnings are not for the person
    client = arxiv.Client(page_size=most, delay_seconds=0, num_retries=0)
    client.query_url_format = f"{pace.mirror() or 'https://export.arxiv.org'}/api/query?{{}}"
    client._session = SimpleNamespace(get=lambda url, **_: _feed(url, cache))  # noqa: SLF001 - it takes none
    search = arxiv.Search(query=query, id_list=list(ids), max_results=most)

    def attempt() -> tuple[Metadata, ...]:
        try:
            entries = [_metadata(result) for result in client.results(search)]
        except arxiv.HTTPError as error:
            if error.status in {400, 404}:  # arXiv's words for "no such id"
                return ()
            raise UnavailableError(f"arXiv answered {error.status}", "run the same command later") from error
        except ValueError as error:
            raise pace.Transient("arXiv answered a feed with an unreadable date") from error
        return tuple(entry for entry in entries if entry)

    return pace.patiently(attempt, progress, attempts=attempts)


def _feed(url: str, cache: Path) -> fetch.Reply:
    reply = fetch.feed(url, cache)
    if reply.status_code == 200 and b"<feed" not in reply.content:  # blank, or a page for people; both pass
        raise pace.Transient("arXiv answered something that is no feed")
    return reply


def _matching(paper: ArxivId, found: tuple[Metadata, ...]) -> Metadata:
    """The entry for the paper that was asked for, wherever it stands."""
    if not found:
        raise MissingError(f"arXiv does not know {paper}", "check the id on arxiv.org; a version may be left off")
    for entry in found:
        if entry.arxiv == paper.id and paper.version in {0, entry.version}:
            return entry
    got = ArxivId(found[0].arxiv, found[0].version)
    raise BrokenPromise(f"asked {paper}, got {got}", "arXiv answered for another paper; try again later")


def _metadata(result: Any) -> Metadata | None:
    """One entry of the feed (`arxiv.Result`); None for the entry that arXiv puts in place of an error."""
    try:
        paper = parse(result.entry_id)
    except UsageError:
        return None
    abstract, comment = line(result.summary), line(result.comment or "")
    withdrawn = _WITHDRAWN.search(comment) or _WITHDRAWN.search(abstract[:300])
    return Metadata(
        arxiv=paper.id,
        version=paper.version,
        title=line(result.title),
        authors=tuple(name for author in result.authors if (name := line(author.name))),
        abstract=abstract,
        published=result.published.date(),
        categories=tuple(result.categories),
        comment=comment,
        has_pdf=bool(result.pdf_url) and not withdrawn,
    )


def _file(cache: Path, name: str) -> Path:
    return cache / "arxiv" / f"{name.replace('/', '_')}.json"


def _kept(file: Path, *, for_good: bool) -> tuple[Metadata, ...]:
    """What was kept, unless it is too old; a file that cannot be read is as good as none."""
    try:
        if for_good or time.time() - file.stat().st_mtime < DAY:
            return _STORED.validate_json(file.read_bytes())
    except (OSError, ValueError):
        pass
    return ()


def _keep(file: Path, found: tuple[Metadata, ...]) -> None:
    with disk.whole(file) as out:
        out.write(_STORED.dump_json(found, indent=1))

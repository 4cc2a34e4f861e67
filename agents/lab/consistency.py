"""What notes say of other files: links that lead somewhere, and a reading list that agrees with the notes of papers."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from agents.errors import OverwriteError
from agents.lab import progress, reading_list, tables
from agents.lab.find import READING_LIST, Lab
from agents.lab.inventory import LARGEST
from agents.lab.reading_list import Place, Row, Status
from agents.note.links import fragments, is_elsewhere, links, parts
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.slug import folded

Fragments = Callable[[str], frozenset[str] | None]  # path in the lab -> what a link into it may end in; None: anything


def fragments_of(lab: Lab) -> Fragments:
    """The headings of other files, each file read once."""

    @cache
    def of(path: str) -> frozenset[str] | None:
        file = lab.root / path
        if path.endswith(".md") and not path.startswith("../"):
            with suppress(OSError, ValueError):
                if file.stat().st_size <= LARGEST:
                    return fragments(file.read_text(encoding="utf-8"))
        return None

    return of


@dataclass(frozen=True, slots=True)
class Leading:
    """A link of a page to somewhere in the lab, and whether we wrote it."""

    line: int  # of the file
    target: str
    is_ours: bool


def leading(page: Page, is_ours: Callable[[int], bool]) -> tuple[Leading, ...]:
    """The relative links of a page."""
    return tuple(
        Leading(page.row(link.line), link.target, is_ours(link.line))
        for link in links(page.text)
        if link.target and not is_elsewhere(link.target)
    )


def dead_links(lab: Lab, page: Page, found: Iterable[Leading], of: Fragments) -> Iterator[Finding]:
    """Relative links that lead to no file, or to no heading of it. In what the person wrote they are warnings."""
    for link in found:
        path, fragment = parts(link.target)
        if path.startswith("/"):  # for GitHub: from the root of the repository
            target = posixpath.normpath(path).lstrip("/")
        else:
            target = posixpath.normpath(posixpath.join(page.folder, path)) if path else page.path
        if not _exists(lab.root / target):
            what = f"{link.target} leads to no file"
            yield Finding(page.path, link.line, "link-file", what, is_error=link.is_ours)
        elif fragment and not fragment.startswith("^"):  # Obsidian's name of a paragraph
            known = of(target)
            if known is not None and fragment not in known:
                what = f"{target} has no heading #{fragment}"
                yield Finding(page.path, link.line, "link-section", what, is_error=link.is_ours)


def _exists(path: Path) -> bool:
    with suppress(OSError, ValueError):  # a name too long, NUL
        return path.exists()
    return False


def papers(lab: Lab, data: bytes, pages: Sequence[Page]) -> Iterator[Finding]:
    """The reading list and the notes of papers, each by what the other says. DataError when the list is not UTF-8."""
    notes = [page for page in pages if page.kind == "paper"]
    rows = reading_list.placed(data)
    yield from _open_block(data)
    yield from _same_paper(rows)
    yield from _rows(lab, rows, notes)
    for note, place in _beside(rows, notes):
        if place:
            yield from _status(note, place)
        elif place is None:
            what = f"no row of {READING_LIST} is about this paper"
            yield Finding(note.path, note.line("arxiv"), "reading-list", what)
    yield from _twins(notes)


def statuses(data: bytes, pages: Iterable[Page]) -> dict[str, Status]:
    """What the reading list says of the notes that say otherwise, by their paths."""
    notes = [page for page in pages if page.kind == "paper"]
    beside = _beside(reading_list.placed(data), notes)
    return {note.path: place.row.status for note, place in beside if place and any(_status(note, place))}


def _open_block(data: bytes) -> Iterator[Finding]:
    opened = tables.read(data.decode("utf-8")).open_at
    if opened is not None:
        what = "a code block or comment begins here that nothing closes: no row can be added"
        yield Finding(READING_LIST, opened + 1, "reading-list", what)


def _rows(lab: Lab, rows: Sequence[Place], notes: Sequence[Page]) -> Iterator[Finding]:
    known = {note.path: note for note in notes}
    for place in rows:
        for link in place.links:
            note = known.get(link)
            if not _exists(lab.root / link):
                yield _in_list(place, f"links to {link}, which is not there")
            elif note and place.arxiv and note.says("arxiv") and place.arxiv != note.says("arxiv"):
                yield _in_list(place, f"is about {place.arxiv}, its note {link} about {note.says('arxiv')}")


def _same_paper(rows: Sequence[Place]) -> Iterator[Finding]:
    """A row whose id, note or title an earlier one has; other ids are other papers, whatever the rest says."""
    seen: dict[tuple[str, Any], Place] = {}
    for place in rows:
        title = folded(place.row.title)
        keys = [("id", place.arxiv), *(("note", link) for link in place.links), ("title", title)]
        known = [key for key in keys if key[1]]
        others = [seen[key] for key in known if key in seen]
        same = [other for other in others if not (place.arxiv and other.arxiv) or place.arxiv == other.arxiv]
        if same:
            yield _in_list(place, f"is the same paper as line {same[0].line + 1}")
        for key in known:
            seen.setdefault(key, place)


def _in_list(place: Place, what: str) -> Finding:
    return Finding(READING_LIST, place.line + 1, "reading-list", f"this row {what}")


def _beside(rows: Sequence[Place], notes: Sequence[Page]) -> Iterator[tuple[Page, Place | Literal[False] | None]]:
    """Each note with its row; None where there is none, False where the row that links to it is about another paper."""
    by_id = {place.arxiv: place for place in rows if place.arxiv}
    by_link = {link: place for place in rows for link in place.links}
    by_title = {folded(place.row.title): place for place in rows}
    for note in notes:
        arxiv = note.says("arxiv")
        places = [by_id.get(arxiv), by_link.get(note.path), by_title.get(folded(note.says("title")))]
        place = next((p for p in places if p and not (arxiv and p.arxiv and p.arxiv != arxiv)), None)
        yield note, place or (False if note.path in by_link else None)


def _status(note: Page, place: Place) -> Iterator[Finding]:
    said = place.row.status
    if place.cells.get("状态") and note.says("status") and note.says("status") != said:
        what = f"{note.says('status')}, but {said} in line {place.line + 1} of {READING_LIST}: the row wins"
        yield Finding(note.path, note.line("status"), "status", what, is_error=False)


def _twins(notes: Sequence[Page]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for note in notes:
        for key in ("arxiv", "sha256"):
            if not (value := note.says(key).casefold()):
                continue
            first = seen.setdefault((key, value), note.path)
            if first != note.path:
                what = f"about the same paper as {first}: keep one"
                yield Finding(note.path, note.line(key), "reading-list", what)
                break


def progress_block(readme: bytes, rows: Sequence[Row]) -> Iterator[Finding]:
    """The markers of the 当前进度 block, and what stands between them."""
    line = readme.count(b"\n", 0, max(readme.find(progress.BEGIN.encode()), 0)) + 1
    try:
        if progress.refreshed(readme, rows) != readme:
            what = "the block is not what the reading list says by now: the next weekly run brings it over"
            yield Finding(progress.README, line, "progress", what, is_error=False)
    except OverwriteError as error:
        yield Finding(progress.README, line, "progress", error.what)

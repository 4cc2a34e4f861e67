"""`papers/README.md`: one row a paper, in tables that the person arranges. Bytes in, bytes out, one row changed.

A paper's row is found by its arXiv id, else by the link to its note, else by its title, in whatever table it stands;
columns are found by their header. Not one byte of another line changes.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from agents.errors import DataError, MissingError
from agents.lab import tables
from agents.lab.find import READING_LIST
from agents.lab.tables import Page, Table
from agents.note import status as statuses
from agents.note.slug import folded
from agents.note.text import escape, one_line, unescape

Status = statuses.Status
STATUSES = statuses.STATUSES
COLUMNS = ("状态", "论文", "arXiv", "年份", "阶段", "笔记")
UNSORTED = "未分类"
NONE = "—"
UNVERIFIED = "? 未核实"  # in place of an id: Claude named this paper, and arXiv was not found to have it

_ORDER = tuple(STATUSES)
_HEADER = {name.casefold(): name for name in COLUMNS}
_ID = re.compile(r"(?<![\w.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z-]+)?/\d{7})(?:v\d+)?(?![\d])", re.IGNORECASE | re.ASCII)
_ARXIV_LINK = re.compile(r"arxiv\.org/(?:abs|pdf|html)/([^\s)>\]]+)", re.IGNORECASE)
_LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(\s*<?([^)>\s]*)>?[^)]*\)")
_OURS = re.compile(r"\[笔记\]\([^)]*\)")  # a link as we write it: the note was renamed since
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|`+)(.*[^\\])\1")
_WIKI = re.compile(r"\[\[([^\]|\\#]+)")
_SHORT = re.compile(r"(.*\S)（([A-Za-z0-9][\w .+-]{0,30})）$")  # what people call a paper, after its title


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in the list. "" and None stand for what is not known; `link` is relative to papers/."""

    title: str
    arxiv: str = ""
    year: int | None = None
    link: str = ""
    status: Status = "unread"
    stage: str = ""  # as written in the list: "3"
    short: str = ""  # "LLaVA", where the title does not tell
    unverified: bool = False  # nobody has found it yet


@dataclass(frozen=True, slots=True)
class Place:
    """A row where it stands: its line (from 0), and the cells by column, as written without blanks around."""

    line: int
    columns: Mapping[str, int]
    cells: Mapping[str, str]

    @property
    def arxiv(self) -> str:
        in_title = _ARXIV_LINK.search(self.cells.get("论文", ""))
        return _id(self.cells.get("arXiv", "")) or (_id(in_title[1]) if in_title else "")

    @property
    def links(self) -> list[str]:
        """The notes that the row links to, as paths in the lab."""
        return _links(self.cells.get("笔记", "")) + _links(self.cells.get("论文", ""))

    @property
    def names(self) -> set[str]:
        """The title as it is compared, with and without what stands in brackets after it."""
        cell = self.cells.get("论文", "")
        return {folded(_title(cell)), folded(_names(cell)[0])}

    @property
    def row(self) -> Row:
        year = re.search(r"\d{4}", self.cells.get("年份", ""))
        link = posixpath.relpath(self.links[0], "papers") if self.links else ""
        status = _status(self.cells.get("状态", "")) or "unread"
        title, short = _names(self.cells.get("论文", ""))
        unverified = not self.arxiv and self.cells.get("arXiv", "") == UNVERIFIED
        stage = self.cells.get("阶段", "")
        return Row(title, self.arxiv, int(year[0]) if year else None, link, status, stage, short, unverified)


def rows(data: bytes) -> tuple[Row, ...]:
    """Every row of every reading table, in order. DataError when the file is not UTF-8."""
    return tuple(place.row for place in placed(data))


def placed(data: bytes) -> tuple[Place, ...]:
    """Every row where it stands. DataError when the file is not UTF-8."""
    return tuple(_places(_read(data)))


def find(data: bytes, *, arxiv: str = "", link: str = "", title: str = "") -> Row | None:
    """The paper's row. DataError when two rows are this paper's."""
    place = _place(_read(data), arxiv, link, title)
    return place.row if place else None


def upsert(data: bytes, row: Row) -> bytes:
    """The list with this paper in it: its empty cells filled, its status raised (never lowered), its note linked.

    A paper without a row gets one under 未分类. DataError when the file cannot be read for certain.
    """
    page = _read(data)
    place = _place(page, row.arxiv, row.link, row.title)
    if place:
        return _changed(page, place, _differences(place, row))
    if page.open_at is not None:
        raise DataError(
            f"{READING_LIST} line {page.open_at + 1}: a code block or comment begins that nothing closes", "close it"
        )
    return "".join(_appended(page, row)).encode()


def set_status(data: bytes, status: Status, *, arxiv: str = "", link: str = "", title: str = "") -> bytes:
    """The list with this status, whatever it was. MissingError without a row, DataError without a 状态 column."""
    page = _read(data)
    place = _place(page, arxiv, link, title)
    if place is None:
        raise MissingError(f"{READING_LIST} has no row for {arxiv or link or title}", "add one, then run again")
    if "状态" not in place.columns:
        raise DataError(f"{READING_LIST} line {place.line + 1}: the table has no column 状态", "add it")
    return _changed(page, place, {"状态": _marked(place.cells.get("状态", ""), status)})


def listing(papers: Iterable[Row] = ()) -> str:
    """A reading table of these papers."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(_cells(row).values())} |" for row in papers]
    return "".join(f"{line}\n" for line in lines)


def _read(data: bytes) -> Page:
    try:
        return tables.read(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{READING_LIST} line {line} is not UTF-8", "save the file as UTF-8") from error


def _columns(table: Table) -> dict[str, int]:
    """The columns that we know, by their header; {} for a table that lists no papers."""
    known: dict[str, int] = {}
    for number, text in enumerate(table.columns):
        name = _HEADER.get(text.strip(" *_`").casefold())
        if name:
            known.setdefault(name, number)
    return known if "论文" in known and known.keys() & {"状态", "arXiv", "笔记"} else {}


def _places(page: Page) -> Iterator[Place]:
    for table in page.tables:
        columns = _columns(table)
        for line in table.rows if columns else ():
            texts = tables.texts(page.lines[line])
            cells = {name: texts[number].strip(" \t") for name, number in columns.items() if number < len(texts)}
            yield Place(line, columns, cells)


def _place(page: Page, arxiv: str, link: str, title: str) -> Place | None:
    """A row with another arXiv id is another paper, whatever its link or title says."""
    wanted, note, name = _id(arxiv), _path(link) if link else "", folded(title)
    every = list(_places(page))
    others = [place for place in every if not (wanted and place.arxiv)]
    for found in (
        [place for place in every if wanted and place.arxiv == wanted],
        [place for place in others if note and note in place.links],
        [place for place in others if name and name in place.names],
    ):
        if len(found) > 1:
            numbers = " and ".join(str(place.line + 1) for place in found)
            raise DataError(f"{READING_LIST} lines {numbers} are the same paper", "keep one of these rows")
        if found:
            return found[0]
    return None


def _differences(place: Place, row: Row) -> dict[str, str]:
    """The cells to change. Text of the person's in the note column stays, our link goes after it."""
    new = {name: value for name, value in _cells(row).items() if value and _is_empty(place.cells.get(name, ""))}
    written = place.cells.get("状态", "")
    status = _status(written)
    if status and _ORDER.index(status) < _ORDER.index(row.status):
        new["状态"] = _marked(written, row.status)
    note = place.cells.get("笔记", "")
    if row.link and not _is_empty(note) and _path(row.link) not in _links(note):
        ours = _cells(row)["笔记"]
        new["笔记"] = ours if _OURS.fullmatch(note) else f"{note} {ours}"
    return {name: value for name, value in new.items() if value not in {NONE, place.cells.get(name, "")}}


def _changed(page: Page, place: Place, cells: Mapping[str, str]) -> bytes:
    values = {place.columns[name]: value for name, value in cells.items() if name in place.columns}
    lines = list(page.lines)
    lines[place.line] = tables.with_cells(lines[place.line], values)
    return "".join(lines).encode()


def _cells(row: Row) -> dict[str, str]:
    """A row's cells as we write them; "" where there is nothing to say."""
    paper = _id(row.arxiv)
    return {
        "状态": " ".join(STATUSES[row.status]),
        "论文": escape(one_line(row.title)) + (f"（{escape(row.short)}）" if row.short else ""),
        "arXiv": f"[{paper}](https://arxiv.org/abs/{paper})" if paper else UNVERIFIED if row.unverified else NONE,
        "年份": str(row.year or ""),
        "阶段": escape(one_line(row.stage)),
        "笔记": f"[笔记]({quote(row.link)})" if row.link else "",
    }


def _appended(page: Page, row: Row) -> list[str]:
    lines = list(page.lines)
    heading = next((heading for heading in page.headings if heading.text.strip(" *_") == UNSORTED), None)
    if heading is None:
        return _inserted(lines, len(lines), ["", f"## {UNSORTED}", "", *listing([row]).splitlines()])
    following = (h.line for h in page.headings if h.line > heading.line and h.level <= heading.level)
    end = next(following, len(lines))
    for table in page.tables:
        if heading.line < table.line < end and _columns(table):
            cells = _cells(row)
            named = {number: name for name, number in _columns(table).items()}
            texts = [cells.get(named.get(number, ""), "") for number in range(len(table.columns))]
            return _inserted(lines, table.last + 1, [f"| {' | '.join(texts)} |"])
    while end > heading.line + 1 and not lines[end - 1].strip():
        end -= 1
    return _inserted(lines, end, ["", *listing([row]).splitlines()])


def _inserted(lines: list[str], at: int, new: list[str]) -> list[str]:
    """Put whole lines in, ended as their neighbours are. A blank line keeps a new block from what is around it."""
    before, after = lines[:at], lines[at:]
    ending = next((end for line in reversed(before) if (end := line[len(line.rstrip("\r\n")) :])), "\n")
    if not new[0] and (not before or not before[-1].strip(tables.BLANK)):
        new = new[1:]
    if len(new) > 1 and after and after[0].strip():
        new = [*new, ""]
    ended = [f"{line}{ending}" for line in new]
    if before and not before[-1].endswith(("\r", "\n")):
        before[-1] += ending
        ended[-1] = new[-1]  # the file had no final line end, and has none now
    return before + ended + after


def _status(cell: str) -> Status | None:
    """The furthest of the statuses that a cell names."""
    return next((name for name in reversed(_ORDER) if any(mark in cell for mark in STATUSES[name])), None)


def _marked(cell: str, status: Status) -> str:
    """The cell with this status, in the style it was written in: emoji, word, or both."""
    old = _status(cell)
    marked = cell
    for before, after in zip(STATUSES[old], STATUSES[status], strict=True) if old else ():
        marked = marked.replace(before, after)
    return marked if _status(marked) == status else " ".join(STATUSES[status])


def _id(text: str) -> str:
    """The first arXiv id in a text: lower case, without version and subject class."""
    match = _ID.search(text)
    return re.sub(r"\.[a-z-]+/", "/", match[1].lower()) if match else ""


def _links(cell: str) -> list[str]:
    targets = [target for _, target in _LINK.findall(cell)] + [f"{name.strip()}.md" for name in _WIKI.findall(cell)]
    if not targets and cell.strip("` ").endswith(".md"):
        targets = [cell.strip("` ")]
    return [_path(target) for target in targets if "://" not in target]


def _path(link: str) -> str:
    """A link in papers/README.md as a path in the lab."""
    target = unquote(link.partition("#")[0])
    return posixpath.normpath(posixpath.join("papers", target)).lstrip("/")


def _title(cell: str) -> str:
    """A title cell without its markup."""
    text = _LINK.sub(lambda match: match[1], cell).strip()
    marked = _EMPHASIS.fullmatch(text)
    return unescape(marked[2] if marked else text)


def _names(cell: str) -> tuple[str, str]:
    """A title cell as title and short name."""
    title = _title(cell)
    found = _SHORT.fullmatch(title)
    return (found[1], found[2]) if found else (title, "")


def _is_empty(cell: str) -> bool:
    return cell.strip() in {"", "-", "–", NONE, "--", UNVERIFIED}

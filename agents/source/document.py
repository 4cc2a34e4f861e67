"""The `Source` value: what a paper says and where it says it, whatever it was read from.

Plain frozen data, no I/O. Pages count from 1. Boxes are (x0, y0, x1, y1) in PDF points, origin at the top left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

BlockKind = Literal["heading", "text", "caption", "table", "equation", "algorithm", "reference"]
Box = tuple[float, float, float, float]
Read = Literal["pdf", "abstract", "pdf+tex", "pdf+html"]


@dataclass(frozen=True, slots=True)
class Block:
    """One run of the paper in reading order: a paragraph, a heading, a caption, a table, an equation and so on."""

    kind: BlockKind
    text: (
        str  # one paragraph: no line breaks (except "table" and "algorithm": a row, a step a line), hyphenation mended
    )
    page: int
    box: Box
    level: int = 0  # of a heading: 1 for "3 Method", 2 for "3.1 ...", 0 otherwise
    exact: str = (
        ""  # the same as the paper's markup has it: $TeX$ in it, a table's cells; "" where only the PDF says it
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A node of the section tree, in reading order; the parent is the nearest one before it with a smaller level."""

    number: str  # "3.1", "A", "" where the paper numbers none
    title: str  # "Model Architecture", without the number
    level: int
    page: int

    @property
    def heading(self) -> str:
        """As printed: number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Figure:
    label: str  # "Figure 2"
    caption: str
    page: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as it is seen on its page."""

    label: str
    page: int
    png: bytes
    width: int  # pixels
    height: int


@dataclass(frozen=True, slots=True)
class Table:
    label: str  # "Table 2"
    caption: str
    page: int
    header: tuple[tuple[str, ...], ...]  # header rows; () where none could be told from the body
    rows: tuple[tuple[str, ...], ...]  # body rows, first cell is the row's label; () where cells could not be had


@dataclass(frozen=True, slots=True)
class Equation:
    """A numbered display equation. From a PDF `text` is only the glyphs in reading order, not TeX."""

    number: str  # "3", "A.1": without the parentheses
    text: str
    page: int
    box: Box
    sentence: str  # the sentence around it: what it is introduced with, and the "where ..." that follows
    tex: str = ""  # exact TeX where the source has it


@dataclass(frozen=True, slots=True)
class Reference:
    label: str  # "12", "Li et al., 2022", "" where entries carry none
    text: str  # the entry as printed, one line
    authors: str  # as printed; "" where it could not be told
    title: str
    year: int | None
    arxiv: str | None
    doi: str | None
    cited: int  # in-text citations of it


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text that a reader of the paper cannot see, taken out of what the model is shown."""

    kind: (
        str  # "white", "tiny", "invisible", "covered", "off-page", "annotation", "layer", "tags", "comment", "element"
    )
    page: int  # 0 where the file has no pages (TeX, HTML)
    text: str  # what it said, cut at 200 characters


@dataclass(frozen=True, slots=True)
class Exact:
    """What a paper's own markup says of it, exactly: from `tex.read` or `html.read`. Pages are all 0."""

    kind: Literal["tex", "html"]
    title: str
    authors: tuple[str, ...]
    abstract: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]  # cells as text, formulas in them as $TeX$
    equations: tuple[Equation, ...]  # `tex` holds the formula, the author's macros expanded; `text` is ""
    references: tuple[Reference, ...]
    blocks: tuple[Block, ...]  # the running text in reading order, inline formulas as $TeX$
    hidden: tuple[Hidden, ...] = ()
    warnings: tuple[str, ...] = ()  # for the person: an unread \\input, a macro that could not be expanded


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from one file: `agents.source.pdf.read` makes it."""

    title: str
    authors: tuple[str, ...]
    abstract: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    equations: tuple[Equation, ...]
    references: tuple[Reference, ...]
    pages: int
    appendix: tuple[Section, ...] = ()  # those of the sections that are its appendix
    stamp: str = ""  # "2301.12597v3": id and version from the stamp on page 1, "" without
    hidden: tuple[Hidden, ...] = ()  # taken out of `blocks` and of everything made from them


@dataclass(frozen=True, slots=True)
class Metadata:
    """What arXiv says of a paper."""

    arxiv: str  # without version: "2301.12597", "quant-ph/0201082"
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    published: date
    categories: tuple[str, ...] = ()
    comment: str = ""
    has_pdf: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One paper, ready to be asked about and checked against."""

    read: Read  # what the text below was taken from
    title: str
    authors: tuple[str, ...]
    document: Document
    sha256: str  # of the PDF's bytes, or of the pasted text
    arxiv: str = ""  # without version; "" for a paper arXiv does not know
    version: int = 0  # the version that was read; 0 where there is none
    published: date | None = None
    file: str = ""  # the PDF's file name; "" where there was none
    warnings: tuple[str, ...] = field(default=())  # for the person, a sentence each
    origins: Mapping[str, str] = field(
        default_factory=dict
    )  # "formulas", "tables", "references" -> "pdf", "tex", "html"

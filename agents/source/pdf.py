"""The only door to PyMuPDF: a PDF file -> a `Document`."""

import gc
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from agents.errors import DataError, DiskError, MissingError
from agents.source.citations import cited_names
from agents.source.compose import Links, compose
from agents.source.crops import picture
from agents.source.destinations import find_places, read_links
from agents.source.document import Box, Document, Figure, Hidden, Picture
from agents.source.hidden import Shows, collect, has_signs, is_layer_of_scan, paints_later, read_paint, sift
from agents.source.layout import Page, strip_furniture
from agents.source.lines import SCALE, load_blocks, make_rows, read_lines
from agents.source.looks import Looks
from agents.source.paragraphs import as_printed, mender

_IMAGE, _DRAWING = 1, 3  # and for blocks of a page
_LINK = 1  # MuPDF's number for an annotation that is a link
LARGEST = 100 * 2**20  # bytes of a file that is taken for a paper
_KEPT = 50  # pages whose fonts and pictures MuPDF may keep
_NEEDED = 40  # letters: less is no paper, but a scan whose pages are pictures


def load_mupdf() -> ModuleType:
    """PyMuPDF without its layout network, which would cost 0.7 s and 90 MB at import and is never used here."""
    for name in ("pymupdf.layout", "pymupdf4llm"):
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]
    import pymupdf

    tools: Any = pymupdf.TOOLS
    tools.mupdf_display_errors(False)
    tools.mupdf_display_warnings(False)
    return pymupdf


def _as_json(text: Any, mupdf: ModuleType) -> bytes:
    buffer = mupdf.mupdf.fz_new_buffer(1 << 16)
    output = mupdf.mupdf.FzOutput(buffer)
    mupdf.mupdf.fz_print_stext_page_as_json(output, text.this, float(SCALE))
    output.fz_close_output()
    content: bytes = buffer.fz_buffer_extract()
    return content


def _as_html(text: Any, *, pictures: int) -> str:
    """MuPDF's HTML of a page; it would spell out every picture, so these pass for drawings meanwhile."""
    masked: list[Any] = []
    block = text.this.m_internal.first_block if pictures else None
    while block and len(masked) < pictures:
        if block.type == _IMAGE:
            block.type = _DRAWING
            masked.append(block)
        block = block.next
    try:
        return str(text.extractHTML())
    finally:
        for block in masked:
            block.type = _IMAGE


def _is_picture(page: Any) -> bool:
    """Whether one picture fills most of the page, as on a scan."""
    boxes = [picture["bbox"] for picture in page.get_image_info()]
    return any((x1 - x0) * (y1 - y0) > 0.5 * page.rect.width * page.rect.height for x0, y0, x1, y1 in boxes)


class _Reader:
    """One open file, page by page: what is seen, and what is hidden."""

    def __init__(self, content: bytes, document: Any, mupdf: ModuleType, *, scan: bool) -> None:
        self.document, self.mupdf, self.scan = document, mupdf, scan
        self.looks = Looks(content, mupdf)
        self.hidden: list[Hidden] = []
        self.flags = (
            mupdf.TEXT_PRESERVE_WHITESPACE
            | mupdf.TEXT_MEDIABOX_CLIP
            | mupdf.TEXT_USE_CID_FOR_UNKNOWN_UNICODE
            | mupdf.TEXT_IGNORE_ACTUALTEXT
            | (mupdf.TEXT_COLLECT_VECTORS | mupdf.TEXT_PRESERVE_IMAGES if scan else 0)
        )
        self.everywhere = mupdf.INFINITE_RECT()

    def page(self, page: Any) -> tuple[Page, list[str]]:
        """The page's lines that are seen, and what it cites by links."""
        links, found = self._annotations(page)
        text = page.get_textpage(flags=self.flags, clip=self.everywhere)
        page_json = _as_json(text, self.mupdf)
        page_html = _as_html(text, pictures=page_json.count(b'{"type":"image"'))
        blocks = load_blocks(page_json)
        lines = read_lines(blocks, page_html)
        box = page.rect if page.rotation == 0 else page.rect * page.derotation_matrix
        size = (box.width, box.height)
        signs = has_signs(page_html)
        looks_under = self.scan and (signs or paints_later(page_json))
        paint = read_paint(page_json, blocks, text.extractBLOCKS()) if looks_under else None
        seen, unseen = sift(lines, size, paint, self._shows(page.number), signs=signs)
        if unseen and is_layer_of_scan(lines, unseen) and _is_picture(page):
            seen, unseen = lines, []
        self.hidden += collect(page.number + 1, [*found, *unseen])
        return Page(page.number + 1, *size, seen), cited_names(links, seen)

    def _shows(self, number: int) -> Shows:
        """The look at a page's pixels; without the scan what is in doubt counts as seen."""
        return partial(self.looks.show, number) if self.scan else lambda boxes: [True] * len(boxes)

    def pages(self, name: str) -> tuple[list[Page], list[list[str]]]:
        """All pages, and the links on each. Raises DataError if there is nothing to read."""
        loaded = []
        for page in self.document:
            loaded.append(self.page(page))
            if page.number % _KEPT == _KEPT - 1:
                self.mupdf.TOOLS.store_shrink(100)  # else MuPDF keeps fonts and pictures of a whole book
        pages, links = [page for page, _ in loaded], [links for _, links in loaded]
        _check_text(pages, self.document, name)
        return pages, links

    def _annotations(self, page: Any) -> tuple[list[tuple[str, Box]], list[tuple[str, str]]]:
        """Where the page's links to the bibliography lead, and what its notes say, which are taken off the page.

        The raw annotations are read, as `get_links()` costs six times as much.
        """
        kinds = page.annot_xrefs()
        raw = [self.document.xref_object(xref, compressed=True) for xref, kind, _ in kinds if kind == _LINK]
        links = read_links(raw, page.mediabox.height)
        if all(kind == _LINK for _, kind, _ in kinds):
            return links, []
        notes = []
        for remove, following in ((page.delete_annot, "first_annot"), (page.delete_widget, "first_widget")):
            while note := getattr(page, following):
                said = note.info["content"] if following == "first_annot" else str(note.field_value or "")
                notes.append(("annotation", said))
                remove(note)
        return links, notes


def _check_file(path: Path) -> bytes:
    """The file's bytes.

    Raises MissingError if it is not there, DataError if it is no whole PDF, DiskError if it cannot be read.
    """
    name = path.name
    if not path.is_file():
        raise MissingError(f"there is no file {path}", "check the path: it must lead to a PDF file")
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{name} is larger than {LARGEST // 2**20} MB", "cut out the paper, or use a smaller copy")
        content = path.read_bytes()
    except OSError as error:
        raise DiskError(f"{path} could not be read: {error.strerror}", "check the file's permissions") from error
    if not content:
        raise DataError(f"{name} is empty: it has zero bytes", "download the PDF again")
    if b"%PDF-" not in content[:1024]:
        kind = "a web page" if re.search(rb"<(?:!doctype|html|head|body)", content[:2048], re.IGNORECASE) else "no PDF"
        raise DataError(f"{name} is {kind}, whatever its name says", "download the PDF itself and try again")
    if b"%%EOF" not in content[-2048:]:
        raise DataError(f"{name} is cut off: the end of the PDF is missing", "download the PDF again")
    return content


def _open(content: bytes, name: str, mupdf: ModuleType) -> Any:
    damaged = DataError(f"{name} is damaged: it cannot be opened as a PDF", "download the PDF again")
    try:
        document = mupdf.open(stream=content, filetype="pdf")
    except (mupdf.FileDataError, mupdf.EmptyFileError, mupdf.mupdf.FzErrorBase) as error:
        raise damaged from error
    if not document.is_pdf or (not document.needs_pass and document.page_count == 0):
        raise damaged
    if document.needs_pass:
        hint = "open it in a PDF viewer with its password, print it to a new PDF, and use that"
        raise DataError(f"{name} is encrypted and opens only with a password", hint)
    return document


def _check_text(pages: list[Page], document: Any, name: str) -> None:
    """Raise DataError if there is nothing to read: an empty document, or pictures of pages."""
    letters = 0
    for line in (line for page in pages for line in page.lines):
        letters += sum(map(str.isalpha, line.text))
        if letters >= _NEEDED:
            return
    if any(document[index].get_images() for index in range(min(3, len(pages)))):
        hint = "run an OCR tool such as ocrmypdf over it, or paste title and abstract on stdin with `-`"
        raise DataError(f"{name} is a scan without text: its pages are pictures", hint)
    hint = "check that it is the right file, or paste title and abstract on stdin with `-`"
    raise DataError(f"{name} holds no text to read (letters found: {letters}, pages: {len(pages)})", hint)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A paper becomes some 100,000 small values, most of them to stay: looking for cycles among them costs 8 %."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _layers_off(document: Any, mupdf: ModuleType) -> list[Hidden]:
    """What stands on layers that are switched off: what a copy without switches shows more."""
    if all(layer["on"] for layer in document.get_ocgs().values()):
        return []
    shown = [set(page.get_text().splitlines()) for page in document]
    document.xref_set_key(document.pdf_catalog(), "OCProperties", "null")
    hidden = []
    with mupdf.open(stream=document.tobytes(), filetype="pdf") as copy:
        for page, seen in zip(copy, shown, strict=True):
            more = [("layer", line) for line in page.get_text().splitlines() if line not in seen]
            hidden += collect(page.number + 1, more)
    return hidden


def _read(reader: _Reader, name: str) -> Document:
    document = reader.document
    pages, targets = reader.pages(name)
    outline = [(level, title, page) for level, title, page, *_ in document.get_toc(simple=True)]
    made = compose(pages, outline, Links(targets, find_places(document, pages) if any(targets) else {}))
    return replace(made, hidden=(*reader.hidden, *_layers_off(document, reader.mupdf)))


@contextmanager
def _reading(path: Path, *, scan: bool) -> Iterator[_Reader]:
    content = _check_file(path)
    mupdf = load_mupdf()
    document = _open(content, path.name, mupdf)
    try:
        with _without_collector():
            yield _Reader(content, document, mupdf, scan=scan)
    except mupdf.mupdf.FzErrorBase as error:
        raise DataError(f"{path.name} is damaged inside: {error}", "download the PDF again") from error
    finally:
        document.close()


def read(path: Path, *, scan: bool = True) -> Document:
    """What a PDF file says: text in reading order, sections, tables, figures, equations, references, pages on all.

    `scan`: also look for text that is white or covered, not only for what is tiny, invisible or off the page.

    Raises MissingError (no such file), DataError (zero bytes, no PDF, cut, damaged, encrypted, a scan without text,
    empty), DiskError (not readable).
    """
    with _reading(path, scan=scan) as reader:
        return _read(reader, path.name)


def crop(path: Path, document: Document, figures: Sequence[Figure]) -> list[Picture]:
    """The figures as they are seen on their pages; one whose place cannot be told is left out. `document`: its text.

    Raises what `read` raises.
    """
    with _reading(path, scan=False) as reader:
        found = [picture(reader.document[figure.page - 1], document, figure, reader.mupdf) for figure in figures]
    return [one for one in found if one]


def read_pages(path: Path) -> tuple[str, ...]:
    """The text of each page, line by line as printed: no running heads, no broken words, nothing hidden.

    Raises what `read` raises.
    """
    with _reading(path, scan=True) as reader:
        pages, _ = reader.pages(path.name)
    rows = [make_rows(page.number, page.lines) for page in strip_furniture(pages)]
    mend = mender([row for own in rows for row in own])
    return tuple(as_printed(own, mend) for own in rows)

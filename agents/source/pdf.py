"""The only door to PyMuPDF: a PDF file -> a `Document`."""

import gc
import re
import sys
from collections.abc import Callable, Iterator, Sequence
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
from agents.source.hidden import Shows, collect, is_layer_of_scan, paints_later, read_paint, sift
from agents.source.layout import Page
from agents.source.lines import SCALE, read_lines
from agents.source.looks import Looks

_IMAGE, _DRAWING = 1, 3  # and for blocks of a page
LARGEST = 100 * 2**20  # bytes of a file that is taken for a paper
_KEPT = 25  # pages whose fonts and pictures MuPDF may keep
_END = 2048  # bytes at either end of a file, which tell what it is
_AT_ONCE = 16 * 2**20  # bytes of a file that are read at once
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


def _printed(mupdf: ModuleType, write: Callable[[Any], None]) -> str:
    """What one of MuPDF's printers writes."""
    buffer = mupdf.mupdf.fz_new_buffer(1 << 18)
    output = mupdf.mupdf.FzOutput(buffer)
    write(output)
    output.fz_close_output()
    content: bytes = buffer.fz_buffer_extract()
    return content.decode()


def _as_json(text: Any, mupdf: ModuleType) -> str:
    return _printed(mupdf, lambda output: mupdf.mupdf.fz_print_stext_page_as_json(output, text.this, float(SCALE)))


def _as_html(text: Any, mupdf: ModuleType, *, pictures: int) -> str:
    """MuPDF's HTML of a page; it would spell out every picture, so these pass for drawings meanwhile."""
    masked: list[Any] = []
    block = text.this.m_internal.first_block if pictures else None
    while block and len(masked) < pictures:
        if block.type == _IMAGE:
            block.type = _DRAWING
            masked.append(block)
        block = block.next
    try:
        return _printed(mupdf, lambda output: mupdf.mupdf.fz_print_stext_page_as_html(output, text.this, 0))
    finally:
        for block in masked:
            block.type = _IMAGE


def _is_picture(page: Any) -> bool:
    """Whether one picture fills most of the page, as on a scan."""
    boxes = [picture["bbox"] for picture in page.get_image_info()]
    return any((x1 - x0) * (y1 - y0) > 0.5 * page.rect.width * page.rect.height for x0, y0, x1, y1 in boxes)


class _Reader:
    """One open file, page by page: what is seen, and what is hidden."""

    def __init__(self, path: Path, document: Any, mupdf: ModuleType, *, scan: bool) -> None:
        self.document, self.mupdf, self.scan = document, mupdf, scan
        self.looks = Looks(partial(_open_copy, path, mupdf), mupdf)
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
        page_html = _as_html(text, self.mupdf, pictures=page_json.count('{"type":"image"'))
        lines, signs = read_lines(page_json, page_html)
        box = page.rect if page.rotation == 0 else page.rect * page.derotation_matrix
        size = (box.width, box.height)
        looks_under = self.scan and (signs or paints_later(page_json))
        paint = read_paint(page_json, text.this.m_internal.first_block) if looks_under else None
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
                self._forget()
        pages, links = [page for page, _ in loaded], [links for _, links in loaded]
        _check_text(pages, self.document, name)
        return pages, links

    def _forget(self) -> None:
        """Free what MuPDF keeps: else it holds the fonts, the pictures and the objects of a whole book."""
        self.mupdf.TOOLS.store_shrink(100)
        self.mupdf.mupdf.pdf_clear_xref(self.mupdf.mupdf.pdf_document_from_fz_document(self.document.this))

    def _annotations(self, page: Any) -> tuple[list[tuple[str, Box]], list[tuple[str, str]]]:
        """Where the page's links to the bibliography lead, and what its notes say, which are taken off the page.

        MuPDF's own list of the links is read, as `get_links()` costs six times as much.
        """
        links = read_links(self.mupdf.mupdf.fz_load_links(page.this))
        if page.rotation:  # the lines are unturned
            links = [(name, tuple(self.mupdf.Rect(box) * page.derotation_matrix)) for name, box in links]
        notes = []
        for remove, following in ((page.delete_annot, "first_annot"), (page.delete_widget, "first_widget")):
            while note := getattr(page, following):
                said = note.info["content"] if following == "first_annot" else str(note.field_value or "")
                notes.append(("annotation", said))
                remove(note)
        return links, notes


def _check_file(path: Path) -> None:
    """Look at both ends of the file.

    Raises MissingError if it is not there, DataError if it is no whole PDF, DiskError if it cannot be read.
    """
    name = path.name
    if not path.is_file():
        raise MissingError(f"there is no file {path}", "check the path: it must lead to a PDF file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DataError(f"{name} is larger than {LARGEST // 2**20} MB", "cut out the paper, or use a smaller copy")
        with path.open("rb") as file:
            begins = file.read(_END)
            file.seek(max(0, size - _END))
            ends = file.read(_END)
    except OSError as error:
        raise DiskError(f"{path} could not be read: {error.strerror}", "check the file's permissions") from error
    if not begins:
        raise DataError(f"{name} is empty: it has zero bytes", "download the PDF again")
    if b"%PDF-" not in begins[:1024]:
        kind = "a web page" if re.search(rb"<(?:!doctype|html|head|body)", begins, re.IGNORECASE) else "no PDF"
        raise DataError(f"{name} is {kind}, whatever its name says", "download the PDF itself and try again")
    if b"%%EOF" not in ends:
        raise DataError(f"{name} is cut off: the end of the PDF is missing", "download the PDF again")


def _open_copy(path: Path, mupdf: ModuleType) -> Any:
    """The file as MuPDF opens it: a paper from memory, which is faster by a tenth, a book from the disk."""
    if path.stat().st_size <= _AT_ONCE or not _can_be_named(path):
        return mupdf.open(stream=path.read_bytes(), filetype="pdf")
    return mupdf.open(path, filetype="pdf")


def _can_be_named(path: Path) -> bool:
    """Whether MuPDF can be told this path: not where it holds bytes that are no UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _open(path: Path, mupdf: ModuleType) -> Any:
    name = path.name
    damaged = DataError(f"{name} is damaged: it cannot be opened as a PDF", "download the PDF again")
    try:
        document = _open_copy(path, mupdf)
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
    links = Links(targets, find_places(document, pages) if any(targets) else {})
    made = compose(pages, lambda: [title for _, title, *_ in document.get_toc(simple=True)], links)
    return replace(made, hidden=(*reader.hidden, *_layers_off(document, reader.mupdf)))


@contextmanager
def _reading(path: Path, *, scan: bool) -> Iterator[_Reader]:
    _check_file(path)
    mupdf = load_mupdf()
    document = _open(path, mupdf)
    try:
        with _without_collector():
            yield _Reader(path, document, mupdf, scan=scan)
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

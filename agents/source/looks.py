"""Whether a text can be seen, by its pixels: the page with it against the page without it."""

from types import ModuleType
from typing import Any

from agents.source.document import Box

_SEEN = 40  # of 255: how much a pixel must change to be noticed
_FINE = 2.0  # pixels a point
_MOST = 60  # lines of a file that are looked at; what is in doubt beyond counts as hidden


class Looks:
    """A second copy of the file, opened when it is first needed, from which text may be taken away."""

    def __init__(self, content: bytes, mupdf: ModuleType) -> None:
        self._content, self._mupdf = content, mupdf
        self._document: Any = None
        self._left = _MOST

    def show(self, page_number: int, box: Box) -> bool:
        """Whether the page (from 0) looks different without the text in this box."""
        if not self._left:
            return False
        self._left -= 1
        mupdf = self._mupdf
        if self._document is None:
            self._document = mupdf.open(stream=self._content, filetype="pdf")
        page = self._document[page_number]
        area = mupdf.Rect(box)
        before = self._pixels(page, area)
        page.add_redact_annot(area, fill=False, cross_out=False)
        page.apply_redactions(images=mupdf.PDF_REDACT_IMAGE_NONE, graphics=mupdf.PDF_REDACT_LINE_ART_NONE)
        after = self._pixels(page, area)
        return any(abs(a - b) > _SEEN for a, b in zip(before, after, strict=True))

    def _pixels(self, page: Any, area: Any) -> bytes:
        matrix = self._mupdf.Matrix(_FINE, _FINE)
        content: bytes = page.get_pixmap(matrix=matrix, clip=area * page.rotation_matrix, annots=False).samples
        return content

"""Whether a text can be seen, by its pixels: the page with it against the page without it."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from agents.source.document import Box

_SEEN = 40  # of 255: how much a pixel must change to be noticed
_FINE = 2.0  # pixels a point
_MOST = 60  # pages of a file that are looked at; what is in doubt beyond counts as hidden


class Looks:
    """Copies of the file, each opened for one page, from which text may be taken away."""

    def __init__(self, open_copy: Callable[[], Any], mupdf: ModuleType) -> None:
        self._open, self._mupdf = open_copy, mupdf
        self._left = _MOST

    def show(self, page_number: int, boxes: Sequence[Box]) -> list[bool]:
        """Whether the page (from 0) looks different without the text in each of these boxes."""
        if not self._left:
            return [False] * len(boxes)
        self._left -= 1
        mupdf = self._mupdf
        with self._open() as copy:
            page = copy[page_number]
            before = self._pictures(page, boxes)
            for box in boxes:
                page.add_redact_annot(mupdf.Rect(box), fill=False, cross_out=False)
            page.apply_redactions(images=mupdf.PDF_REDACT_IMAGE_NONE, graphics=mupdf.PDF_REDACT_LINE_ART_NONE)
            after = self._pictures(page, boxes)
        return [_differ(one, other) for one, other in zip(before, after, strict=True)]

    def _pictures(self, page: Any, boxes: Sequence[Box]) -> list[bytes]:
        """The pixels in each box; the page is interpreted once."""
        mupdf = self._mupdf
        shown = page.get_displaylist(annots=False)
        matrix = mupdf.Matrix(_FINE, _FINE)
        return [
            shown.get_pixmap(
                matrix=matrix, colorspace=mupdf.csRGB, alpha=0, clip=mupdf.Rect(box) * page.rotation_matrix
            ).samples
            for box in boxes
        ]


def _differ(one: bytes, other: bytes) -> bool:
    return one != other and any(abs(a - b) > _SEEN for a, b in zip(one, other, strict=True))

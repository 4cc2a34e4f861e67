"""A figure cut out of its page, as it is seen there."""

from types import ModuleType
from typing import Any

from agents.source.document import Document, Figure, Picture
from agents.source.figures import caption_of, region

_FINEST = 3.0  # pixels a point
_WIDEST = 1568  # pixels along the longer edge: what is larger Claude would be shown smaller


def picture(page: Any, document: Document, figure: Figure, mupdf: ModuleType) -> Picture | None:
    """A figure of the paper on its page; None where its place cannot be told."""
    caption = caption_of(figure, document.blocks)
    if caption is None:
        return None
    log = [(kind, tuple(box)) for kind, box in page.get_bboxlog() if "clip" not in kind]
    drawn = [box for kind, box in log if "text" not in kind and mupdf.Rect(box).get_area() < 0.9 * page.rect.get_area()]
    text = [block.box for block in document.blocks if block.page == figure.page and block is not caption]
    found = region(caption.box, text, drawn, [box for kind, box in log if "text" in kind])
    if found is None:
        return None
    box = mupdf.Rect(found) & page.rect
    fine = min(_FINEST, _WIDEST / max(box.width, box.height))
    seen = page.get_pixmap(matrix=mupdf.Matrix(fine, fine), clip=box, alpha=False)
    return Picture(figure.label, figure.page, seen.tobytes("png"), seen.width, seen.height)

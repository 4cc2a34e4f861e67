"""What 溯源 says of the source: which file gave what, and what of it nobody was shown. Pure."""

from collections import Counter
from collections.abc import Sequence

from agents.note.text import as_line, escape, one_line
from agents.source.document import Hidden, Picture, Source

_FILES = {"pdf": "PDF", "tex": "TeX", "html": "HTML"}
_PARTS = {"formulas": "公式", "tables": "表格", "references": "参考文献"}
_HIDDEN = {
    "white": "白字",
    "tiny": "极小的字",
    "invisible": "不可见的字",
    "covered": "被遮住的字",
    "transparent": "透明的字",
    "off-page": "页面之外的字",
    "annotation": "批注",
    "layer": "隐藏图层",
    "tags": "标签字符",
    "comment": "源码注释",
    "element": "网页的隐藏元素",
}


def lines(source: Source) -> list[str]:
    """The lines on formulas and tables, and on hidden text; none where there is nothing to say."""
    return [line for line in (_taken(source), _hidden(source.document.hidden)) if line]


def cut(headings: Sequence[str], most: int) -> list[str]:
    """The line on what was not sent to the model; none where all was."""
    if not headings:
        return []
    named = "、".join(as_line(one_line(heading)[:120]) for heading in headings)
    return [f"截取：为了不超过 {most} 个输入 token，没有给模型看：{named}。引文仍在全文里核对。"]


def seen(pictures: Sequence[Picture]) -> list[str]:
    """The line on the figures that the model was shown; none where it was shown none."""
    if not pictures:
        return []
    named = "、".join(f"{escape(one_line(picture.label))}（p. {picture.page}）" for picture in pictures)
    return [f"图：给模型看了从 PDF 里裁出的 {named}；图里读出的内容没有逐字核对。"]


def _taken(source: Source) -> str:
    taken = []
    for origin, file in _FILES.items():
        if names := [name for key, name in _PARTS.items() if source.origins.get(key) == origin]:
            taken.append(f"{'、'.join(names)}取自 {file}")
    if not taken:
        return ""
    missing = source.origins.get("missing", "")
    why = f"（arXiv 没有这个版本的 {missing.replace(', ', ' 和 ')}）" if missing else ""
    return f"取舍：{'，'.join(taken)}{why}；正文与页码取自 PDF。"


def _hidden(hidden: Sequence[Hidden]) -> str:
    """How much, of which kinds, from which pages; not what it said: that was meant for a model, not for the person."""
    kinds = Counter(one.kind for one in hidden)
    if not kinds:
        return ""
    named = "、".join(f"{_HIDDEN.get(kind) or escape(one_line(kind))} {count} 处" for kind, count in kinds.items())
    pages = sorted({one.page for one in hidden if one.page})
    where = f"；p. {'、'.join(map(str, pages[:12]))}{' 等' * (len(pages) > 12)}" if pages else ""
    return f"隐藏文字：去掉 {kinds.total()} 处读者看不见的文字（{named}{where}），没有给模型看。"

"""What a reader of the page cannot see, taken out of the tree: hidden elements, comments, white or tiny text, tags.

One pass from top to bottom, because colour, background and size are inherited.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from agents.source.document import Hidden
from agents.source.html_tree import DEEPEST, Element, damaged, empty, is_element, line, put, text_of

_SHOWN = 200  # characters of a hidden text that are kept
_TAGS = re.compile("[\U000e0000-\U000e007f\U000e0100-\U000e01ef]+")
COMMAND = re.compile(r"\\[A-Za-z@]+(?:\[[^\]]*\])?|[{}]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_GENERATED = re.compile(r"^\s*(?:%\*\*\*\*|%?\s*Generated|Document|\[if\b)")  # LaTeXML's own comments
_UNIT = {"px": 0.075, "pt": 0.1, "em": 1.0, "rem": 1.0, "ex": 0.45, "%": 0.01, "": 0.075}  # of a text of 10 pt
_TINY = 0.25
_LENGTH = re.compile(r"^(-?[\d.]+)\s*(px|pt|em|rem|ex|%|)$")
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_SILENT = frozenset({"script", "style", "template", "noscript"})  # never text
Colour = tuple[int, int, int]


class _Look(NamedTuple):
    """How the text of an element looks. A colour of None is one that we cannot tell."""

    ink: Colour | None = (0, 0, 0)
    paper: Colour | None = (255, 255, 255)
    size: float = 1.0


_PLAIN = _Look()


def remove(article: Element) -> tuple[Hidden, ...]:
    """Take everything out that a reader cannot see, and say what it was."""
    found: list[Hidden] = []
    waiting: list[tuple[Element, _Look, int]] = [(article, _PLAIN, 0)]
    while waiting:
        node, look, depth = waiting.pop()
        if depth > DEEPEST:
            raise damaged("the HTML is nested too deep")
        found += _untag(node)
        if not is_element(node):
            found += _hidden("comment", node.text or "", least=4)
            empty(node)
            continue
        if node.tag in _SILENT:
            continue
        style = _style(node) if node.get("style") else {}
        look = _look(style, look) if style else look
        if _is_off(node, style) or (node.tag == "math" and _is_faint(look)):
            found += _hidden("element", _words(node))
            empty(node)
            continue
        if node.tag == "math":
            continue
        if node.tag == "svg":  # drawn on shapes whose colour we do not know
            look = look._replace(paper=None)
        if _is_faint(look):
            found += _hidden("element", line(" ".join(_own_text(node))))
            _silence(node)
        waiting += [(child, look, depth + 1) for child in reversed(node)]
    return tuple(found)


def prose(text: str, least: int = 2) -> bool:
    """Whether it says something: alignment, a number or a symbol that nobody sees is no hidden text."""
    return len(_WORD.findall(text)) >= least


def report(kind: str, text: str) -> Hidden:
    return Hidden(kind, 0, line(text)[:_SHOWN])


def _hidden(kind: str, text: str, least: int = 2) -> list[Hidden]:
    ours = kind == "comment" and _GENERATED.match(text)
    return [report(kind, text)] if prose(text, least) and not ours else []


def _words(node: Element) -> str:
    """What it says, for the last time: a formula says its TeX, without commands."""
    for math in list(node.iter("math")):
        tex = math.get("alttext", "")
        empty(math)
        put(math, "text", COMMAND.sub(" ", tex))
    return text_of(node)


def _own_text(node: Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        yield child.tail or ""


def _silence(node: Element) -> None:
    """Take out the text right in `node`; what is in its children may look different."""
    node.text = None
    for child in node:
        child.tail = None


def _untag(node: Element) -> list[Hidden]:
    """Unicode's tag characters spell text that nothing shows."""
    found: list[Hidden] = []
    places: tuple[Literal["text"], Literal["tail"]] = ("text", "tail")
    for name in places:
        text = getattr(node, name) or ""
        if not text.isascii() and (runs := _TAGS.findall(text)):
            spelled = "".join(chr(ord(c) - 0xE0000) for c in "".join(runs) if 0xE0020 <= ord(c) < 0xE007F)
            found += [report("tags", spelled)] if spelled.strip() else []
            put(node, name, _TAGS.sub("", text))
    return found


def _style(node: Element) -> dict[str, str]:
    pairs = (part.partition(":") for part in node.get("style", "").lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _is_off(node: Element, style: dict[str, str]) -> bool:
    """Whether nothing of this element is shown."""
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    if not style:
        return False
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return True
    if style.get("position") in {"absolute", "fixed"} or "text-indent" in style:
        away = [_length(style.get(side, "0")) or 0.0 for side in ("left", "top", "right", "bottom", "text-indent")]
        if min(away) < -20:  # of a text's height
            return True
    flat = any(_length(style.get(side, "")) == 0 for side in ("width", "height", "max-width", "max-height"))
    return _is_clear(style) or (flat and style.get("overflow") == "hidden") or "rect(0" in style.get("clip", "")


def _is_clear(style: dict[str, str]) -> bool:
    return bool(re.match(r"^(?:0*\.?0\d*|0+\.?|\d(?:\.\d*)?%)$", style.get("opacity", "")))


def _length(value: str) -> float | None:
    """In heights of a text of 10 pt, None for what is no length."""
    found = _LENGTH.match(value)
    try:
        return float(found[1]) * _UNIT[found[2]] if found else None
    except ValueError:  # "1.2.3"
        return None


def _look(style: dict[str, str], around: _Look) -> _Look:
    """LaTeXML writes colours as `color` or, since 0.8.8, as `--ltx-fg-color`."""
    ink, paper, size = around
    for name in ("color", "--ltx-fg-color"):
        ink = _colour(style[name]) if name in style else ink
    for name in ("background", "background-color", "--ltx-bg-color"):
        paper = _colour(style[name]) if name in style else paper
    if "font-size" in style:
        value = style["font-size"]
        length = _length(value)
        relative = value.endswith(("%", "em", "ex")) and not value.endswith("rem")
        size = size if length is None else size * length if relative else length
    return _Look(ink, paper, size)


def _is_faint(look: _Look) -> bool:
    if look is _PLAIN:  # nearly all text: told at once
        return False
    if look.size < _TINY:
        return True
    pairs = zip(look.ink, look.paper, strict=True) if look.ink and look.paper else None
    return pairs is not None and max(abs(one - other) for one, other in pairs) < 16


def _colour(value: str) -> Colour | None:
    if value in _NAMED:
        return _NAMED[value]
    if found := re.match(r"^#([0-9a-f]{6})(?:[0-9a-f]{2})?$", value):
        return int(found[1][:2], 16), int(found[1][2:4], 16), int(found[1][4:], 16)
    if found := re.match(r"^#([0-9a-f])([0-9a-f])([0-9a-f])$", value):
        return int(found[1] * 2, 16), int(found[2] * 2, 16), int(found[3] * 2, 16)
    if found := re.match(r"^rgba?\(\s*(\d{1,3})\D+(\d{1,3})\D+(\d{1,3})", value):
        return int(found[1]), int(found[2]), int(found[3])
    return None

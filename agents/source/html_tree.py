"""The door to lxml: bytes -> a tree that is safe to walk, and the small questions that are asked of its elements."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from agents.errors import DataError

Element = Any  # lxml ships no types
MOST_BYTES = 32_000_000  # the page of a paper has about one million
MOST_TAGS = 1_000_000  # opening and closing ones: memory goes with them, not with bytes
DEEPEST = 200  # elements inside one another, formulas aside: far more than LaTeXML makes
_HINT = "use --source pdf for this paper"
_CONTROL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_SPAN = re.compile(r"^ltx_(col|row)span_(\d{1,3})$")


def damaged(what: str) -> DataError:
    """The one error of this room: the page cannot be used, the PDF can."""
    return DataError(what, _HINT)


def parse(data: bytes) -> Element:
    """The root element. Comments stay in the tree: they may hold what a reader cannot see."""
    from lxml import etree  # type: ignore[import-untyped]

    if len(data) > MOST_BYTES:
        raise damaged(f"the HTML has {len(data) // 1_000_000} MB, more than the {MOST_BYTES // 1_000_000} MB we read")
    if data.count(b"<") > MOST_TAGS:
        raise damaged(f"the HTML has more than the {MOST_TAGS:,} tags we read")
    parser = etree.HTMLParser(huge_tree=True, encoding=_encoding(data))
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError as error:
        raise damaged("the HTML cannot be parsed") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise damaged("the HTML is nested too deep")
    if root is None:
        raise damaged("the HTML is empty")
    return root


def _encoding(data: bytes) -> str | None:
    """UTF-8 where it is that, whatever the page says of itself; else what the page says."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def classes(node: Element) -> frozenset[str]:
    return frozenset(node.get("class", "").split())


def is_element(node: Element) -> bool:
    """Neither a comment nor a processing instruction."""
    return isinstance(node.tag, str)


def elements(node: Element, *names: str) -> Iterator[Element]:
    """Everything at or below `node` that has one of these classes, in reading order."""
    for inner in node.iter("*"):
        if not classes(inner).isdisjoint(names):
            yield inner


def first(node: Element, *names: str) -> Element | None:
    return next(elements(node, *names), None)


def line(text: str) -> str:
    """`text` with single spaces, on one line."""
    return " ".join(text.split())


def text_of(node: Element) -> str:
    """All text at or below `node`, on one line."""
    return line("".join(node.itertext()))


def put(node: Element, where: Literal["text", "tail"], text: str) -> None:
    """Set the text in or behind a node. Pages may hold control characters; lxml refuses to write them."""
    setattr(node, where, _CONTROL.sub("", text))


def empty(node: Element) -> None:
    """Take out a node with all that is in it; the text behind it stays."""
    if is_element(node):
        node.clear(keep_tail=True)
    else:
        node.text = ""


def span(node: Element, way: str) -> int:
    """How many columns ("col") or rows ("row") a cell covers: by attribute, or by class where cells are <span>s."""
    value = node.get(f"{way}span", "")
    if not value.isdecimal():
        found = [match[2] for name in classes(node) if (match := _SPAN.match(name)) and match[1] == way]
        value = found[0] if found else "1"
    return min(max(int(value), 1), 1000)

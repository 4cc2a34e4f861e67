"""The text types of a note: what one of them holds cannot break the Markdown around it.

`Plain`  one line of plain text (a title, a name, a quote): printed escaped
`Line`   one line of inline Markdown, in Chinese: bold, code, $math$
`Prose`  paragraphs and bullet points of such lines
`AnyLine`  a `Line` in any language: what the person said, what code writes
`Tex`    one formula, without delimiters
`Code`   a program, its lines as they are

Invisible characters are dropped and CJK spacing is mended on the way in, so a value is already as it will be printed.
Everything else that would break is refused with a message that Claude can act on.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from agents.note import tex
from agents.note.cjk import cjk_safe, pieces

# Zero-width, bidi, filler and tag characters hide text from the reader (preprints of 2025 hid prompts so); private-use
# glyphs of a PDF's fonts say nothing; YAML takes no U+FFFE and U+FFFF.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff\ud800-\udfff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")  # never a control character: that is damaged TeX
_HTML = re.compile(r"<[A-Za-z/!?]")
_LINK = re.compile(r"\][(\[]|^\s*\[[^\]]*\]:|!\[|\bjavascript:", re.IGNORECASE)
# GitHub makes links of bare addresses, of mail too.
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://([^\s/)\]>，。；、]*)|(?<![a-z0-9])www\.\S+|(?<![a-z0-9])(?:mailto|xmpp):\S+"
    r"|[\w.+-]+@(?:[\w-]+\.)+(?:[a-z0-9_-]*[a-z])\b",
    re.IGNORECASE | re.ASCII,
)
_HOSTS = {"arxiv.org", "doi.org", "github.com"}
_BLOCK_START = re.compile(
    r"#{1,6}(\s|$)|[>|]|[-+*](\s|$)|\d{1,9}[.)](\s|$)|`{3}|~{3}|(?P<rule>[-*_=])(\s*(?P=rule)){2,}\s*$|=+\s*$|-+\s*$"
)
_BULLET = re.compile(r"- |\d{1,3}\. ")
_SPECIAL = re.compile(
    rf"[\\`*_\[\]<$|~&!]|:(?=//(?!(?:{'|'.join(map(re.escape, sorted(_HOSTS)))})(?![\w.:@-])))|(?<=www)\.",
    re.IGNORECASE,
)
_IN_MATH = re.compile(r"<(?=[A-Za-z/!?])|\](?=[(\[])")  # what Markdown takes for HTML or a link where it knows no math
_NO_LETTERS = re.compile(r"[\W_]+")
LONGEST_TEX = 2000  # characters of one formula
CHINESE = "in Chinese"  # metadata of a field: what it holds is prose that the reader should find in Chinese
_SECRET = re.compile(
    r"sk-ant-[\w-]{8,}|\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9]{20,}|\b[sr]k_live_\w{16,}"  # Anthropic, OpenAI …
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"  # GitHub, GitLab
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bxox[abeoprs]-[\w-]{10,}"  # AWS, Google, Slack
    r"|\bhf_[A-Za-z0-9]{30,}|\bpypi-AgE[\w-]{16,}|\bnpm_[A-Za-z0-9]{36}\b"  # registries
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY",  # a signed token, a key file
    re.ASCII,
)


def letters(text: str) -> str:
    """Letters and digits alone, whatever their case: what two spellings of a name have in common."""
    return _NO_LETTERS.sub("", text).casefold()


def visible(text: str) -> str:
    """Drop characters that a reader cannot see."""
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """The text of an outside source (a title, a sentence of the PDF) as `Plain` takes it: one clean line."""
    text = _SECRET.sub("[…]", visible(text))
    return _SPACES.sub(" ", re.sub(r"\s", " ", _CONTROL.sub(" ", text))).strip(" ")


def secret(text: str) -> re.Match[str] | None:
    """The first thing in a text that has the shape of a key or a token."""
    return _SECRET.search(text)


def host_is_ours(address: str) -> bool:
    """Whether an address is one of arXiv, doi.org or GitHub: the places to which a note may lead."""
    found = re.match(r"(?:https?:)?//([^/?#\\]*)", address, re.IGNORECASE)
    return found is not None and found[1].lower().removeprefix("www.") in _HOSTS


def escape(plain: str) -> str:
    """Plain text as Markdown that shows exactly it, without a link where it names an address that is not ours."""
    return _SPECIAL.sub(lambda m: "\\" + m[0], plain)


def as_line(plain: str) -> str:
    """Plain text from outside as a `Line` that shows it: foreign links become code, nothing in it is Markdown."""
    out, at = "", 0
    if _URL.search(plain):
        plain = plain.replace("`", "'")  # beside the code that a link may become, an escaped ` would be half a pair
    for url in _URL.finditer(plain):
        if (url[1] or "").lower() not in _HOSTS:
            out += escape(plain[at : url.start()]) + f"`{url[0].replace('`', '')}`"
            at = url.end()
    line = re.sub("javascript:", "javascript\\:", out + escape(plain[at:]), flags=re.IGNORECASE)
    if block := _BLOCK_START.match(line):
        digits = re.match(r"\d+", block[0])
        cut = digits.end() if digits else 0
        line = f"{line[:cut]}\\{line[cut:]}"
    return line


def unescape(markdown: str) -> str:
    """What `escape` was given."""
    return re.sub(r"\\([\\`*_\[\]<$|~&!:.])", r"\1", markdown)


def _tidy(value: object) -> object:
    if not isinstance(value, str):
        return value
    return "\n".join(_SPACES.sub(" ", line).strip(" ") for line in visible(value).strip(" \n").split("\n"))


def _refuse_secret(text: str) -> str:
    if secret(text):
        raise ValueError("looks like a secret (a key or a token): leave it out")
    return text


def _plain(text: str) -> str:
    if damaged := _CONTROL.search(text) or re.search(r"[\n\t]", text):
        raise ValueError(f"holds {damaged[0]!r}: give one line of plain text")
    return _refuse_secret(text)


@lru_cache(maxsize=4096)
def _line(text: str) -> str:
    if _CONTROL.search(text) or "\n" in text or "\t" in text:
        raise ValueError(tex.damage(text) or "holds a control character: give one line of text")
    if start := _BLOCK_START.match(text):
        raise ValueError(f"begins with {start[0]!r}, which starts a Markdown block: begin with words")
    bare, out = "", ""
    for kind, piece in pieces(text):
        out += _math(piece) if kind == "math" else piece
        bare += re.sub(r"\\[^\w\s]", "", piece) if kind == "text" else "x"
    _refuse_markup(bare)
    return cjk_safe(_refuse_secret(out))


def _math(piece: str) -> str:
    if wrong := tex.fault(piece[1:-1]):
        raise ValueError(f"in {piece}: {wrong}")
    return _without_links(piece)


def _without_links(formula: str) -> str:
    """The same formula with a blank where Markdown would begin HTML or a link."""
    return _IN_MATH.sub(lambda found: f"{found[0]} ", formula)


def _refuse_markup(bare: str) -> None:
    if html := _HTML.search(bare):
        raise ValueError(f"{html[0]!r} would start raw HTML: write it in words or in `code`")
    if link := _LINK.search(bare):
        raise ValueError(f"{link[0]!r}: images and links are not yours to write; name the paper instead")
    for url in _URL.finditer(bare):
        if (url[1] or "").lower() not in _HOSTS:
            raise ValueError(f"{url[0]!r}: only arxiv.org, doi.org and github.com may be linked")
    if "$" in bare:
        raise ValueError(r"a $ without its partner: math is $…$ on one line, money is \$")
    if "`" in bare:
        raise ValueError("a ` without its partner")
    if bare.count("**") % 2:
        raise ValueError("a ** without its partner")


def _prose(text: str) -> str:
    lines = []
    for line in re.sub(r"\n{3,}", "\n\n", text).split("\n"):
        bullet = _BULLET.match(line)
        lines.append((bullet[0] + _line(line[bullet.end() :]) if bullet else _line(line)) if line else "")
    return "\n".join(lines)


def _tex(text: str) -> str:
    if wrong := tex.fault(text):
        raise ValueError(wrong)
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    # On a line of its own "- x" would be a list, "---" a heading of what stands above: not after an empty group.
    start = "{}" if _BLOCK_START.match(text) and text[0] != "|" else ""
    return start + _without_links(_refuse_secret(text))


def _strip(value: object) -> object:
    # Not _tidy: a tab or a line break in TeX is damage to be named, not white space to be mended.
    return visible(value).strip(" ") if isinstance(value, str) else value


def _tidy_code(value: object) -> object:
    if not isinstance(value, str):
        return value
    lines = visible(value.replace("\r\n", "\n")).split("\n")
    return "\n".join(line.rstrip(" ") for line in lines).strip("\n")


def _code(text: str) -> str:
    if damaged := _CONTROL.search(text):
        raise ValueError(f"holds {damaged[0]!r}: write it as an escape inside a string")
    return _refuse_secret(text)


def _length(most: int, least: int = 1) -> StringConstraints:
    return StringConstraints(min_length=least, max_length=most)


Plain = Annotated[str, BeforeValidator(_tidy), _length(1000), AfterValidator(_plain)]
PlainOrNone = Annotated[str, BeforeValidator(_tidy), _length(1000, 0), AfterValidator(_plain)]
AnyLine = Annotated[str, BeforeValidator(_tidy), _length(2000), AfterValidator(_line)]
Line = Annotated[str, BeforeValidator(_tidy), _length(2000), AfterValidator(_line), CHINESE]
LineOrNone = Annotated[str, BeforeValidator(_tidy), _length(2000, 0), AfterValidator(_line), CHINESE]
Prose = Annotated[str, BeforeValidator(_tidy), _length(12000), AfterValidator(_prose), CHINESE]
ProseOrNone = Annotated[str, BeforeValidator(_tidy), _length(12000, 0), AfterValidator(_prose), CHINESE]
Tex = Annotated[str, BeforeValidator(_strip), _length(LONGEST_TEX), AfterValidator(_tex)]
TexOrNone = Annotated[str, BeforeValidator(_strip), _length(LONGEST_TEX, 0), AfterValidator(_tex)]
Code = Annotated[str, BeforeValidator(_tidy_code), _length(8000), AfterValidator(_code)]
CodeOrNone = Annotated[str, BeforeValidator(_tidy_code), _length(20_000, 0), AfterValidator(_code)]


_Kind = Literal["inline", "plain", "tex"]
_HOLDS: dict[object, _Kind] = {_line: "inline", _prose: "inline", _plain: "plain", _tex: "tex"}


def holds(metadata: Iterable[object]) -> _Kind | Literal[""]:
    """What the text of a field is, by the field's metadata: Markdown with $math$, plain, a formula, or none."""
    checks = (_HOLDS.get(one.func) for one in metadata if isinstance(one, AfterValidator))
    return next(filter(None, checks), "")

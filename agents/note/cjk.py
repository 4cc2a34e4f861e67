"""Inline Markdown that renders the same on GitHub, in Obsidian and in VS Code beside Chinese characters.

Two rules, both idempotent. `$…$` needs a space beside a letter, a digit or a Han character, or GitHub shows the dollar
signs. `**…**` does not close when its last character is punctuation and the next one is a letter (CommonMark's
flanking rules do not know Han script).
"""

import re
from collections.abc import Iterator

# An escaped ` or $ opens nothing, and a run of ` opens as a whole or not at all: else what is shown as HTML would pass
# for code.
_PIECE = re.compile(
    r"\\.|(?P<code>(?<!`)(?P<run>`+)(?!`)(?:(?!`).|(?!(?P=run)(?!`))`+)*?(?<!`)(?P=run)(?!`))"
    r"|(?P<math>(?<!\$)\$(?!\$)(?:\\.|[^$\\`])+?\$(?!\$))"
)
_BOLD = re.compile(r"(?<![\\*])\*\*(?![*\s])((?:\\.|[^*\\])*?(?:\\.|[^*\\\s]))\*\*(?!\*)")
_SENTENCE = "。，、；：！？.,;:!?…"


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut a line into ("code" | "math" | "text", piece); joined, the pieces are the line again."""
    at = 0
    for found in _PIECE.finditer(text):
        kind = "code" if found["code"] else "math" if found["math"] else ""
        if not kind:
            continue
        if found.start() > at:
            yield "text", text[at : found.start()]
        yield kind, found[0]
        at = found.end()
    if at < len(text):
        yield "text", text[at:]


def _letter(char: str) -> bool:
    return char.isalnum()  # False for "", the edge of the line


def _space_math(text: str) -> str:
    out = ""
    after_math = False
    for kind, piece in pieces(text):
        if (kind == "math" and out and _letter(out[-1])) or (after_math and _letter(piece[0])):
            out += " "
        out += piece
        after_math = kind == "math"
    return out


def _close_bold(match: re.Match[str]) -> str:
    """Let the marks open and close: sentence punctuation moves out, beside a bracket or a formula goes a space."""
    text = match.string
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    core = match[1].rstrip(_SENTENCE) if _letter(after) else match[1]
    if not core:
        return match[0]
    back = match[1][len(core) :]
    left = " " if _letter(before) and not _letter(core[0]) else ""
    right = " " if _letter(after) and not back and not _letter(core[-1]) else ""
    return f"{left}**{core}**{right}{back}"


def _mend_bold(text: str) -> str:
    """Code and math stand as one private-use character each meanwhile: to the flanking rules they are punctuation."""
    kept: list[str] = []
    masked = ""
    for kind, piece in pieces(text):
        if kind != "text":
            kept.append(piece)
        masked += piece if kind == "text" else chr(0xE000 + len(kept) - 1)
    mended = _BOLD.sub(_close_bold, masked)
    return re.sub("[\ue000-\uf8ff]", lambda m: kept[ord(m[0]) - 0xE000], mended)


def cjk_safe(line: str) -> str:
    """Apply both rules to one line of inline Markdown that holds no private-use character."""
    return _space_math(_mend_bold(line))

r"""TeX text -> tokens, plain strings: `\word`, `\word*`, `\begin{x}`, `{`, `}`, `[`, `]`, `$`, `&`, `#1`, runs of text.

Joined again they are the text, comments apart, which are tokens that begin with `%` until the input drops them.
"""

import re
from collections.abc import Iterable, Sequence

VERBATIM = "\x01"  # begins a token whose rest is shown letter by letter
_RAW = ("verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "comment")
_TOKEN = re.compile(
    r"\\(?:begin|end)[ \t]*\{[^{}\\\n]{1,80}\}"
    r"|\\(?:url|path|nolinkurl|href)[ \t]*\{[^{}\n]{0,800}\}"  # a % in an address begins no comment
    r"|\\(?:verb|lstinline)\*?([^a-zA-Z\s*{\[])[^\n]{0,300}?\1"
    r"|\\(?:[a-zA-Z]+(?:@+[a-zA-Z]+)*\*?|@[a-zA-Z@]+|.)"
    r"|%[^\n]*(?:\n[ \t]*)?"
    r"|#[1-9]"
    r"|[{}$&#\[\]]"
    r"|[^\\{}$&#\[\]%]+",
    re.DOTALL,
)
_SPACED = re.compile(r"(begin|end|url|path|nolinkurl|href)[ \t]+\{")
_WORD_END = re.compile(r"\\[a-zA-Z@]+$")


def tokenise(text: str) -> list[str]:
    """The tokens of a file, its braces balanced."""
    tokens: list[str] = []
    at = 0
    while found := _TOKEN.search(text, at):
        tok, at = found[0], found.end()
        if tok[0] == "%":
            tokens.append(tok)
            if text[at : at + 1] == "\n":  # the line after it is empty: a paragraph ends here
                tokens.append("\n\n")
            continue
        if tok[0] == "\\" and tok[-1] == "}":
            tok = _SPACED.sub(r"\1{", tok, count=1)
        tokens.append(tok)
        if tok.startswith("\\begin{") and (name := tok[7:-1]) in _RAW:
            end = text.find(f"\\end{{{name}}}", at)
            raw = text[at : end if end >= 0 else len(text)]
            at += len(raw) + (len(name) + 6 if end >= 0 else 0)
            if name == "comment":
                tokens[-1] = f"%{raw}"
            else:
                tokens += [VERBATIM + raw, f"\\end{{{name}}}"]
    return _balanced(tokens)


def _balanced(tokens: list[str]) -> list[str]:
    """Without the braces that have no partner: so every argument has an end."""
    spare: set[int] = set()
    opened: list[int] = []
    for index, tok in enumerate(tokens):
        if tok == "{":
            opened.append(index)
        elif tok == "}":
            if opened:
                opened.pop()
            else:
                spare.add(index)
    spare.update(opened)
    return [tok for index, tok in enumerate(tokens) if index not in spare] if spare else tokens


def join(tokens: Iterable[str]) -> str:
    r"""The tokens as TeX; `\alpha` before a letter keeps a space between them."""
    parts: list[str] = []
    word = False
    for tok in tokens:
        if word and tok[:1].isalpha():
            parts.append(" ")
        parts.append(tok)
        if tok:
            word = tok[0] == "\\" and bool(_WORD_END.match(tok))
    return "".join(parts)


def pairs(tokens: Sequence[str]) -> dict[int, int]:
    r"""Where each `{` and each `\begin` ends. What has no partner is left out."""
    ends: dict[int, int] = {}
    braces: list[int] = []
    begun: list[tuple[str, int]] = []
    count: dict[str, int] = {}
    for index, tok in enumerate(tokens):
        if tok == "{":
            braces.append(index)
        elif tok == "}":
            if braces:
                ends[braces.pop()] = index
        elif tok.startswith("\\begin{"):
            begun.append((tok[7:-1], index))
            count[tok[7:-1]] = count.get(tok[7:-1], 0) + 1
        elif tok.startswith("\\end{") and count.get(tok[5:-1]):
            while begun:  # one that never ends gives way to the one around it
                name, start = begun.pop()
                count[name] -= 1
                if name == tok[5:-1]:
                    ends[start] = index
                    break
    return ends


def brackets(tokens: Sequence[str]) -> dict[int, int]:
    """Where each `[` ends; one that a brace cuts off, as in "[0, 1)", has no end."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, tok in enumerate(tokens):
        if tok in {"{", "["}:
            opened.append(index)
        elif tok == "]":
            if opened and tokens[opened[-1]] == "[":
                ends[opened.pop()] = index
        elif tok == "}":
            while opened and tokens[opened.pop()] != "{":
                pass
    return ends

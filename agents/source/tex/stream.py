"""The expanded paper, to be walked over by index: where groups end, and the arguments behind a word."""

from collections.abc import Sequence
from typing import NamedTuple

from agents.source.tex.tokens import brackets, join, pairs

PARAGRAPH = "\n\n"
LONGEST_OPTION = 2000  # tokens between brackets


class Span(NamedTuple):
    """Tokens [start, stop); `after` is where reading goes on."""

    start: int
    stop: int
    after: int


class Stream:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.ends = pairs(tokens)
        self.brackets = brackets(tokens)

    def blanks(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].isspace() and not self.tokens[at].count("\n") > 1:
            at += 1
        return at

    def mandatory(self, at: int) -> Span:
        """{…}, or the one token that stands there."""
        start = self.blanks(at)
        if start in self.ends and self.tokens[start] == "{":
            return Span(start + 1, self.ends[start], self.ends[start] + 1)
        if start < len(self.tokens) and self.tokens[start][0] == "\\" and not self.tokens[start].startswith("\\end{"):
            return Span(start, start + 1, start + 1)
        return Span(at, at, at)

    def optional(self, at: int) -> Span | None:
        """[…], None where there is none, or no end of it within reach."""
        start = self.blanks(at)
        if start >= len(self.tokens) or self.tokens[start] != "[":
            return None
        end = self.brackets.get(start)
        return Span(start + 1, end, end + 1) if end is not None and end - start < LONGEST_OPTION else None

    def arguments(self, at: int, kinds: str) -> tuple[list[Span | None], int]:
        """Those behind a word, "om" being [one that may be there]{and one that is}, and where they end."""
        found: list[Span | None] = []
        for kind in kinds:
            span = self.optional(at) if kind == "o" else self.mandatory(at)
            found.append(span)
            at = span.after if span else at
        return found, at

    def source(self, start: int, stop: int) -> str:
        return join(self.tokens[start:stop])

    def word(self, span: Span | None) -> str:
        return " ".join(self.source(span.start, span.stop).split()) if span else ""

    def environment(self, at: int) -> str:
        r"""The name in `\begin{name}`, "" for any other token."""
        tok = self.tokens[at]
        return tok[7:-1] if tok.startswith("\\begin{") else ""

    def formula_end(self, at: int, stop: int) -> int | None:
        r"""Where the formula that begins with `$`, `$$`, `\(` or `\[` at this index ends: the index of its close."""
        close = {r"\(": r"\)", r"\[": r"\]"}.get(self.tokens[at], "$")
        double = self.tokens[at] == "$" and at + 1 < stop and self.tokens[at + 1] == "$"
        index = at + (2 if double else 1)
        while index < stop:
            tok = self.tokens[index]
            if tok == close:
                return index
            if tok == "{":
                index = self.ends.get(index, index)
            elif tok == "}" or (tok.count("\n") > 1 and PARAGRAPH in tok.replace(" ", "")):
                return None
            index += 1
        return None

r"""What is still to be read, as a stack of tokens: macros and `\input` files are pushed onto it, arguments taken off.

Everything is bounded: how deep macros go, how much they may produce, how many files are opened.
"""

from collections.abc import Callable, Sequence

from agents.source.document import Hidden
from agents.source.tex.hidden import hide
from agents.source.tex.tokens import join

MACRO_END = "\x02"
FILE_END = "\x03"
FIXED = "\x04"  # before a word that `let` copied: it means what it meant then, whatever became of its name
MOST_DEPTH = 200
MOST_PUSHED = 1_000_000  # tokens that macros may produce, all in all
LONGEST_OPTION = 2000  # tokens between brackets
MOST_TEXT = 30_000_000  # characters of files read


class Reader:
    """The tokens to come, and what was noticed while they were read."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.depth = 0  # of macros inside macros
        self.pushed = 0
        self.open: list[str] = []  # files being read, the innermost last
        self.read = 0
        self.hidden: list[Hidden] = []
        self.warnings: list[str] = []
        self._comment: list[str] = []
        self._open_brackets = 0  # brackets that had no end: after many, none is looked for far away

    def push(self, tokens: Sequence[str]) -> None:
        self.stack.extend(reversed(tokens))

    @property
    def full(self) -> bool:
        return self.depth > MOST_DEPTH or self.pushed > MOST_PUSHED

    def push_macro(self, tokens: Sequence[str]) -> None:
        self.depth += 1
        self.pushed += len(tokens)
        self.stack.append(MACRO_END)
        self.push(tokens)

    def push_file(self, name: str, tokens: Sequence[str]) -> None:
        self.open.append(name)
        self.stack.append(FILE_END)
        self.push(tokens)

    def pop(self) -> str:
        """The next token, "" at the end; comments are put aside."""
        while self.stack:
            tok = self.stack.pop()
            if tok == MACRO_END:
                self.depth -= 1
            elif tok == FILE_END:
                self.open.pop()
            elif tok[0] == "%":
                self._comment.append(tok[1:])
            else:
                if self._comment:
                    self._told()
                return tok
        self._told()
        return ""

    def _told(self) -> None:
        """Comment lines that follow each other are one comment; those of a style file are nobody's message."""
        lines, self._comment = self._comment, []
        if self.open and not self.open[-1].endswith(".sty"):
            self.hidden += hide("comment", " ".join(line.lstrip("%") for line in lines))

    def peek(self) -> str:
        tok = self.pop()
        if tok:
            self.stack.append(tok)
        return tok

    def skip_spaces(self) -> bool:
        """Past blanks, not past the end of a paragraph; whether there were any."""
        skipped = False
        while tok := self.pop():
            rest = tok.lstrip() if tok[0].isspace() else tok
            if rest == tok or "\n\n" in tok[: len(tok) - len(rest)]:
                self.stack.append(tok)
                break
            skipped = True
            if rest:
                self.stack.append(rest)
                break
        return skipped

    def argument(self) -> list[str]:
        """A mandatory argument without its braces: a group, or one token, or one letter."""
        self.skip_spaces()
        tok = self.pop()
        if tok == "{":
            return self._until("}", "{")
        if tok in {"", "}"}:
            if tok:
                self.stack.append(tok)
            return []
        if tok[0] not in "\\{}$&#[]" and len(tok) > 1:
            self.stack.append(tok[1:])
            return [tok[0]]
        return [tok]

    def optional(self) -> list[str] | None:
        """An argument in brackets, None where there is none."""
        spaced = self.skip_spaces()
        if self.peek() != "[":
            if spaced:
                self.stack.append(" ")
            return None
        self.pop()
        return self._until("]", "[")

    def star(self) -> bool:
        tok = self.peek()
        if tok[:1] != "*":
            return False
        self.pop()
        if tok[1:]:
            self.stack.append(tok[1:])
        return True

    def _until(self, close: str, opening: str) -> list[str]:
        """Up to `close`; a bracket inside braces closes nothing, and a bracket that never closes is given back."""
        taken: list[str] = []
        braces = level = 0
        while tok := self.pop():
            if tok == close and not level and (close == "}" or not braces):
                return taken
            if close == "}":
                level += (tok == "{") - (tok == "}")
            else:
                if tok == "}" and not braces:
                    self.stack.append(tok)
                    break
                braces += (tok == "{") - (tok == "}")
                level += ((tok == opening) - (tok == close)) if not braces else 0
                if len(taken) > (LONGEST_OPTION if self._open_brackets < 20 else 20):
                    break
            taken.append(tok)
        if close == "]":
            self._open_brackets += 1
            self.push(taken)
            return []
        return taken

    def name(self) -> str:
        r"""A control sequence to be defined, given as `\x` or `{\x}`."""
        self.star()
        found = "".join(self.argument()).strip()
        return found if found.startswith("\\") else f"\\{found}" if found else ""

    def target(self) -> str:
        r"""The next token, put together where it is a `\csname … \endcsname`."""
        self.skip_spaces()
        tok = self.pop()
        if tok != r"\csname":
            return tok
        parts: list[str] = []
        while (part := self.pop()) and part != r"\endcsname" and len(parts) < 20:
            parts.append(part)
        return f"\\{join(parts).strip()}"

    def word(self) -> str:
        return join(self.argument()).strip()

    def warn(self, sentence: str) -> None:
        if sentence not in self.warnings and len(self.warnings) < 50:
            self.warnings.append(sentence)


Handler = Callable[["Reader"], None]

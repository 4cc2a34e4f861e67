"""The running text in reading order, and with it the sections, the numbered formulas, figures and tables."""

import re
from dataclasses import dataclass, field, replace

from agents.source.document import Block, Equation, Figure, Section, Table
from agents.source.tex.displays import inside, kind, line_formula, lines
from agents.source.tex.floats import NOWHERE, is_float, read_float, table_blocks
from agents.source.tex.front import FRONT
from agents.source.tex.stream import Span
from agents.source.tex.text import Paper, paragraphs, plain
from agents.source.tex.words import DISPLAYS, LEVELS, TABULARS

_ACKNOWLEDGED = re.compile(r"acknowledge?ments?[.:]?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“(\[$])")
_GOES_ON = re.compile(r"[a-z]|Where\b|Here\b|In (?:this|these|which)\b")
LONGEST_SENTENCE = 600


@dataclass(slots=True)
class Body:
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)


class _Walk:
    def __init__(self, paper: Paper, start: int, stop: int) -> None:
        self.paper, self.stream = paper, paper.stream
        self.begin = start  # of the text that was not written out yet
        self.stop = stop
        self.body = Body()
        self.places: list[int] = []  # index among the blocks, of each equation
        self.brackets: set[int] = set()  # that belong to \twocolumn

    def run(self) -> Body:
        index = self.begin
        while index < self.stop:
            tok = self.stream.tokens[index]
            if tok[0] == "\\":
                index = self._control(index, tok)
            elif tok == "$":
                index = self._dollar(index)
            elif index in self.brackets:
                index = self._flush(index, index + 1)
            else:
                index += 1
        self._flush(self.stop, self.stop)
        self._sentences()
        return self.body

    def _flush(self, until: int, after: int) -> int:
        """Write out the text up to here, and go on behind what comes now."""
        texts = paragraphs(self.paper, self.begin, until) if until > self.begin else []
        self.body.blocks += [Block("text", text, 0, NOWHERE) for text in texts if any(map(str.isalnum, text))]
        self.begin = after
        return after

    def _control(self, index: int, tok: str) -> int:
        stream = self.stream
        bare = tok.rstrip("*") if len(tok) > 2 else tok
        if bare in LEVELS:
            return self._heading(index, tok)
        if tok.startswith("\\begin{") and index in stream.ends:
            return self._environment(index, tok[7:-1])
        if tok == r"\[":
            return self._display(index, "", index + 1, stream.formula_end(index, self.stop), 1)
        if bare in FRONT:
            return self._flush(index, max(index + 1, stream.arguments(index + 1, FRONT[bare])[1]))
        if bare == r"\twocolumn" and (space := self._bracket(index + 1)):
            self.brackets.add(space.stop)
            return self._flush(index, space.start)
        if bare in {r"\footnote", r"\thanks", r"\footnotetext"}:
            return stream.arguments(index + 1, "om")[1]
        if bare == r"\captionof":
            (what, _, span), after = stream.arguments(index + 1, "mom")
            if span and index in self.paper.numbers.at:
                self._flush(index, after)
                label = f"{stream.word(what).capitalize()} {self.paper.numbers.at[index]}"
                self.body.blocks.append(
                    Block("caption", f"{label}: {plain(self.paper, span.start, span.stop)}", 0, NOWHERE)
                )
            return after
        return index + 1

    def _bracket(self, at: int) -> Span | None:
        r"""The long bracket of `\twocolumn[ … ]`."""
        start = self.stream.blanks(at)
        if start >= self.stop or self.stream.tokens[start] != "[":
            return None
        end = self.stream.brackets.get(start)
        return Span(start + 1, end, end + 1) if end is not None else None

    def _heading(self, index: int, tok: str) -> int:
        (_, span), after = self.stream.arguments(index + 1, "om")
        if not span:
            return index + 1
        text = re.sub(r" ?\[footnote:.*?\]", "", plain(self.paper, span.start, span.stop))
        level = LEVELS[tok.rstrip("*")]
        acknowledged = bool(_ACKNOWLEDGED.match(text))
        if level > 3 and not acknowledged:  # a run-in heading: the first words of its paragraph
            self._flush(index, after)
            stop = "" if text[-1:] in ".:?!" else "."
            self.body.blocks.append(Block("heading", f"{text}{stop}", 0, NOWHERE, level))
            return after
        self._flush(index, after)
        if text and text.strip(" .:").lower() != "abstract":
            level = 1 if level == 0 or acknowledged else level
            section = Section("" if tok[-1] == "*" else self.paper.numbers.at.get(index, ""), text, level, 0)
            self.body.sections.append(section)
            self.body.blocks.append(Block("heading", section.heading, 0, NOWHERE, level))
        return after

    def _environment(self, index: int, name: str) -> int:
        stream, end = self.stream, self.stream.ends[index]
        if kind(name) in DISPLAYS:
            start, stop = inside(stream, index)
            return self._display(index, name, start, stop, 1)
        if is_float(name):
            self._flush(index, end + 1)
            found = read_float(self.paper, index)
            self.body.blocks += found.blocks
            self.body.figures += found.figures
            self.body.tables += found.tables
            return end + 1
        if kind(name) in TABULARS:
            self._flush(index, end + 1)
            self.body.blocks += table_blocks(self.paper, index)
            return end + 1
        if name == "thebibliography":
            self._flush(index, end + 1)
            if not self.body.sections or self.body.sections[-1].title.lower() not in {"references", "bibliography"}:
                self.body.sections.append(Section("", "References", 1, 0))
                self.body.blocks.append(Block("heading", "References", 0, NOWHERE, 1))
            return end + 1
        if name in {"CCSXML", "keywords", "frontmatter"} and name != "frontmatter":
            return self._flush(index, end + 1)
        return index + 1

    def _dollar(self, index: int) -> int:
        end = self.stream.formula_end(index, self.stop)
        if end is None:
            return index + 1
        if self.stream.tokens[index + 1] == "$" and end > index + 1:
            return self._display(index, "", index + 2, end, 2)
        return end + 1

    def _display(self, index: int, name: str, start: int, stop: int | None, width: int) -> int:
        if stop is None:
            return index + 1
        self._flush(index, stop + width)
        for line in lines(self.stream, name, start, stop):
            tex = line_formula(self.stream, name, line, self.paper.numbers.refs)
            number = self.paper.numbers.at.get(line.start, "")
            if not tex:
                continue
            if number:
                self.body.equations.append(Equation(number, "", 0, NOWHERE, "", tex))
                self.places.append(len(self.body.blocks))
            self.body.blocks.append(Block("equation", f"$${tex}$$" + (f" ({number})" if number else ""), 0, NOWHERE))
        return stop + width

    def _sentences(self) -> None:
        """Around each equation: what it is introduced with, and the "where …" that follows."""
        blocks = self.body.blocks
        for order, place in enumerate(self.places):
            before = place - 1
            while before >= 0 and blocks[before].kind == "equation":
                before -= 1
            after = place + 1
            while after < len(blocks) and blocks[after].kind == "equation":
                after += 1
            parts = []
            if before >= 0 and blocks[before].kind == "text":
                parts.append(_SENTENCE_END.split(blocks[before].text)[-1][-LONGEST_SENTENCE:])
            if after < len(blocks) and blocks[after].kind == "text" and _GOES_ON.match(blocks[after].text):
                parts.append(_SENTENCE_END.split(blocks[after].text)[0][:LONGEST_SENTENCE])
            equation = self.body.equations[order]
            self.body.equations[order] = replace(equation, sentence=" ".join(parts))


def read_body(paper: Paper, start: int, stop: int) -> Body:
    return _Walk(paper, start, stop).run()

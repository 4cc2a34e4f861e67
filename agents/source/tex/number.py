r"""One walk that counts as LaTeX does: sections, formulas, floats, theorems; and what every `\label` stands for."""

import re
from dataclasses import dataclass, field

from agents.source.tex.counters import Counters
from agents.source.tex.displays import inside, kind, lines
from agents.source.tex.stream import Stream
from agents.source.tex.words import DISPLAYS, FIGURES, LEVELS, SUBFLOATS, TABLES

_NAMES = {"equation": "Equation", "figure": "Figure", "table": "Table", "section": "Section", "algorithm": "Algorithm"}
_OTHER_FLOATS = {"algorithm", "algorithm*", "listing", "lstlisting", "algorithm2e"}


@dataclass(slots=True)
class Numbers:
    at: dict[int, str] = field(default_factory=dict)  # token index of a heading, caption, theorem, line -> number
    refs: dict[str, str] = field(default_factory=dict)  # label -> number as \ref prints it
    kinds: dict[str, str] = field(default_factory=dict)  # label -> "Figure", what \cref prints before it
    appendix: int | None = None  # where it begins
    theorems: dict[str, str] = field(default_factory=dict)  # environment -> "Theorem"


class _Walk:
    def __init__(self, stream: Stream, head: str) -> None:
        self.stream = stream
        self.chapters = bool(re.search(r"\{(?:book|report|memoir|scrbook|scrreprt|thesis)\}", head)) and (
            r"\chapter" in stream.tokens
        )
        self.roman = bool(re.search(r"\{(?:IEEEtran|revtex4|revtex4-1|revtex4-2|ieeeconf|IEEEconf)\}|revtex", head))
        self.counters = Counters(chapters=self.chapters, roman_sections=self.roman)
        self.numbers = Numbers()
        self.current = ("Section", "")
        self.within: list[tuple[int, str, str]] = []  # environments we are in: (end, name, counter of captions)
        self.counter_of: dict[str, str] = {}  # theorem environment -> its counter, "" unnumbered
        self.parent: list[tuple[int, int]] = []  # subequations: (end, equations before them)

    def run(self) -> Numbers:
        index = 0
        while index < len(self.stream.tokens):
            tok = self.stream.tokens[index]
            while self.within and self.within[-1][0] <= index:
                self.within.pop()
            if self.parent and self.parent[-1][0] <= index:
                self._end_subequations()
            if tok[0] == "\\":
                index = self._control(index, tok)
            elif tok == "$" and index + 1 < len(self.stream.tokens) and self.stream.tokens[index + 1] == "$":
                end = self.stream.formula_end(index, len(self.stream.tokens))
                if end:
                    self._display("", index + 2, end)
                    index = end + 1
            index += 1
        return self.numbers

    def _control(self, index: int, tok: str) -> int:
        """Count what this word counts; the index of the last token that was dealt with."""
        stream = self.stream
        if tok in LEVELS:
            self._heading(index, tok)
        elif tok.startswith("\\begin{"):
            return self._begin(index, tok[7:-1])
        elif tok == r"\[":
            end = stream.formula_end(index, len(stream.tokens))
            if end:
                self._display("", index + 1, end)
                return end
        elif tok in {r"\caption", r"\captionof"}:
            self._caption(index, tok)
        elif tok == r"\label":
            self._label(stream.word(stream.mandatory(index + 1)))
        elif tok == r"\appendix" and self.numbers.appendix is None:
            self.numbers.appendix = index
            self.counters.appendix(chapters=self.chapters)
        elif tok in {r"\newtheorem", r"\newtheorem*"}:
            self._theorem(index, numbered=tok[-1] != "*")
        else:
            self._setting(index, tok)
        return index

    def _label(self, name: str) -> None:
        if self.current[1] and name:
            self.numbers.kinds[name], self.numbers.refs[name] = self.current

    def _heading(self, index: int, tok: str) -> None:
        name = tok[1:]
        if name not in {"chapter", "section", "subsection", "subsubsection"}:
            return
        printed = self.counters.step(name)
        self.numbers.at[index] = printed
        self.current = ("Appendix" if self.numbers.appendix is not None else "Section", printed)
        if self.roman and name != "section":
            above = self.counters.printed("section")
            self.current = ("Section", f"{above}-{printed}" if name == "subsection" else printed)

    def _begin(self, index: int, name: str) -> int:
        stream = self.stream
        end = stream.ends.get(index)
        if end is None:
            return index
        if kind(name) in DISPLAYS:
            self._display(name, *inside(stream, index))
            return end
        if kind(name) == "subequations":
            number = self.counters.step("equation")
            self.current = ("Equation", number)
            self.parent.append((end, self.counters.value["equation"]))
            self.within.append((end, number, "subequations"))
            self.counters.value["subequation"] = 0
        elif kind(name) in FIGURES or kind(name) in TABLES:
            self.within.append((end, name, "figure" if kind(name) in FIGURES else "table"))
        elif name in _OTHER_FLOATS:
            self.within.append((end, name, "algorithm"))
        elif kind(name) in SUBFLOATS and self.within and kind(name) != "minipage":
            self.within.append((end, name, ""))
            self.counters.value["sub"] = self.counters.value.get("sub", 0) + 1
        elif name in self.counter_of:
            counter = self.counter_of[name]
            number = self.counters.step(counter) if counter else ""
            self.numbers.at[index] = number
            self.current = (self.numbers.theorems[name], number)
        return index

    def _end_subequations(self) -> None:
        _, before = self.parent.pop()
        self.counters.value["equation"] = before

    def _display(self, name: str, start: int, stop: int) -> None:
        for line in lines(self.stream, name, start, stop):
            number = line.tag
            if not number and line.numbered:
                if self.parent:
                    self.counters.value["subequation"] += 1
                    outer = next(name for _, name, what in reversed(self.within) if what == "subequations")
                    number = outer + chr(ord("a") + (self.counters.value["subequation"] - 1) % 26)
                else:
                    number = self.counters.step("equation")
            if number:
                self.numbers.at[line.start] = number
                for label in line.labels:
                    self.numbers.kinds[label], self.numbers.refs[label] = "Equation", number

    def _caption(self, index: int, tok: str) -> None:
        counter = next((what for _, _, what in reversed(self.within) if what != "subequations"), None)
        if tok == r"\captionof":
            counter = kind(self.stream.word(self.stream.mandatory(index + 1)))
        if counter:
            number = self.counters.step(counter)
            self.numbers.at[index] = number
            self.current = (_NAMES.get(counter, counter.capitalize()), number)
            self.counters.value["sub"] = 0
        elif counter == "":  # of a subfigure: \ref prints the float's number, to come, and a letter
            outer = next((what for _, _, what in reversed(self.within) if what), "figure")
            ahead = self.counters.value.get(outer, 0) + 1
            letter = chr(ord("a") + (self.counters.value.get("sub", 1) - 1) % 26)
            self.current = (_NAMES.get(outer, "Figure"), f"{ahead}{letter}")

    def _theorem(self, index: int, *, numbered: bool) -> None:
        (name, shared, title, within), _ = self.stream.arguments(index + 1, "momo")
        word = self.stream.word(name)
        self.numbers.theorems[word] = self.stream.word(title)
        counter = self.stream.word(shared) or word
        self.counter_of[word] = self.counter_of.get(counter, counter) if numbered else ""
        if numbered and not shared:
            self.counters.new(word, within=self.stream.word(within))

    def _setting(self, index: int, tok: str) -> None:
        stream, counters = self.stream, self.counters
        if tok in {r"\numberwithin", r"\counterwithin"}:
            (_, inner, outer), _ = stream.arguments(index + 1, "omm")
            counters.count_within(stream.word(inner), stream.word(outer))
        elif tok == r"\renewcommand":
            (name, body), _ = stream.arguments(index + 1, "mm")
            if stream.word(name).startswith(r"\the"):
                counters.shown[stream.word(name)[4:]] = stream.word(body)
        elif tok in {r"\setcounter", r"\addtocounter"}:
            (name, value), _ = stream.arguments(index + 1, "mm")
            digits = stream.word(value)
            if re.fullmatch(r"-?\d{1,6}", digits):
                base = counters.value.get(stream.word(name), 0) if tok == r"\addtocounter" else 0
                counters.value[stream.word(name)] = base + int(digits)
        elif tok in {r"\stepcounter", r"\refstepcounter"}:
            counters.step(stream.word(stream.mandatory(index + 1)))
        elif tok == r"\newcounter":
            (name, within), _ = stream.arguments(index + 1, "mo")
            counters.new(stream.word(name), within=stream.word(within))


def number(stream: Stream, head: str) -> Numbers:
    """All numbers of the paper; `head` is the line with its class and packages."""
    return _Walk(stream, head).run()

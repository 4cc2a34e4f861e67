r"""A stretch of the paper as a reader sees it: words, inline formulas as $TeX$, citations and references resolved."""

import re
from collections import Counter
from dataclasses import dataclass, field

from agents.source.document import Hidden
from agents.source.tex.displays import formula, inside, kind, line_formula, lines
from agents.source.tex.hidden import hide, speaks
from agents.source.tex.number import Numbers
from agents.source.tex.stream import Span, Stream
from agents.source.tex.tokens import VERBATIM
from agents.source.tex.words import CITES, DISPLAYS, ENVIRONMENT_ARGUMENTS, REFS, SYMBOLS, TEXTUAL_CITES, UNSHOWN

_LENGTH = re.compile(
    r"^\s*=?\s*-?[\d.]+\s*(?:true)?(?:pt|mm|cm|in|em|ex|pc|sp|bp)(?:\s+(?:plus|minus)\s+[\d.]+\s*\w+)*"
)
_MEASURED = {r"\vskip", r"\hskip", r"\kern", r"\hsize", r"\parskip", r"\parindent", r"\baselineskip", r"\vglue"}
_LIGATURES = ((r"---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("`", "‘"), ("~", " "))
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n\s*)+")
_GAPS = re.compile(r"[ \t\n]+")
_BEFORE_STOP = re.compile(r" +([,.;:!?)\]])(?=\s|$|[^\w])")
_WHITE = {"white", "White", "1", "1,1,1", "FFFFFF", "ffffff", "255,255,255"}
MOST_DEPTH = 40
_INVISIBLE = {r"\phantom", r"\hphantom", r"\vphantom"}


@dataclass(slots=True)
class Paper:
    """What the readers of its parts share."""

    stream: Stream
    numbers: Numbers
    shown_cites: dict[str, str] = field(default_factory=dict)  # key -> "3" or "Li et al., 2022"
    cited: Counter[str] = field(default_factory=Counter)
    hidden: list[Hidden] = field(default_factory=list)
    depth: int = 0  # of notes inside notes
    white: set[str] = field(default_factory=lambda: set(_WHITE))


def paragraphs(paper: Paper, start: int, stop: int) -> list[str]:
    if paper.depth > MOST_DEPTH:
        return []
    paper.depth += 1
    text = _Text(paper, start, stop).read()
    paper.depth -= 1
    return [line for part in _PARAGRAPH.split(text) if (line := _tidy(part))]


def plain(paper: Paper, start: int, stop: int) -> str:
    """The stretch as one line."""
    return " ".join(paragraphs(paper, start, stop))


def _tidy(text: str) -> str:
    return _BEFORE_STOP.sub(r"\1", _GAPS.sub(" ", text.replace("\x00", " "))).strip()


class _Text:
    def __init__(self, paper: Paper, start: int, stop: int) -> None:
        self.paper, self.stream = paper, paper.stream
        self.start, self.stop = start, stop
        self.out: list[str] = []
        self.after: dict[int, str] = {}  # what to print where a group ends
        self.measure = self.swallow = False  # a length, blanks: after a word that takes them

    def read(self) -> str:
        index = self.start
        while index < self.stop:
            tok = self.stream.tokens[index]
            if index in self.after:
                self.out.append(self.after[index])
            if tok[0] == "\\":
                index = self._control(index, tok)
                continue
            if tok == "$":
                index = self._formula(index)
                continue
            if tok[0] == VERBATIM:
                self.out.append(tok[1:].replace("\n\n", "\n"))
            elif tok not in {"{", "}", "&"}:
                self.out.append(self._words(tok))
            elif tok == "&":
                self.out.append(" ")
            self.measure = self.swallow = False
            index += 1
        return "".join(self.out)

    def _words(self, tok: str) -> str:
        if self.measure:
            tok = _LENGTH.sub("", tok, count=1)
        if self.swallow and not _PARAGRAPH.match(tok):
            tok = tok.lstrip()
        for written, printed in _LIGATURES:
            tok = tok.replace(written, printed)
        return tok

    def _formula(self, index: int) -> int:
        end = self.stream.formula_end(index, self.stop)
        if end is None:
            self.out.append("$" if self.stream.tokens[index] == "$" else "")
            return index + 1
        double = self.stream.tokens[index] == r"\[" or self.stream.tokens[index + 1] == "$"
        opening = 2 if double and self.stream.tokens[index] == "$" else 1
        text = formula(self.stream, index + opening, end, self.paper.numbers.refs)
        mark = "$$" if double else "$"
        if text:
            self.out.append(f" {mark}{text}{mark} " if double else f"{mark}{text}{mark}")
        return end + opening

    def _control(self, index: int, tok: str) -> int:
        """Print what this word prints; the index to go on at."""
        self.measure = self.swallow = False
        bare = tok.rstrip("*") if len(tok) > 2 else tok
        if tok in SYMBOLS or bare in SYMBOLS:
            return self._symbol(index, tok if tok in SYMBOLS else bare)
        if bare in CITES:
            return self._cite(index, bare)
        if bare in REFS:
            return self._ref(index, bare)
        if tok in {r"\(", r"\["}:
            return self._formula(index)
        if tok.startswith(("\\begin{", "\\end{")):
            return self._environment(index, tok)
        if tok.startswith(("\\url{", "\\path{", "\\nolinkurl{", "\\href{")):
            self.out.append("" if tok[1] == "h" else tok[tok.index("{") + 1 : -1])
            return index + 1
        if tok.startswith((r"\verb", r"\lstinline")) and len(tok) > 6:
            self.out.append(re.sub(r"^\\(?:verb|lstinline)\*?", "", tok)[1:-1])
            return index + 1
        if bare in {r"\footnote", r"\footnotetext"}:
            return self._footnote(index)
        if bare == r"\item":
            return self._item(index)
        if (end := self._unseen(index, bare)) is not None:
            return end
        if bare in UNSHOWN:
            self.measure = bare in _MEASURED
            return self.stream.arguments(index + 1, UNSHOWN[bare])[1]
        self.measure, self.swallow = bare in _MEASURED, tok[-1].isalpha()
        if bare in {r"\multicolumn", r"\multirow"}:
            return self.stream.arguments(index + 1, "mm" if bare == r"\multicolumn" else "omom")[1]
        if bare == r"\texorpdfstring":
            first = self.stream.mandatory(index + 1)
            self.out.append(plain(self.paper, first.start, first.stop))
            return self.stream.mandatory(first.after).after
        return index + 1

    def _symbol(self, index: int, tok: str) -> int:
        self.out.append(SYMBOLS[tok])
        self.swallow = tok[-1].isalpha() and bool(SYMBOLS[tok].strip())
        after = index + 1
        if tok in {r"\\", r"\\*"} and (space := self.stream.optional(after)):
            after = space.after if self.stream.word(space)[-2:] in {"pt", "em", "ex", "mm", "cm", "in"} else after
        return after

    def _cite(self, index: int, command: str) -> int:
        stream = self.stream
        after = index + 1
        notes: list[str] = []
        while (note := stream.optional(after)) and len(notes) < 2:
            notes.append(plain(self.paper, note.start, note.stop))
            after = note.after
        groups: list[Span] = []
        more = True
        while more and stream.mandatory(after).after > stream.mandatory(after).stop:
            groups.append(stream.mandatory(after))
            after = groups[-1].after
            more = command.endswith("cites")  # biblatex: \cites{a}{b}
        keys = [key.strip() for span in groups for key in stream.word(span).split(",") if key.strip()]
        self.out.append(_printed(command, [self.paper.shown_cites.get(key, key) for key in keys], notes))
        return after

    def _ref(self, index: int, command: str) -> int:
        span = self.stream.mandatory(index + 1)
        names = [name.strip() for name in self.stream.word(span).split(",")]
        numbers = [self.paper.numbers.refs.get(name, "?") for name in names]
        kinds = [self.paper.numbers.kinds.get(name, "") for name in names]
        text = ", ".join(f"({number})" if command == r"\eqref" else number for number in numbers)
        if command in {r"\autoref", r"\cref", r"\Cref", r"\vref", r"\fref", r"\zcref"} and kinds[0]:
            text = f"{kinds[0]}{'s' if len(names) > 1 else ''} {text}"
        self.out.append(text)
        return span.after

    def _footnote(self, index: int) -> int:
        _, after = self.stream.arguments(index + 1, "o")
        span = self.stream.mandatory(after)
        if span.after > span.stop and (text := plain(self.paper, span.start, span.stop)):
            self.out.append(f" [footnote: {text}]")
        return span.after

    def _item(self, index: int) -> int:
        name = self.stream.optional(index + 1)
        self.out.append("\n\n- ")
        if name:
            self.out.append(plain(self.paper, name.start, name.stop) + " ")
        return name.after if name else index + 1

    def _environment(self, index: int, tok: str) -> int:
        name = tok[tok.index("{") + 1 : -1]
        if tok.startswith("\\end"):
            self.out.append(
                "\n\n" if name in self.paper.numbers.theorems or name.endswith(("ize", "rate", "ion")) else " "
            )
            return index + 1
        if kind(name) in DISPLAYS and index in self.stream.ends:
            for line in lines(self.stream, name, *inside(self.stream, index)):
                text = line_formula(self.stream, name, line, self.paper.numbers.refs)
                number = self.paper.numbers.at.get(line.start, "")
                self.out.append(f" $${text}$$ " + (f"({number}) " if number else ""))
            return self.stream.ends[index] + 1
        _, after = self.stream.arguments(index + 1, ENVIRONMENT_ARGUMENTS.get(kind(name), ""))
        option = self.stream.optional(after)
        if name in self.paper.numbers.theorems:
            heading = f"{self.paper.numbers.theorems[name]} {self.paper.numbers.at.get(index, '')}".strip()
            about = f" ({plain(self.paper, option.start, option.stop)})" if option else ""
            self.out.append(f"\n\n{heading}{about}. ")
        return option.after if option else after

    def _unseen(self, index: int, command: str) -> int | None:
        """Past sentences in white, or set for their width only; None where this word hides nothing."""
        stream, paper = self.stream, self.paper
        what = "invisible"
        if command in _INVISIBLE:
            span = stream.mandatory(index + 1)
        elif command == r"\textcolor" and self._is_white(index):
            what, span = "white", stream.mandatory(stream.arguments(index + 1, "om")[1])
        elif command == r"\color" and self._is_white(index):
            start = stream.arguments(index + 1, "om")[1]
            what, span = "white", Span(start, end := self._group_end(start), end)
        elif command == r"\fontsize" and re.match(
            r"0?\.\d|[01](?:\.\d+)?(?:pt)?$", stream.word(stream.mandatory(index + 1))
        ):
            start = stream.arguments(index + 1, "mm")[1]
            what, span = "tiny", Span(start, end := self._group_end(start), end)
        else:
            return None
        text = stream.source(span.start, span.stop)
        if not speaks(text):  # "\textcolor{white}{Model}" on a dark cell is a heading
            return span.after if command in _INVISIBLE else None
        paper.hidden += hide(what, text)
        return span.after

    def _is_white(self, index: int) -> bool:
        (_, colour), _ = self.stream.arguments(index + 1, "om")
        return self.stream.word(colour).replace(" ", "").replace(".0", "") in self.paper.white

    def _group_end(self, start: int) -> int:
        r"""Where the group around this index ends: what `\color` in it reaches to."""
        index = start
        while (
            index < self.stop
            and self.stream.tokens[index] != "}"
            and not self.stream.tokens[index].startswith("\\end{")
        ):
            index = self.stream.ends.get(index, index) + 1
        return min(index, self.stop)


def _printed(command: str, labels: list[str], notes: list[str]) -> str:
    """A citation as it reads: "[3, 5]", "(Li et al., 2022)", "Li et al. (2022)"."""
    numeric = all(len(label) < 8 and not re.search(r", (?:19|20)\d\d", label) for label in labels)
    before = f"{notes[0]} " if len(notes) == 2 and notes[0] else ""
    after = f", {notes[-1]}" if notes and notes[-1] else ""
    if numeric:
        return f"[{before}{', '.join(labels)}{after}]"
    if command in TEXTUAL_CITES:
        return ", ".join(re.sub(r", ((?:19|20)\d\d\w?)$", r" (\1)", label) for label in labels) + after
    return f"({before}{'; '.join(labels)}{after})"


def count_citations(paper: Paper, start: int, stop: int) -> None:
    r"""Each key as often as a `\cite` names it."""
    stream = paper.stream
    for index in range(start, stop):
        bare = stream.tokens[index].rstrip("*")
        if bare not in CITES:
            continue
        after = index + 1
        while note := stream.optional(after):
            after = note.after
        span = stream.mandatory(after)
        while span.after > span.stop:
            paper.cited.update(key.strip() for key in stream.word(span).split(",") if key.strip())
            if not bare.endswith("cites"):
                break
            span = stream.mandatory(span.after)

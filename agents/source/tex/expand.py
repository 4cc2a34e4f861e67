r"""Tokens -> tokens in which only LaTeX's own words are left: files put in, macros expanded, conditionals decided."""

from collections.abc import Mapping

from agents.source.tex import conditionals
from agents.source.tex.accents import ACCENTS, LETTERS, accented
from agents.source.tex.conditionals import CONDITIONALS
from agents.source.tex.files import Files
from agents.source.tex.macros import Macro, read_def, read_newcommand, read_xparse, use
from agents.source.tex.reader import FIXED, MOST_TEXT, Reader
from agents.source.tex.tokens import join, tokenise
from agents.source.tex.words import DISPLAYS, OWN, OWN_ENVIRONMENTS, TEXT_IN_MATH

_NEW = {r"\newcommand", r"\renewcommand", r"\providecommand", r"\DeclareRobustCommand", r"\newrobustcmd"}
_XPARSE = {r"\NewDocumentCommand", r"\RenewDocumentCommand", r"\DeclareDocumentCommand", r"\ProvideDocumentCommand"}
_DEF = {r"\def", r"\gdef", r"\edef", r"\xdef"}
_DROPPED = {
    r"\xspace", r"\expandafter", r"\noexpand", r"\protect", r"\global", r"\long", r"\relax", r"\unskip",
    r"\ignorespaces", r"\begingroup", r"\endgroup", r"\bgroup", r"\egroup", r"\leavevmode", r"\makeatletter",
    r"\makeatother", r"\allowdisplaybreaks", r"\protected",
}  # fmt: skip
IN_FORMULAS = {r"\AND", r"\And", r"\and"}  # between authors they are words of the title page
_INPUT = {r"\input", r"\include", r"\subfile", r"\subfileinclude", r"\InputIfFileExists"}


class Expander:
    """One paper being expanded."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.reader = Reader()
        self.macros: dict[str, Macro] = {}
        self.environments: dict[str, tuple[Macro, Macro]] = {}
        self.switches: dict[str, bool] = {}  # of \newif
        self.frames: list[tuple[dict[str, Macro | None], bool]] = [({}, False)]  # definitions to restore; in math?
        self.defined: set[str] = set()  # every name that the author gave
        self.out: list[str] = []
        self.unclosed = False  # a conditional had no end: no other is trusted to have one

    def run(self, name: str) -> list[str]:
        self.load(name, self.files.text(name) or "")
        while tok := self.reader.pop():
            if tok[0] == "\\":
                self._control(tok)
            elif tok == "{":
                last = self.out[-1] if self.out else ""
                self.frames.append(({}, self.math and last not in TEXT_IN_MATH))
                self.out.append(tok)
            elif tok == "}":
                self._close()
                self.out.append(tok)
            elif tok[0] == FIXED:
                self._fixed(tok[1:])
            else:
                self._plain(tok)
        return [tok for tok in self.out if tok]

    def _fixed(self, tok: str) -> None:
        if tok in self.macros:
            self.out.append(tok)
        else:
            self._control(tok)

    @property
    def math(self) -> bool:
        return self.frames[-1][1]

    def set_math(self, on: bool) -> None:
        self.frames[-1] = (self.frames[-1][0], on)

    def _plain(self, tok: str) -> None:
        if tok == "$":
            if self.reader.stack and self.reader.stack[-1] == "$":
                self.out.append(self.reader.pop())
            self.set_math(not self.math)
        elif self.math and len(self.frames) == 1 and "\n\n" in tok:
            self.set_math(False)  # a paragraph's end: a dollar was forgotten
        self.out.append(tok)

    def _close(self) -> None:
        if len(self.frames) > 1:
            for name, macro in self.frames.pop()[0].items():
                if macro is None:
                    self.macros.pop(name, None)
                else:
                    self.macros[name] = macro

    def define(self, name: str, macro: Macro, *, everywhere: bool = False) -> None:
        if name in OWN and name not in IN_FORMULAS:
            return
        if not name or (self._in_style() and any("@" in tok for tok in macro.body)):
            return
        if not everywhere:
            self.frames[-1][0].setdefault(name, self.macros.get(name))
        self.macros[name] = macro
        self.defined.add(name)

    def _in_style(self) -> bool:
        return bool(self.reader.open) and self.reader.open[-1].endswith(".sty")

    def _control(self, tok: str) -> None:
        if tok not in self.macros and tok[-1] == "*" and len(tok) > 2 and tok[:-1] in self.macros:
            self.reader.push(["*"])
            tok = tok[:-1]
        if tok in self.macros and (self.math or tok not in IN_FORMULAS):
            self._use(tok)
        elif tok.startswith(("\\begin{", "\\end{")):
            self._environment(tok)
        elif tok in CONDITIONALS or tok[1:] in self.switches or tok in conditionals.ENDS:
            conditionals.decide(self, tok)
        elif not self._definition(tok.rstrip("*"), starred=tok[-1] == "*") and not self._rewritten(tok):
            if tok in {r"\(", r"\[", r"\)", r"\]"}:
                self.set_math(tok in {r"\(", r"\["})
            self.out.append(tok)

    def _use(self, name: str) -> None:
        macro = self.macros[name]
        if self.reader.full:
            del self.macros[name]
            self.reader.warn(f"the macro {name} calls itself without end; it is left as it stands")
            self.out.append(name)
            return
        body = use(self.reader, macro)
        if body is None:
            self.out.append(name)
            return
        if (
            not macro.pattern
            and name[-1].isalpha()
            and not (body and body[-1][-1].isalpha() and body[-1][0] in f"\\{FIXED}")
        ):
            self.reader.skip_spaces()
        self.reader.push_macro(body)

    def _environment(self, tok: str) -> None:
        name = tok[tok.index("{") + 1 : -1]
        begins = tok.startswith("\\begin")
        if name in self.environments and self.reader.full:
            del self.environments[name]
            self.reader.warn(f"the environment {name} begins itself without end; it is left as it stands")
        if name in self.environments:
            if begins:
                self.reader.push_macro(use(self.reader, self.environments[name][0]) or [])
            else:
                self.reader.push_macro(self.environments[name][1].body)
            return
        if begins:
            self.frames.append(({}, self.math or name.rstrip("*") in DISPLAYS))
        else:
            self._close()
        self.out.append(tok)

    def _definition(self, tok: str, *, starred: bool) -> bool:
        """Whether it was one, and is taken in."""
        reader = self.reader
        if tok in _NEW or tok in _XPARSE:
            name = reader.name()
            macro = read_newcommand(reader) if tok in _NEW else read_xparse(reader)
            if name.startswith(r"\the") and len(name) > 4 and name[4:] not in {"ta", "refore"}:
                self.out += [r"\renewcommand", "{", name, "}", "{", *macro.body, "}"]  # how a counter is printed
            elif tok != r"\providecommand" or name not in self.macros:
                self.define(name, macro)
        elif tok in _DEF:
            name = reader.target()
            macro = read_def(reader)
            if name.startswith(r"\the") and len(name) > 5:
                self.out += [r"\renewcommand", "{", name, "}", "{", *macro.body, "}"]
            else:
                self.define(name, macro, everywhere=tok in {r"\gdef", r"\xdef"})
        elif tok == r"\let":
            self._let()
        elif tok == r"\DeclareMathOperator":
            operator = r"\operatorname*" if starred or reader.star() else r"\operatorname"
            name = reader.name()
            self.define(name, Macro((operator, "{", *reader.argument(), "}")))
        elif tok == r"\DeclarePairedDelimiter":
            name = reader.name()
            left, right = reader.argument(), reader.argument()
            self.define(name, Macro((*left, " ", "#1", " ", *right), ("#1",)))
        elif tok in {r"\newenvironment", r"\renewenvironment"}:
            name = reader.word()
            begin = read_newcommand(reader)
            end = Macro(tuple(reader.argument()))
            if name not in OWN_ENVIRONMENTS and not self._in_style():
                self.environments[name] = (begin, end)
        elif tok == r"\newif":
            name = reader.name()
            self.switches[name[1:]] = False
            for value in ("true", "false"):
                self.macros[f"\\{name[3:]}{value}"] = Macro((f"\\switch@{value}", "{", name[1:], "}"))
        elif tok in {r"\switch@true", r"\switch@false"}:
            self.switches[reader.word()] = tok.endswith("true")
        else:
            return False
        return True

    def _let(self) -> None:
        name = self.reader.target()
        self.reader.skip_spaces()
        if self.reader.peek()[:1] == "=":
            rest = self.reader.pop()[1:].lstrip()
            if rest:
                self.reader.push([rest])
        target = self.reader.target()
        if len(target) > 1 and target[0] != "\\":
            self.reader.push([target[1:]])
            target = target[0]
        if name[:1] == "\\" and target:
            self.define(name, self.macros.get(target) or Macro((FIXED + target if target[0] == "\\" else target,)))

    def _rewritten(self, tok: str) -> bool:
        r"""Whether it was something that is decided here: a file, an accent, `\ensuremath`."""
        reader = self.reader
        if tok in _DROPPED:
            return True
        if tok in _INPUT:
            self._input(self._file_name())
        elif tok in {r"\import", r"\subimport", r"\inputfrom"}:
            folder = reader.word()
            self._input(f"{folder.rstrip('/')}/{reader.word()}")
        elif tok in {r"\usepackage", r"\RequirePackage"}:
            reader.optional()
            for name in reader.word().split(","):
                if text := self.files.text(f"{name.strip()}.sty"):
                    self.load(f"{name.strip()}.sty", text)
        elif tok in {r"\bibliography", r"\printbibliography"}:
            self._bibliography(tok)
        elif tok == r"\ensuremath":
            inner = reader.argument()
            reader.push_macro(inner if self.math else ["$", *inner, "$"])
        elif tok == r"\csname":
            reader.push([tok])
            reader.push([reader.target()])
        elif not self.math and tok in ACCENTS:
            base = join(reader.argument())
            self.out.append(accented(tok, LETTERS.get(base.strip(), base)))
        elif not self.math and tok in LETTERS:
            reader.skip_spaces()
            self.out.append(LETTERS[tok])
        elif tok == r"\ifthenelse":
            self._if_then_else()
        else:
            return False
        return True

    def _if_then_else(self) -> None:
        condition, yes, no = (self.reader.argument() for _ in range(3))
        name = join(condition).partition(r"\boolean{")[2].partition("}")[0]
        self.reader.push_macro(yes if self.switches.get(f"if{name}", False) else no)

    def _file_name(self) -> str:
        r"""`\input{name}`, or the primitive's `\input name `."""
        self.reader.skip_spaces()
        if self.reader.peek() == "{":
            return self.reader.word().strip('"')
        tok = self.reader.pop()
        name, *rest = tok.split(maxsplit=1) or [""]
        if rest:
            self.reader.push([rest[0]])
        return name

    def _input(self, name: str) -> None:
        path, text = self.files.find(name, self.reader.open[0] if self.reader.open else "")
        if text is None:
            self.reader.warn(f"the file {name!r} is not in the source; what it holds is missing")
        elif path in self.reader.open:
            self.reader.warn(f"the file {name!r} puts itself in; that was cut")
        else:
            self.load(path, text)

    def load(self, name: str, text: str) -> None:
        r"""Read a file next; of a subfile, a paper of its own, only the body."""
        self.reader.read += len(text)
        if self.reader.read > MOST_TEXT or name in self.reader.open:
            self.reader.warn(f"the file {name!r} was not read again: the source asks for too much text")
            return
        tokens = tokenise(text)
        if self.reader.open and r"\begin{document}" in tokens:
            tokens = tokens[tokens.index(r"\begin{document}") + 1 :]
        if r"\end{document}" in tokens:
            tokens = tokens[: tokens.index(r"\end{document}")]
        self.reader.push_file(name, tokens)

    def _bibliography(self, tok: str) -> None:
        """The list that BibTeX made (.bbl); the database (.bib) is for the reader of references."""
        if tok == r"\bibliography":
            self.reader.argument()
        else:
            self.reader.optional()
        self.out += [r"\bibliography", "{", "}"]
        text = self.files.bbl()
        if text and r"\bibitem" in text:
            self.load("\x00bbl", text)


def expand(files: Mapping[str, str], main: str) -> Expander:
    expander = Expander(Files(files))
    expander.out = expander.run(main)
    return expander

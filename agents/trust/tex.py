r"""TeX as its pieces: letters with what decorates them, names, numbers, operators, delimiters, groups. No macros.

Enough of the grammar to say what a formula speaks of. What is not known is a piece of kind "other", never an error;
whether a formula is right TeX is KaTeX's to say.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(r"\\(?:operatorname|tag|hspace|vspace)\*|\\[A-Za-z]+|\\.|\s+|\d+(?:\.\d+)*|\.\d+|.", re.DOTALL)
_DEEPEST = 60


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi
varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
Psi Omega ell hbar imath jmath wp"""
LETTERS = words(_GREEK)
_SAME = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma"}
_ACCENTS = words("""
    hat widehat bar overline tilde widetilde vec overrightarrow overleftarrow dot ddot dddot check widecheck breve
    acute grave mathring underline underbar cancel not""")
_FONTS = words("""
    mathbf boldsymbol bm pmb mathcal mathbb mathfrak mathscr mathsf mathtt mathrm mathit mathnormal textrm textit
    textbf textsf texttt bold mathds mathbbm""")
_SWITCHES = {"rm": "mathrm", "it": "mathit", "bf": "mathbf", "cal": "mathcal", "sf": "mathsf", "tt": "mathtt"}
_UPRIGHT = {"mathrm", "mathit", "mathsf", "mathtt", "textrm", "textit", "textbf", "textsf", "texttt"}
_TEXT = {"text", "mbox", "hbox", "textsc", "textnormal"}
_TWO = {"frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom", "stackrel", "overset", "underset"}
_SIZES = re.compile(r"left|right|middle|[bB]igg?[lrm]?")
_SUMS = words("sum prod coprod bigcup bigcap bigoplus bigotimes bigvee bigwedge bigsqcup biguplus lim")
_LIMITS = words("max min sup inf argmax argmin limsup liminf nabla Pr")
_FUNCTIONS = words("""
    log ln exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan det dim gcd hom ker deg arg lg
    mod bmod pmod""")
_WITH_ARGUMENT = re.compile(r"tag\*?|label|hspace\*?|vspace\*?|color|ref|eqref|cite|end|phantom|hphantom|vphantom")
_OPEN = {"(", "[", r"\{", r"\langle", r"\lfloor", r"\lceil", r"\lvert", r"\lVert", r"\lbrace", r"\lbrack"}
_CLOSE = {")", "]", r"\}", r"\rangle", r"\rfloor", r"\rceil", r"\rvert", r"\rVert", r"\rbrace", r"\rbrack", "|", r"\|"}
_RELATIONS = {"=", ":", "<", ">"} | {
    f"\\{name}"
    for name in words("""
    in sim to rightarrow longrightarrow mapsto colon subset subseteq approx equiv triangleq coloneqq
    propto leq le geq ge neq ne leftarrow gets notin""")
}


class TooDeepError(ValueError):
    """Groups within groups, more than any formula has."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`tex` is how it stands in the formula, without its scripts."""

    kind: str  # letter name text number group sum limits function integral open close relation comma space other
    value: str = ""  # "theta", "CrossAttn", "("
    tex: str = ""
    marks: frozenset[str] = frozenset()  # "hat", "mathcal", "prime"
    inner: tuple["Piece", ...] = ()
    sub: tuple["Piece", ...] = ()
    sup: tuple["Piece", ...] = ()
    scripts: tuple[str, str] = ("", "")  # sub and sup as they stand there

    @property
    def shown(self) -> str:
        return self.tex + "".join(
            f"{mark}{{{script}}}" if len(script) > 1 else f"{mark}{script}"
            for mark, script in zip("_^", self.scripts, strict=True)
            if script
        )


def tokens(tex: str) -> list[str]:
    return _TOKEN.findall(tex)


def read(tex: str) -> tuple[Piece, ...]:
    """The pieces of a formula, scripts with what they belong to. TooDeepError."""
    return _Reader(tokens(tex)).sequence()


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    at: int = 0
    depth: int = field(default=0)

    def sequence(self, end: str = "") -> tuple[Piece, ...]:
        """Up to the token `end`, which is taken too."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TooDeepError
        found: list[Piece] = []
        while self.at < len(self.tokens) and (not end or self.tokens[self.at] != end):
            found.append(self.scripted(self.piece()))
        self.at += 1
        self.depth -= 1
        return tuple(found)

    def blanks(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def argument(self) -> Piece:
        """A group, or the one piece that stands without braces."""
        self.blanks()
        if self.next()[:1].isdigit():  # \\frac12 is a half
            self.tokens[self.at : self.at + 1] = list(self.next())
        return self.piece() if self.next() else Piece("other")

    def raw(self) -> str:
        """The text of an argument, as it stands."""
        self.blanks()
        begin = self.at
        self.argument()
        return "".join(self.tokens[begin : self.at]).removeprefix("{").removesuffix("}")

    def option(self) -> None:
        """What stands in brackets behind a command."""
        if self.next() == "[":
            while self.at < len(self.tokens) and self.tokens[self.at] != "]":
                self.at += 1
            self.at += 1

    def scripted(self, piece: Piece) -> Piece:
        """The piece with its sub- and superscripts and primes."""
        if piece.kind == "space":
            return piece
        while True:
            begin = self.at
            self.blanks()
            mark = self.next()
            if mark in {r"\limits", r"\nolimits", "'"}:
                self.at += 1
                piece = replace(piece, marks=piece.marks | {"prime"}) if mark == "'" else piece
            elif mark in {"_", "^"}:
                self.at += 1
                self.blanks()
                start = self.at
                script = self.argument()
                inner = script.inner if script.kind == "group" else (script,)
                text = "".join(self.tokens[start : self.at]).strip()
                text = text[1:-1] if text.startswith("{") and text.endswith("}") else text
                sub, sup = piece.scripts
                if mark == "_":
                    piece = replace(piece, sub=(*piece.sub, *inner), scripts=(sub + text, sup))
                else:
                    piece = replace(piece, sup=(*piece.sup, *inner), scripts=(sub, sup + text))
            else:
                self.at = begin
                return piece

    def piece(self) -> Piece:
        begin = self.at
        tok = self.next()
        self.at += 1
        made = self.command(tok[1:]) if re.match(r"\\[A-Za-z]", tok) else self.sign(tok)
        return made if made.kind == "space" else replace(made, tex="".join(self.tokens[begin : self.at]).strip())

    def sign(self, tok: str) -> Piece:
        """A tok that is no command."""
        if tok == "{":
            return self.group()
        if tok.isspace() or tok in {r"\,", r"\;", r"\:", r"\!", r"\ ", "~"}:
            return Piece("space")
        if tok[0].isdigit() or tok[0] == ".":
            return Piece("number", tok)
        if tok.isalpha():
            return _letter(tok)
        for kind, known in (("open", _OPEN), ("close", _CLOSE), ("relation", _RELATIONS), ("comma", {",", ";"})):
            if tok in known:
                return Piece(kind, tok)
        if tok == r"\\":
            self.option()
        return Piece("letter", "_") if tok == r"\_" else Piece("other", tok)

    def group(self) -> Piece:
        inner = self.sequence("}")
        if inner and inner[0].kind == "other" and (font := _SWITCHES.get(inner[0].value)):
            return _in_font(font, Piece("group", inner=inner[1:]))
        only = [piece for piece in inner if piece.kind != "space"]
        return only[0] if len(only) == 1 and only[0].kind in {"letter", "name"} else Piece("group", inner=inner)

    def command(self, name: str) -> Piece:
        if name in LETTERS:
            return Piece("letter", _SAME.get(name, name))
        if name in _ACCENTS:
            return _accented(name, self.argument())
        if name in _FONTS:
            return _in_font(name, self.argument())
        if name in _TEXT:
            return Piece("text", self.raw())
        if name in _TWO:
            return Piece("group", inner=(self.argument(), Piece("space"), self.argument()))
        for kind, known in (("sum", _SUMS), ("limits", _LIMITS), ("function", _FUNCTIONS)):
            if name in known:
                return Piece(kind, name)
        return self.structure(name)

    def structure(self, name: str) -> Piece:
        """A command that takes what follows: delimiters, environments, names."""
        if name in {"operatorname", "operatorname*"}:
            said = re.sub(r"[^A-Za-z]", "", self.raw())
            return Piece("limits" if said in _LIMITS else "function", said)
        if _SIZES.fullmatch(name):
            self.blanks()
            return self.piece() if self.next() and self.next() != "{" else Piece("other")
        if name == "begin":
            if self.raw().startswith(("array", "tabular")):
                self.raw()
            return Piece("space")
        if name == "sqrt":
            self.option()
            return Piece("group", inner=(self.argument(),))
        if _WITH_ARGUMENT.fullmatch(name):
            self.raw()
            return Piece("space")
        if name == "textcolor":
            self.raw()
            return self.argument()
        if name in {"int", "iint", "oint"}:
            return Piece("integral", name)
        for kind, known in (("open", _OPEN), ("close", _CLOSE), ("relation", _RELATIONS)):
            if f"\\{name}" in known:
                return Piece(kind, f"\\{name}")
        return Piece("space" if name in {"quad", "qquad"} else "other", name)


def _letter(char: str) -> Piece:
    """A letter as typed: ASCII, or Greek by its name; of other scripts (中) it is a word of some text."""
    if char.isascii():
        return Piece("letter", char)
    found = re.fullmatch(r"(GREEK|MATHEMATICAL ITALIC) (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(char, ""))
    if not found:
        return Piece("other", char)
    return Piece("letter", found[3].lower() if found[2] == "SMALL" else found[3].capitalize())


def _accented(accent: str, piece: Piece) -> Piece:
    if piece.kind in {"letter", "name"}:
        return replace(piece, marks=piece.marks | {accent})
    return Piece("group", inner=(piece,))


def _in_font(font: str, piece: Piece) -> Piece:
    """One letter in another font is a decorated letter; several upright ones are a name."""
    if piece.kind == "letter":
        return replace(piece, marks=piece.marks | {font})
    if piece.kind == "number" or piece.kind != "group":
        return piece
    letters = [inner for inner in piece.inner if inner.kind != "space"]
    plain = all(inner.kind in {"letter", "number", "other"} and not inner.scripts[0] for inner in letters)
    if font in _UPRIGHT and plain and len(letters) > 1 and letters[0].kind == "letter":
        return Piece("name", "".join(inner.value for inner in letters))
    inner = tuple(
        replace(one, marks=one.marks | {font}) if one.kind == "letter" and one.value != "_" else one
        for one in piece.inner
    )
    return Piece("group", inner=inner)

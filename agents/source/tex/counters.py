r"""LaTeX's counters: stepped, reset by the one they count within, printed as `\theequation` says."""

import re
from collections.abc import Callable

_PRINTED = re.compile(r"\\(arabic|Alph|alph|Roman|roman)\s*\{\s*(\w+)\s*\}|\\the([a-zA-Z]+)")
_LEFT = re.compile(r"\\(?:textbf|textup|rm|mbox|relax|ensuremath|normalfont|text|thinspace|,)|[{}$]")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while number >= value and len(text) < 20:
            text += letters
            number -= value
    return text


def letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26) * (1 + (number - 1) // 26 % 4) if number > 0 else ""


_STYLES: dict[str, Callable[[int], str]] = {
    "arabic": str,
    "Alph": letter,
    "alph": lambda number: letter(number).lower(),
    "Roman": roman,
    "roman": lambda number: roman(number).lower(),
}


class Counters:
    def __init__(self, *, chapters: bool, roman_sections: bool) -> None:
        self.value: dict[str, int] = {}
        self.shown: dict[str, str] = {}
        self._within: dict[str, list[str]] = {}
        top = "chapter" if chapters else ""
        self.new("chapter")
        self.new("section", within=top)
        self.new("subsection", within="section")
        self.new("subsubsection", within="subsection")
        for name in ("equation", "figure", "table"):
            self.new(name, within=top)
        if roman_sections:
            self.shown |= {
                "section": r"\Roman{section}",
                "subsection": r"\Alph{subsection}",
                "subsubsection": r"\arabic{subsubsection}",
            }

    def new(self, name: str, within: str = "") -> None:
        self.value.setdefault(name, 0)
        self.shown[name] = rf"\arabic{{{name}}}"
        if within:
            self.count_within(name, within)

    def count_within(self, name: str, within: str) -> None:
        self._within.setdefault(within, []).append(name)
        self.shown[name] = rf"\the{within}.\arabic{{{name}}}"

    def step(self, name: str) -> str:
        self.value[name] = self.value.get(name, 0) + 1
        self.shown.setdefault(name, rf"\arabic{{{name}}}")
        self._reset(name, 0)
        return self.printed(name)

    def _reset(self, name: str, depth: int) -> None:
        for inner in self._within.get(name, ()):
            self.value[inner] = 0
            if depth < 6:
                self._reset(inner, depth + 1)

    def printed(self, name: str, depth: int = 0) -> str:
        def one(found: re.Match[str]) -> str:
            if found[3]:
                return self.printed(found[3], depth + 1) if depth < 6 else ""
            return _STYLES[found[1]](self.value.get(found[2], 0))

        text = _PRINTED.sub(one, self.shown.get(name, "")[:300])
        return " ".join(_LEFT.sub("", text).split())

    def appendix(self, *, chapters: bool) -> None:
        top = "chapter" if chapters else "section"
        self.value[top] = 0
        self._reset(top, 0)
        self.shown[top] = rf"\Alph{{{top}}}"

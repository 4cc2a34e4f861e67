"""Do a paper's PDF and its markup speak of the same paper, and where do they differ? Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from agents.note.text import letters
from agents.source.document import Document, Exact, Table

ALIKE = 0.6  # ratio of difflib above which two titles are one: dashes, accents and TeX differ, words do not
SHORTEST = 8  # letters of a title that is looked for inside a longer text
OTHER, DOUBTFUL = 0.2, 0.5  # shares of the markup's phrases that the PDF holds: another paper, perhaps another version
_PHRASE = 4  # words in a row
_MOST_PHRASES, _FEWEST_PHRASES = 400, 20
_WORD = re.compile(r"[^\W\d_]+")
_MATH = re.compile(r"\$\$?.*?\$\$?", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNLISTED = re.compile(r"abstract|references|bibliography|acknowledg|appendi|contents", re.IGNORECASE)
_FUNCTIONS = {"log", "exp", "min", "max", "arg", "sin", "cos", "tan", "lim", "sup", "inf", "argmax", "argmin", "Pr"}
_SPELLED = {"lambda": "lamda", "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta"}


def is_of(document: Document, title: str) -> bool:
    """Whether page 1 carries this title: as its title, a subtitle more or less, or anywhere in its text."""
    printed, listed = letters(document.title), letters(title)
    if not printed or not listed or alike(printed, listed):
        return True
    page = "".join(letters(block.text) for block in document.blocks if block.page == 1)
    return len(listed) >= SHORTEST and listed in page


def alike(one: str, other: str) -> bool:
    """Whether two titles, in `letters`, are one: the same, a part of the other, or nearly the same."""
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) >= SHORTEST and short in long):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def prose(text: str) -> str:
    """A text of the markup without its formulas."""
    return _MATH.sub(" ", text)


def _phrases(pieces: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for piece in pieces:
        words = _WORD.findall(unicodedata.normalize("NFKC", piece).casefold())
        yield from zip(*(words[n:] for n in range(_PHRASE)), strict=False)


def shared(document: Document, exact: Exact) -> float | None:
    """The share of the markup's phrases that the PDF holds too; None where there is too little text to tell."""
    pieces = [piece for block in exact.blocks if block.kind == "text" for piece in _MATH.split(block.text)]
    asked = list(_phrases(pieces))
    if len(asked) < _FEWEST_PHRASES:
        return None
    printed = set(_phrases([block.text for block in document.blocks]))
    sample = asked[:: max(1, len(asked) // _MOST_PHRASES)]
    return sum(phrase in printed for phrase in sample) / len(sample)


def another_paper(document: Document, exact: Exact) -> str:
    """Why the markup cannot be this paper's, "" where it can: by its words, else by its title."""
    share, titled = shared(document, exact), is_of(document, exact.title)
    if share is None:
        return "" if titled else f"it is titled {exact.title[:80]!r}"
    if share < OTHER or (share < DOUBTFUL and not titled):
        return f"the PDF holds {share:.0%} of its phrases" + (
            "" if titled else f", and it is titled {exact.title[:80]!r}"
        )
    return ""


def differences(document: Document, exact: Exact) -> list[str]:
    """What the two say differently, a sentence each, beginning with "the PDF" or "the TeX"."""
    name = exact.kind.upper() if exact.kind == "html" else "TeX"
    found = []
    share = shared(document, exact)
    if not is_of(document, exact.title):
        found.append(f"the {name} is titled {exact.title[:80]!r}, the PDF {document.title[:80]!r}")
    if share is not None and share < DOUBTFUL:
        found.append(f"the PDF holds only {share:.0%} of the {name}'s phrases: it may be another version")
    ours, theirs = _top(document), _top(exact)
    for one, other, has, lacks in ((theirs, ours, name, "PDF"), (ours, theirs, "PDF", name)):
        if one and other and (missing := [title for key, title in one.items() if not _listed(key, other)]):
            found.append(f"the {has} has sections that the {lacks} does not show: {'; '.join(missing[:4])}")
    for what in ("equations", "tables"):
        of_pdf, of_markup = (_count(side, what) for side in (document, exact))
        if of_pdf != of_markup:
            found.append(f"the {name} has {of_markup} {'numbered ' * (what == 'equations')}{what}, the PDF {of_pdf}")
    return found


def _count(side: Document | Exact, what: str) -> int:
    if what == "equations":
        return sum(bool(item.number) for item in side.equations)
    # Subtables of one label are a table each in the markup, and one in the PDF.
    return len({table.label or str(n) for n, table in enumerate(side.tables)})


def _top(side: Document | Exact) -> dict[str, str]:
    """The top-level sections: letters -> title. What one side lists and the other sets apart is left out."""
    top = min((section.level for section in side.sections), default=1)
    titles = [prose(section.title) for section in side.sections if section.level == top]
    return {letters(title): title for title in titles if letters(title) and not _UNLISTED.search(title)}


def _listed(key: str, others: dict[str, str]) -> bool:
    return key in others or any(alike(key, other) for other in others)


def symbols(formula: str) -> Counter[str]:
    """The letters and digits that a reader sees in a formula, given as TeX or as the glyphs of a PDF."""

    def shown(command: re.Match[str]) -> str:
        name = command[1]
        if name in _FUNCTIONS:
            return name
        size = "SMALL" if name.islower() else "CAPITAL"
        try:
            return unicodedata.lookup(f"GREEK {size} LETTER {_SPELLED.get(name, name).upper()}")
        except KeyError:
            return " "

    bare = re.sub(r"\\(?:label|tag|begin|end|color|hspace|vspace)\*?\{[^}]*\}", " ", formula)
    bare = re.sub(r"\\([A-Za-z]+)", shown, bare)
    return Counter(c for c in unicodedata.normalize("NFKC", bare).replace("ϵ", "ε").replace("ϕ", "φ") if c.isalnum())


def same_formula(tex: str, glyphs: str) -> bool:
    """Whether the PDF's glyphs may be this formula: they share half of their symbols, or are too few to tell."""
    one, other = symbols(tex), symbols(glyphs)
    fewest = min(one.total(), other.total())
    return fewest < 4 or (one & other).total() >= 0.5 * fewest


def same_table(one: Table, other: Table) -> bool:
    """Whether two tables hold the same numbers, for the most part; a table without numbers says nothing."""
    first, second = (set(_NUMBER.findall(" ".join(" ".join(row) for row in t.rows))) for t in (one, other))
    fewest = min(len(first), len(second))
    return fewest < 4 or len(first & second) >= 0.5 * fewest


def same_caption(one: Table, other: Table) -> bool:
    """Whether two captions, without their labels and formulas, are one; an empty one says nothing."""
    first, second = (letters(prose(t.caption.removeprefix(t.label))) for t in (one, other))
    return not first or not second or alike(first, second)

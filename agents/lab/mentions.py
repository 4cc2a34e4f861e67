"""Which notes speak of which others by name: titles and aliases looked for in every text, in one pass over each.

A text is cut into words (Latin letters and digits) and into pairs of neighbouring Han characters; sets of these tell
which of thousands of names can occur in it at all, and only these few are looked for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_BRACKETS = re.compile(r"[（(]([^（）()]+)[)）]")
_SHORTEST_WORD = 3  # letters of a name that is one word: "ViT" names something, "KV" occurs in anything


@dataclass(frozen=True, slots=True)
class Text:
    """A text prepared for the search."""

    spaced: str  # " words of the text "
    runs: str  # its runs of Han characters, a line each
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    han: frozenset[str]


def prepared(text: str) -> Text:
    """Cut a text once, for any number of names."""
    words = _WORD.findall(text.lower())
    runs = "\n".join(_HAN.findall(text))
    pairs = frozenset(pairwise(words))
    return Text(f" {' '.join(words)} ", runs, frozenset(words), pairs, frozenset(map(str.__add__, runs, runs[1:])))


def spellings(name: str) -> Iterator[str]:
    """The ways in which a name is written: 对比学习（Contrastive Learning） is three."""
    yield name
    if inner := _BRACKETS.findall(name):
        yield from inner
        yield _BRACKETS.sub(" ", name)


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name as it is looked for: its words, or its run of Han characters, or both of these."""

    words: str
    han: str

    @property
    def telling(self) -> bool:
        """Whether it is long enough to mean something where it occurs."""
        if len(self.han) >= 2:
            return True
        letters = sum(map(str.isalpha, self.words))
        return not self.han and letters >= (2 if " " in self.words else _SHORTEST_WORD)

    def words_in(self, spaced: str) -> bool:
        """Whether its words, if it has any, follow each other there."""
        return not self.words or f" {self.words} " in spaced


def as_name(text: str) -> Name:
    """A title or alias as it is looked for; of several runs of Han characters the longest."""
    words = " ".join(_WORD.findall(text.lower()))
    return Name(words, max(_HAN.findall(text), key=len, default=""))


class Names:
    """An index of names, each with those that bear it."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._bearers: dict[Name, set[str]] = defaultdict(set)
        for bearer, written in named:
            for spelling in spellings(written):
                if (found := as_name(spelling)).telling:
                    self._bearers[found].add(bearer)
        self._by_word: dict[str, list[Name]] = defaultdict(list)
        self._by_pair: dict[tuple[str, str], list[Name]] = defaultdict(list)
        self._by_han: dict[str, list[Name]] = defaultdict(list)
        for known in self._bearers:
            if len(known.han) >= 2:
                self._by_han[known.han[:2]].append(known)
            elif " " in known.words:
                one, two, *_ = known.words.split(" ")
                self._by_pair[one, two].append(known)
            else:
                self._by_word[known.words].append(known)

    @property
    def bearers(self) -> Mapping[Name, set[str]]:
        """Who bears each name."""
        return self._bearers

    def found(self, text: Text) -> Iterator[Name]:
        """The names that occur in a text."""
        for word in text.words & self._by_word.keys():
            yield from self._by_word[word]
        for pair in text.pairs & self._by_pair.keys():
            yield from (known for known in self._by_pair[pair] if known.words_in(text.spaced))
        for start in text.han & self._by_han.keys():
            for known in self._by_han[start]:
                if known.han[-2:] in text.han and known.han in text.runs and known.words_in(text.spaced):
                    yield known

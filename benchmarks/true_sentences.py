"""True quotes and numbers: from PyMuPDF's plain text, or from the text that was made by hand, where there is one."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from chinese import dressed
from score import LIGATURES
from statements import HOLE, RESULTS, Statement, claim

from agents.source.pdf import load_mupdf

PROSE = ("method.intuition", "summary")
MOST_NUMBERS, MOST_QUOTES = 70, 60  # of one paper
_SENTENCE = re.compile(r"[A-Z][A-Za-z0-9 ,.;:'’“”\"()\[\]%/&–—-]+[.!?]")
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_NO_END = re.compile(r"(?:\b(?:al|e\.g|i\.e|cf|vs|Fig|Eq|Sec|Tab|resp|approx|No)|\b[A-Z])\.$")
_GLUED = re.compile(r"[a-z][.,]?\d|\b[b-z]\b(?!\.)|\b[A-Za-z][A-Z]?\d")  # a footnote's mark, a symbol, its index
_FIRST = re.compile(r"^\W*(?:abstract|introduction|1\.? introduction)\b", re.IGNORECASE | re.MULTILINE)
_LAST = re.compile(r"^\W*(?:references|bibliography)\W*$", re.IGNORECASE | re.MULTILINE)


def paragraphs(path: Path) -> list[list[str]]:
    """Sentences of 6 to 30 words of the running text, as a person would copy them: whole words, nothing but text."""
    by_hand = path.with_suffix(".txt")
    if by_hand.is_file():
        blocks = re.split(r"\n\s*\n", by_hand.read_text(encoding="utf-8"))
    else:
        with load_mupdf().open(path) as file:
            blocks = [block[4] for page in file for block in page.get_text("blocks")]
    first = next((n for n, block in enumerate(blocks) if _FIRST.search(block)), 0)
    last = max((n for n, block in enumerate(blocks) if _LAST.search(block)), default=len(blocks))
    return [[one for one in _split(_one_line(block)) if _is_plain(one)] for block in blocks[first:last]]


def _one_line(block: str) -> str:
    whole = re.sub(r"(?<=[a-z])[-\u00ad]\n(?=[a-z])", "", block.translate(LIGATURES))
    return re.sub(r"\s+", " ", whole).strip()


def _split(text: str) -> Iterator[str]:
    whole = ""
    for piece in _ENDS.split(text):
        whole = f"{whole} {piece}".strip()
        if not _NO_END.search(whole):
            yield whole
            whole = ""


def _is_plain(sentence: str) -> bool:
    words = sentence.split()
    prose = 2 * sum(word[0].islower() for word in words) > len(words)  # else the head of a table
    return 6 <= len(words) <= 30 and prose and _SENTENCE.fullmatch(sentence) is not None and not _GLUED.search(sentence)


def quotes(found: list[list[str]], dice: Random) -> list[Statement]:
    every = list(itertools.chain.from_iterable(found))
    chosen = dice.sample(every, min(MOST_QUOTES, len(every)))
    return [Statement("quote", RESULTS, claim("作者的原话如此。", HOLE), one) for one in chosen]


def numbers(found: list[list[str]], dice: Random) -> list[Statement]:
    """Every number of a sentence twice in Chinese: beside that sentence, and mostly so again; else with other grounds.

    Those are another sentence of its paragraph that is quoted, or none, in prose.
    """
    made = [one for paragraph in found for sentence in paragraph for one in _numbers(sentence, paragraph, dice)]
    return dice.sample(made, min(MOST_NUMBERS, len(made)))


def _numbers(sentence: str, paragraph: list[str], dice: Random) -> Iterator[Statement]:
    others = [one for one in paragraph if one != sentence]
    for text, piece in dressed(sentence, dice):
        yield Statement("number beside its quote", RESULTS, claim(text, sentence), piece)
    for text, piece in dressed(sentence, dice):
        turn = dice.randrange(4)
        if turn == 0:
            yield Statement("number in prose", dice.choice(PROSE), text, piece)
        elif turn == 1 and others:
            yield Statement("number beside another quote", RESULTS, claim(text, dice.choice(others)), piece)
        else:
            yield Statement("number beside its quote", RESULTS, claim(text, sentence), piece)

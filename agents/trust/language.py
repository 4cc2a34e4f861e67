"""Is a note in Chinese, and in simplified characters? English names stay as they are, and so do quoted words.

A text is looked at by the line: a paragraph or a bullet point. What counts is the share of Han characters against
English words that are no names, with code, formulas, links, quoted words and short glosses in brackets set aside.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from agents.note.cjk import pieces
from agents.note.mark import NOT_CHINESE, SIGN, holds, unmarked
from agents.note.text import CHINESE
from agents.trust.outcome import Doubt, Outcome
from agents.trust.texts import texts

NAME = "language"
TRADITIONAL = f"{SIGN} 含繁体字："
_FEWEST_HAN = 0.4  # of Han characters and English words: Chinese full of terms has 0.6, English with a term 0.25
_FEWEST_WORDS = 5  # that are no names: fewer are a term or two,
_FEWEST_OF_SENTENCE = 3  # or a short sentence, which ends like one
_CLAUSE = 6  # such words in a row, in a sentence that is Chinese otherwise
_LONGEST_GLOSS = 8  # words in brackets
_KANA = 3
_SHOWN = 30  # characters of a paragraph, for Claude to find it by
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|\"[^\"]*\"")
_GLOSS = re.compile(r"[（(]([^（）()]*)[）)]")
_URL = re.compile(r"\bhttps?://[^\s，。；、）)]+|\]\([^)\s]*\)")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_IS_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z0-9]+)*")
_RUN = re.compile(r"[^\u2e80-\U0003134f，。；：、！？（）【】…—]+")
_COMMAS = re.compile(r"[,、;；/，]|\band\b|\bor\b|和|与|及")
_SENTENCE_END = re.compile(r"[.!?]\W*$")
# What English sentences cannot do without, and lists of terms can.
_GLUE = frozenset(
    re.findall(
        "[a-z]+",
        """
        a an the this that these those it its they their we our you he she which who what when where how there and but
        or nor so if because while although than then of in on at by for from to with without within into over under
        between across through during after before as is are was were be been being has have had do does did can could
        may might will would shall should must not no only also both each every all any more most such thus hence
        """,
    )
)


def outcome(part: BaseModel) -> Outcome:
    """Every paragraph of a reply or a note that is to be in Chinese."""
    found = [(where, text, span) for where, text in in_chinese(part) for span in _paragraphs(text)]
    doubts = [doubt for where, text, (start, end) in found if (doubt := _doubt(where, text, start, end))]
    return Outcome(NAME, len(found) - len(doubts), len(found), tuple(doubts))


def in_chinese(part: BaseModel) -> Iterator[tuple[str, str]]:
    """The texts that are to be in Chinese, with their places."""
    return ((one.where, one.text) for one in texts(part) if CHINESE in one.metadata)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each line with words in it begins and ends."""
    at = 0
    for line in text.split("\n"):
        if _HAN.search(line) or _WORD.search(line):
            yield at, at + len(line.rstrip())
        at += len(line) + 1


def _doubt(where: str, text: str, start: int, end: int) -> Doubt | None:
    paragraph = text[start:end]
    prose, begins = _prose(paragraph), paragraph[:_SHOWN]

    def doubt(what: str, mark: str) -> Doubt:
        return Doubt(where, what, "" if holds(paragraph, mark) else mark, end)  # one mark is enough

    if english := _english(prose):
        what = f"{english} ({begins!r}): write it in Chinese; names and terms may stay in English"
        return doubt(what, NOT_CHINESE)
    if traditional := _traditional(prose):
        what = f"traditional characters {traditional} ({begins!r}): write simplified Chinese"
        return doubt(what, TRADITIONAL + traditional)
    return None


def _prose(line: str) -> str:
    """What of a line is the writer's own prose: the rest leaves a gap that parts what stands on its two sides."""
    plain = "".join(piece if kind == "text" else " ， " for kind, piece in pieces(unmarked(line)))
    plain = _QUOTED.sub(" ， ", _URL.sub(" ， ", plain))
    return _GLOSS.sub(lambda gloss: " ， " if _is_gloss(gloss[1]) else gloss[0], plain)


def _is_gloss(inside: str) -> bool:
    return not _HAN.search(inside) and len(_WORD.findall(inside)) <= _LONGEST_GLOSS


def _english(prose: str) -> str:
    """What of a line is not Chinese; "" where nothing is."""
    if len(_IS_KANA.findall(prose)) >= _KANA:
        return "Japanese"
    han, words = len(_HAN.findall(prose)), _common(prose)
    fewest = _FEWEST_WORDS if han or not _SENTENCE_END.search(prose) else _FEWEST_OF_SENTENCE
    if len(words) >= fewest and han < _FEWEST_HAN * (han + len(words)) and not _is_list(prose):
        return "not in Chinese"
    for run in _RUN.findall(prose):
        common = _common(run)
        if len(common) >= _CLAUSE and sum(word in _GLUE for word in common) > 1:
            return f"a clause in English: {run.strip()[: _SHOWN * 2]!r}"
    return ""


def _common(prose: str) -> list[str]:
    """The English words that are no names: without capitals, but for the one that a sentence begins with."""
    words = [match[0] for match in _WORD.finditer(prose)]
    return [word for word in words if word.islower() or (word.istitle() and word.lower() in _GLUE)]


def _is_list(prose: str) -> bool:
    """Terms side by side: many, each of them short and without the small words that hold a sentence together."""
    items = [_WORD.findall(item) for item in _COMMAS.split(prose)]
    return len(items) > 2 and all(len(item) <= 4 and not _GLUE & {*map(str.lower, item)} for item in items)


def _traditional(prose: str) -> str:
    """The traditional characters, each once. By phrases: 乾坤 and 著名 are simplified Chinese."""
    simplified = _converter().convert(prose) if _HAN.search(prose) else prose
    if simplified == prose or len(simplified) != len(prose):
        return ""
    return "".join(dict.fromkeys(old for old, new in zip(prose, simplified, strict=True) if old != new))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")

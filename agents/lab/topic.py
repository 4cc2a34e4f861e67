"""What a topic is about, in a person's words: the terms it is looked for by, and the phrase that names it. Pure."""

import re
import unicodedata

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_IS_HAN = re.compile(f"[{_HAN}]")
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_BETWEEN_WORDS = re.compile(r"[\s.\-–]*")
_FUNCTION = re.compile("[的了在和与及是]")  # between two words of a Chinese topic, no part of either
_COMMON = re.compile(r"an?|and|as|at|by|for|from|how|in|is|it|of|on|or|the|to|via|vs|what|why|with")
# What a topic is asked for, not what it is: "…的作用", "the role of …".
_ASKED = re.compile(
    "作用|原理|应用|理解|介绍|入门|详解|为什么|什么|如何|怎样|怎么|从零|实现|区别|关系|意义|概念"
    r"|\b(?:roles?|uses?|intuition|introduction|understanding|explained|overview)\b"
)
_ENOUGH = 2 / 3  # of the pairs of a Chinese phrase: 交叉注意力 is found by 交叉注意力机制


def folded_text(text: str) -> str:
    """Text as terms are looked for in it: case and width do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def terms(topic: str) -> list[str]:
    """What is looked for, each once: words, and pairs of Chinese characters (a lone one counts as it is)."""
    found: dict[str, None] = {}
    for run in _RUN.findall(_FUNCTION.sub(" ", folded_text(topic))):
        if _IS_HAN.match(run):
            found |= dict.fromkeys(_pairs(run))
        elif not _COMMON.fullmatch(run):
            found[run] = None
    return list(found)


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(max(1, len(run) - 1))]


def subjects(topic: str) -> tuple[str, ...]:
    """The phrases that name the topic: "Cross-Attention 在多模态模型中的作用" is about "cross attention".

    In a Chinese topic these are the foreign terms of art, else its longest Chinese phrase; in another one the first.
    """
    foreign, chinese = _phrases(_ASKED.sub("/", _FUNCTION.sub("/", folded_text(topic))))
    if not _IS_HAN.search(topic):
        return tuple(foreign[:1])
    return tuple(foreign) or tuple(sorted(chinese, key=len, reverse=True)[:1])


def _phrases(text: str) -> tuple[list[str], list[str]]:
    """Neighbouring foreign words as one phrase, joined by a space; runs of Chinese characters."""
    foreign: list[str] = []
    chinese: list[str] = []
    end = -1  # of a foreign word that the next one may join
    for run in _RUN.finditer(text):
        if _IS_HAN.match(run[0]):
            chinese.append(run[0])
        elif _COMMON.fullmatch(run[0]):
            end = -1
        elif end >= 0 and _BETWEEN_WORDS.fullmatch(text, end, run.start()):
            foreign[-1] += f" {run[0]}"
            end = run.end()
        else:
            foreign.append(run[0])
            end = run.end()
    return foreign, chinese


def mentions(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text; a Chinese one may stand there in part."""
    plain = folded_text(text)
    return any(_stands(phrase, plain) for phrase in phrases)


def _stands(phrase: str, plain: str) -> bool:
    if _IS_HAN.match(phrase):
        pairs = _pairs(phrase)
        return sum(pair in plain for pair in pairs) >= _ENOUGH * len(pairs)
    words = r"[\s.\-–]*".join(map(re.escape, phrase.split(" ")))
    return re.search(rf"(?<![a-z0-9]){words}(?:e?s)?(?![a-z0-9])", plain) is not None

"""Which of the text that a reader never sees is worth telling of: sentences, not switched-off code."""

import re

from agents.source.document import Hidden

_COMMAND = re.compile(r"\\[a-zA-Z@]+\*?|[{}$&\\~^_%]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
FEWEST_WORDS = 5


def speaks(text: str) -> bool:
    """Whether it holds a sentence: words in a row, or Chinese."""
    bare = _COMMAND.sub(" ", text)
    words = _WORD.findall(bare)
    letters = sum(map(len, words))
    return (len(words) >= FEWEST_WORDS and letters > 0.5 * len(bare.replace(" ", ""))) or len(_HAN.findall(bare)) >= 8


def hide(kind: str, text: str) -> list[Hidden]:
    shown = " ".join(text.split())
    return [Hidden(kind, 0, shown[:200])] if speaks(shown) else []

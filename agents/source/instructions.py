"""Sentences of a paper that speak to a language model. They stay in the text, which is fenced; the person is told."""

import re
from collections.abc import Iterable

from agents.source.document import Block

_MOST = 3  # sentences that are quoted
_TO_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines)\b"
    r"|\b(?:give|write|provide|produce|recommend|output)\b.{0,30}\b(?:positive|favou?rable|strong accept)\b.{0,20}"
    r"\b(?:reviews?|recommendations?|ratings?|only)\b"
    r"|\bdo not (?:highlight|mention|report)\b.{0,30}\b(?:negative|weakness|limitation|flaw)"
    r"|\b(?:note|attention|instructions?|message) (?:to|for) (?:the |any |all )?(?:llm|ai|language model|reviewer)s?\b"
    r"|\b(?:if )?you are (?:now )?(?:an? )?(?:llm|ai|language model|ai assistant|large language model)\b"
    r"|\b(?:忽略|无视)(?:之前|以上|前面|此前)?.{0,8}(?:指令|提示|要求)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]?")


def addressed_to_a_model(blocks: Iterable[Block]) -> tuple[str, ...]:
    """A warning for each of the first such sentences, with its page; and one on how many more there are."""
    found = [
        f"p. {block.page} holds a sentence like an instruction to a model: {sentence.strip()[:120]!r}"
        for block in blocks
        if _TO_A_MODEL.search(block.text)
        for sentence in _SENTENCE.findall(block.text)
        if _TO_A_MODEL.search(sentence)
    ]
    more = [f"{len(found) - _MOST} more such sentences were found"] if len(found) > _MOST else []
    return (*found[:_MOST], *more)

"""The marks of a note: written, found and taken out again by one rule."""

from pathlib import Path

import pytest

from agents.note.mark import NOT_CHINESE, NOT_FOUND, UNVERIFIED, behind, blanked, holds, length, marked, spans, unmarked
from agents.note.paper import PaperReply
from agents.trust import alone

REPLY = Path(__file__).parent / "data" / "replies" / "paper.json"
TEXT = "提高 2.0 BLEU，见《A Long Title of It》。"
MARKS = [NOT_FOUND, NOT_CHINESE, UNVERIFIED, "⚠ 未解释：$p(y|x)$、$W_Q$ 等"]


@pytest.mark.parametrize("mark", MARKS)
def test_what_is_marked_is_unmarked_again(mark):
    at = TEXT.index("，")
    done = marked(TEXT, at, mark)
    assert done == f"提高 2.0 BLEU（{mark}），见《A Long Title of It》。"
    assert len(done) == len(TEXT) + length(mark)
    assert holds(done, mark) and not holds(TEXT, mark)
    assert unmarked(done) == TEXT
    assert list(spans(done)) == [(at, at + length(mark))]


def test_blanks_instead_of_marks_leave_all_else_at_its_place():
    done = marked(TEXT, 3, NOT_FOUND)
    assert len(blanked(done)) == len(done)
    assert blanked(done)[3 + length(NOT_FOUND) :] == TEXT[3:]
    assert NOT_FOUND not in blanked(done)


def test_marks_side_by_side_are_told_one_by_one():
    done = marked(marked(TEXT, 3, UNVERIFIED), 3, NOT_FOUND)
    assert list(behind(done, 3)) == [NOT_FOUND, UNVERIFIED]
    assert list(behind(done, 2)) == []
    assert unmarked(done) == TEXT


@pytest.mark.parametrize(
    "text", ["卷积（conv）", "（? 存疑）", "⚠ 原文未找到", "（⚠", "（⚠没有空格）", "(⚠ ASCII)", ""]
)
def test_other_brackets_and_signs_are_the_writers_own(text):
    assert unmarked(text) == text
    assert list(spans(text)) == []


def test_a_reply_may_not_bring_marks_of_its_own():
    reply = PaperReply.model_validate_json(REPLY.read_text(encoding="utf-8"))
    assert alone.forged(reply) == []
    for said in ("达到 99.9（⚠ 约 99.9）", "见《X》（? 未核实）"):
        (problem,) = alone.forged(reply.model_copy(update={"summary": said}))
        assert problem.fatal and problem.text.startswith("summary: ")

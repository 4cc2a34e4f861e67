"""Doubts about a note: back to Claude as problems, into the front matter as counts, into the text as marks."""

import pytest

from agents.note.problem import Problem
from agents.note.section import Part
from agents.note.text import Line, Plain, Prose
from agents.trust.outcome import Doubt, Outcome, counts, marked, problems, unsettled_points

ONE = Outcome("numbers", 1, 3, (Doubt("a.1.text", "no 7", "⚠ 甲", 3), Doubt("a.1.text", "no 9", "⚠ 乙", 7)))
UNMARKED = Outcome("quotes", 0, 1, (Doubt("a.0.quote", "not found"),))


def test_marks_stand_behind_what_they_mean_and_leave_the_reply_as_it_was():
    data = {"a": ({"text": "x", "quote": "q"}, {"text": "a 7 b 9 c", "quote": ""}), "b": "y"}
    assert marked(data, [ONE, UNMARKED], data) == {
        "a": ({"text": "x", "quote": "q"}, {"text": "a 7（⚠ 甲） b 9（⚠ 乙） c", "quote": ""}),
        "b": "y",
    }
    assert data["a"][1]["text"] == "a 7 b 9 c"


def test_every_doubt_goes_back_with_its_place_and_none_is_fatal():
    assert problems([ONE, UNMARKED]) == [
        Problem("a.1.text: no 7", fatal=False),
        Problem("a.1.text: no 9", fatal=False),
        Problem("a.0.quote: not found", fatal=False),
    ]


def test_a_check_that_had_nothing_to_look_at_is_not_counted():
    assert counts([ONE, UNMARKED, Outcome("symbols", 0, 0)]) == {"numbers": (1, 3), "quotes": (0, 1)}


def test_what_is_only_unsettled_is_told_apart_from_what_is_wrong():
    checked = [Outcome("references", 0, 2, (Doubt("a", "wrong"), Doubt("b", "unknown", unsettled=True)))]
    assert [problem.text for problem in problems(checked)] == ["a: wrong"]
    assert [problem.text for problem in unsettled_points(checked)] == ["b: unknown"]
    assert counts(checked) == {"references": (0, 2)}


class Full(Part):
    name: Plain
    text: Line
    prose: Prose
    lines: tuple[Line, ...]


@pytest.mark.parametrize(("where", "most"), [("name", 1000), ("text", 2000), ("prose", 12_000), ("lines.1", 2000)])
@pytest.mark.parametrize("to_spare", [0, 4, 5, 6])
def test_a_mark_for_which_a_field_has_no_room_is_left_out_and_still_counted(where, most, to_spare):
    mark = "（⚠ 甲）"
    text = "字" * (most - to_spare)
    long = {where: text} if where != "lines.1" else {"lines": ("甲", text)}
    part = Full.model_validate({"name": "甲", "text": "甲", "prose": "甲", "lines": ("甲",)} | long)
    found = Outcome("numbers", 0, 1, (Doubt(where, "no 7", mark[1:-1], 3),))
    written = Full.model_validate(marked(part.model_dump(), [found], part))
    shown = written.lines[1] if where == "lines.1" else getattr(written, where)
    assert (mark in shown) == (to_spare >= len(mark))
    assert counts([found]) == {"numbers": (0, 1)}
    assert len(problems([found])) == 1

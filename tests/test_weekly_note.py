"""The log as a note: the two laws, and sections that a person has edited, which come back byte for byte."""

from datetime import date

import pytest
from pydantic import ValidationError
from random_notes import Dice

from agents.note.finished import Done, Finished
from agents.note.markdown import parse, render, sealed
from agents.note.note import fingerprint
from agents.note.section import places
from agents.note.weekly import WeeklyNote, WeeklyReply, incomplete, retold
from agents.recipes.weekly_note import spoken

ANCHORS = [place.anchor for place in places(WeeklyNote)]
EDITS = [
    "",
    "## 我改的标题 <!-- field: {} -->\n\n乱写 < > $ `\n\n",
    "### x <!-- field: {} -->\r\n\r\n- a\r\n\r\n\r\n",
    "## y <!-- field: {} -->\n```\n## no heading\n```\n",
]


def log(seed):
    """A log as we write it, then worked on by a person: some of its sections are his."""
    dice = Dice(seed)
    day = date(2026, 11, 27)
    note = WeeklyNote.model_validate(
        {
            "title": "2026-W48 学习周记", "created": day, "updated": day, "engine": "claude", "done": dice.some(dice.line), "stuck": dice.some(dice.line),
            "finished": {"facts": dice.some(dice.done), "said": dice.some(dice.line)}, "insights": dice.some(dice.line),
            "problems": dice.some(lambda: {"text": dice.line(), "steps": dice.some(dice.line)}),
            "gaps": dice.gaps(), "plan": dice.plan(),
            "provenance": dice.some(dice.line), "own_sections": [{"after": "plan", "text": "## 我的\n\n\n"}] * dice.random.randint(0, 1), "remarks": "\n批注",
        }
    )  # fmt: skip
    note = sealed(note)
    text = render(note.model_copy(update={"written": fingerprint(note)}))
    for anchor in dice.random.sample(ANCHORS, k=dice.random.randint(0, 3)):
        start = text.index(f"<!-- field: {anchor} -->")
        start = text.rindex("\n", 0, start) + 1
        end = text.find("\n## ", start) + 1
        text = text[:start] + dice.random.choice(EDITS).format(anchor) + text[end:]
    return text


@pytest.mark.parametrize("seed", range(400))
def test_a_log_comes_back_equal_and_prints_the_same(seed):
    text = log(seed)
    note = parse(text, WeeklyNote)
    assert render(note) == text
    assert parse(render(note), WeeklyNote) == note


@pytest.mark.parametrize("seed", range(50))
def test_what_was_edited_stays_when_all_else_is_written_anew(seed):
    note = parse(log(seed), WeeklyNote)
    fresh = {"insights": ("新的收获",), "finished": Finished(said=("新的",))}
    again = sealed(note.model_copy(update={name: value for name, value in fresh.items() if name not in note.edited}))
    back = parse(render(again), WeeklyNote)
    assert back.edited == note.edited and back == again
    for name, value in fresh.items():
        assert name in note.edited or getattr(back, name) == value


def test_every_section_of_a_log_that_lost_its_hashes_is_the_persons():
    text = log(0)
    note = parse(text.replace("sections: {", "mine: {"), WeeklyNote)
    assert sorted(note.edited) == sorted(ANCHORS)


def test_another_line_end_is_no_edit_and_taking_an_edit_back_is_none_either():
    text = next(text for text in map(log, range(50)) if not parse(text, WeeklyNote).edited)
    assert not parse(text.replace("\n", "\r\n"), WeeklyNote).edited
    assert parse(text.replace("## 下周计划", "## 计划"), WeeklyNote).edited == {}
    edited = text.replace("<!-- field: plan -->\n", "<!-- field: plan -->\n\n- 我的\n")
    assert list(parse(edited, WeeklyNote).edited) == ["plan"]
    assert parse(edited.replace("\n\n- 我的\n", "\n"), WeeklyNote).edited == {}


def test_a_heading_that_a_person_adds_inside_is_his_section_and_no_edit_of_ours():
    text = next(text for text in map(log, range(50)) if not parse(text, WeeklyNote).edited)
    mine = text.replace("## 遇到的问题 <!--", "### 补充\n\n我的话\n\n## 遇到的问题 <!--")
    note = parse(mine, WeeklyNote)
    assert not note.edited and render(note) == mine
    assert any(own.after == "insights" and "补充" in own.text for own in note.own_sections)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.md", "a/../b.md", "a//b.md", "./a.md"])
def test_a_fact_names_no_path_outside_of_the_lab(path):
    with pytest.raises(ValidationError):
        Done(group="note", title="x", path=path, news="new")


def test_a_fact_in_which_nothing_happened_is_none():
    with pytest.raises(ValidationError, match="nothing happened"):
        Done(group="note", title="x")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("读完 DPO", "读完 DPO"),
        ("推了 $\\nabla_\\theta$ 和 `loss.backward()`", "推了 $\\nabla_\\theta$ 和 `loss.backward()`"),
        ("a\tb\nc\x07d\u202e", "a b c d"),
        ("", ""),
        ("\u200b\u2060", ""),
        ("🎉", "🎉"),
        ("# 标题", "\\# 标题"),
        ("- 一条", "\\- 一条"),
        ("$5 一杯", "\\$5 一杯"),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("[点我](javascript:x)", "\\[点我\\](javascript\\:x)"),
        ("看 https://evil.example/x", "看 `https://evil.example`/x"),
        ("key sk-ant-api03-abcdefgh 在这里", "key […] 在这里"),
    ],
)
def test_what_a_person_types_is_a_line_that_shows_it(typed, line):
    assert spoken(typed) == line
    assert spoken(line) == line


def test_whatever_is_typed_can_stand_in_a_log():
    dice = Dice(3)
    pieces = [
        "`",
        "$",
        "**",
        "[",
        "](",
        "<b",
        "- ",
        "1. ",
        "|",
        "\\",
        "\n",
        "中",
        " ",
        "https://a.b ",
        "：",
        "# ",
        "（新增）",
        "- 自述：",
        "～",
        "~~~",
    ]
    for _ in range(3000):
        line = spoken("".join(dice.random.choices(pieces, k=dice.random.randint(0, 9))))
        if line:
            note = WeeklyNote(title="x", created="2026-11-27", updated="2026-11-27", engine="draft", stuck=[line], finished={"said": [line]}, problems=[{"text": line}])  # fmt: skip
            assert parse(render(sealed(note)), WeeklyNote) == sealed(note)


def reply(**changed):
    task = {"task": "做一件事", "hours": 2, "done_when": "做完"}
    whole = {"insights": ["懂了"], "ways": [{"problem": 1, "steps": ["先查"]}], "gaps": [], "plan": [task]}
    return WeeklyReply.model_validate(whole | changed)


def test_a_whole_reply_is_complete():
    assert incomplete(reply(), 1) == []


@pytest.mark.parametrize(
    ("changed", "problems", "says"),
    [
        ({"insights": []}, 1, "insights"),
        ({"insights": ["一"] * 7}, 1, "insights"),
        ({"plan": []}, 1, "plan"),
        ({"plan": [{"task": "a", "hours": 40, "done_when": "b"}] * 2}, 1, "80 hours"),
        ({}, 0, "answer each of the 0"),
        ({}, 2, r"you gave \[1\]"),
        ({"ways": [{"problem": 1, "steps": ["a"]}] * 2}, 1, r"you gave \[1, 1\]"),
        ({"ways": [{"problem": 1, "steps": []}]}, 1, "at least one step"),
        ({"gaps": [{"gap": "x", "prerequisites": []}]}, 1, "prerequisite"),
        ({"insights": ["见 https://arxiv.org/abs/2301.12597"]}, 1, "added by code"),
        ({"insights": ["见 2301.12597"]}, 1, "added by code"),
        ({"insights": ["见 papers/blip-2.md"]}, 1, "added by code"),
        ({"plan": [{"task": "在 2026-12-01 前做完", "hours": 1, "done_when": "b"}]}, 1, "added by code"),
    ],
)
def test_what_a_reply_lacks_is_said(changed, problems, says):
    found = incomplete(reply(**changed), problems)
    assert len(found) == 1 and found[0].fatal
    import re

    assert re.search(says, found[0].text)


def test_numbers_and_versions_are_no_links():
    fine = [
        "VQAv2 从 65.0 升到 82.3，参数 188M",
        "batch 256/512，学习率 1e-4",
        "2023 年的 BLIP-2",
        "AdamW/LAMB 与 torch 2.9",
    ]
    assert incomplete(reply(insights=fine), 1) == []


def test_hours_are_kept_to_a_tenth():
    assert reply(plan=[{"task": "a", "hours": 1.3333, "done_when": "b"}]).plan[0].hours == 1.3
    for hours in (0, -1, 41, "many"):
        with pytest.raises(ValidationError):
            reply(plan=[{"task": "a", "hours": hours, "done_when": "b"}])


@pytest.mark.parametrize(
    ("insight", "is_retold"),
    [
        ("推了一遍 InfoNCE 的损失。", True),
        ("本周推了一遍 InfoNCE 的损失，很好", True),
        ("推了一遍 InfoNCE 的损失之后才明白：温度决定难负样本的权重，而不只是缩放", False),
        ("温度决定难负样本的权重", False),
    ],
)
def test_an_insight_that_only_retells_is_told_apart(insight, is_retold):
    assert retold(insight, ("推了一遍 InfoNCE 的损失", "。")) is is_retold

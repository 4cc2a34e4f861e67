"""The inbox of the week: what its lines say, and what is left of it."""

import random
from collections import Counter

import pytest

from agents.errors import DataError
from agents.lab.inbox import LONGEST, read, without


def said(text):
    found = read(text.encode())
    return found.done, found.stuck


@pytest.mark.parametrize(
    "line",
    [
        "卡住：Q-Former 为什么分两阶段",
        "- 卡住:Q-Former 为什么分两阶段",
        "* 问题： Q-Former 为什么分两阶段",
        "？Q-Former 为什么分两阶段",
        "? Q-Former 为什么分两阶段",
        "- [ ] 疑问：Q-Former 为什么分两阶段",
        "1. STUCK: Q-Former 为什么分两阶段",
        "  - 卡点：Q-Former 为什么分两阶段  ",
    ],
)
def test_a_line_may_say_in_several_ways_that_one_is_stuck(line):
    assert said(line) == ((), ("Q-Former 为什么分两阶段",))


def test_a_question_is_something_one_is_stuck_with_and_keeps_its_mark():
    assert said("Q-Former 为什么分两阶段？\nwhy?\n") == ((), ("Q-Former 为什么分两阶段？", "why?"))


def test_any_other_line_is_something_done():
    text = "读完 DPO\n- 推导 $\\nabla$\n\n完成：画了图\n+ [x] done: 跑通\n3、整理\n卡住了很久才看懂 KL\n"
    assert said(text) == (("读完 DPO", "推导 $\\nabla$", "画了图", "跑通", "整理", "卡住了很久才看懂 KL"), ())


@pytest.mark.parametrize(
    "text", ["", "\n\n  \n", "\ufeff", "# 收件箱\n\n---\n", "<!-- 一行一件\n卡住：x\n-->\n", "- \n*\n", "卡住：\n"]
)
def test_what_says_nothing_is_nothing(text):
    found = read(text.encode())
    assert (found.done, found.stuck, found.lines.total()) == ((), (), 0)
    assert without(text.encode(), found.lines) == text.encode()


def test_the_lines_used_go_and_everything_else_stays():
    before = "\ufeff# 收件箱\r\n\r\n- a\r\n- 卡住：b\r\n<!-- 提示 -->\r\n尾".encode()
    assert without(before, read(before).lines) == "\ufeff# 收件箱\r\n\r\n<!-- 提示 -->\r\n".encode()


def test_a_line_that_came_meanwhile_stays_also_when_it_equals_one_that_was_used():
    used = read(b"- a\n- b\n").lines
    assert without(b"- c\n- a\n- a\n- b", used) == b"- c\n- a\n"


def test_a_line_that_was_changed_meanwhile_stays_as_it_is_now():
    assert without(b"- a and more\n", read(b"- a\n").lines) == b"- a and more\n"


def test_bytes_that_are_no_text_stay_when_they_came_meanwhile():
    assert without(b"- a\n\xff\n", read(b"- a\n").lines) == b"\xff\n"


def test_whatever_is_in_a_file_taking_out_what_it_says_leaves_nothing_said():
    dice = random.Random(7)
    pieces = [
        "- ",
        "卡住：",
        "?",
        "a",
        "\u3000",
        "\u2028",
        "\x0b",
        "# ",
        "<!--",
        "-->",
        "```",
        "[x] ",
        "\n",
        "\r\n",
        "\r",
        "　",
    ]
    for _ in range(3000):
        text = "".join(dice.choices(pieces, k=dice.randint(0, 14))).encode()
        left = without(text, read(text).lines)
        assert read(left).lines == Counter()
        assert not Counter(left) - Counter(text)


def test_what_is_not_utf_8_is_refused_with_its_line():
    with pytest.raises(DataError, match=r"weekly-log/inbox\.md line 3 is not UTF-8"):
        read("a\nb\n中文".encode() + "中".encode("gbk"))


def test_a_line_too_long_or_a_file_too_large_is_refused():
    assert said("x" * LONGEST) == (("x" * LONGEST,), ())
    with pytest.raises(DataError, match="line 2 is longer"):
        read(("a\n" + "x" * (LONGEST + 1)).encode())
    with pytest.raises(DataError, match="larger"):
        read(b"a\n" * 200_000)

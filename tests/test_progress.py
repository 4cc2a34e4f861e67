"""The 当前进度 block of README.md: counted from the reading list, every other byte the person's."""

import pytest

from agents.errors import OverwriteError
from agents.lab.progress import BEGIN, END, block, refreshed
from agents.lab.reading_list import Row

NAMES = ["阶段一：Transformer 与 LLM 基础", "阶段二：视觉编码器（ViT、CLIP）", "阶段三：GPT-4 与对齐"]
ROWS = [Row("a", stage="1", status="read"), Row("b", stage="1", status="read"), Row("c", stage="2", status="reading")]


def readme(inside, before="# 我的 lab\n\n## 当前进度\n\n", after="\n\n## 更新日志\n\n- 2026-02-21：初始化\n"):
    return f"{before}{BEGIN}{inside}{END}{after}"


def names_as_list(names=NAMES, mark=" ", bullet="-"):
    return "\n" + "".join(f"{bullet} [{mark}] {name}\n" for name in names)


def test_a_stage_counts_its_papers_and_is_ticked_when_all_are_read():
    assert block(NAMES, ROWS).split("\n") == [
        BEGIN,
        "- [x] 阶段一：Transformer 与 LLM 基础（✅ 2 / 📖 0 / 共 2 篇）",
        "- [ ] 阶段二：视觉编码器（ViT、CLIP）（✅ 0 / 📖 1 / 共 1 篇）",
        "- [ ] 阶段三：GPT-4 与对齐（还没有论文）",
        END,
    ]


def test_a_tick_is_taken_back_when_a_paper_is_added():
    assert "- [ ] 阶段一：Transformer 与 LLM 基础（✅ 2 / 📖 0 / 共 3 篇）" in block(
        NAMES, [*ROWS, Row("new", stage="1")]
    )


@pytest.mark.parametrize(
    "stage", ["2", "阶段二", "阶段 2", "第二阶段", "Stage 2", "②", "Ⅱ", "２", " 2 ", "阶段二（GPT-4）", "2：视觉"]
)
def test_a_stage_is_known_in_several_spellings(stage):
    assert "视觉编码器（ViT、CLIP）（✅ 0 / 📖 0 / 共 1 篇）" in block(NAMES, [Row("a", stage=stage)])


@pytest.mark.parametrize("stage", ["", "—", "待定", "N/A"])
def test_a_paper_without_a_stage_counts_for_none(stage):
    assert block(NAMES, [Row("a", stage=stage)]) == block(NAMES, [])


def test_a_stage_that_has_no_name_yet_gets_a_line():
    lines = block(NAMES, [Row("a", stage="5", status="read"), Row("b", stage="4")]).split("\n")
    assert lines[-3:-1] == ["- [ ] 阶段 4（✅ 0 / 📖 0 / 共 1 篇）", "- [x] 阶段 5（✅ 1 / 📖 0 / 共 1 篇）"]


def test_refreshing_twice_is_refreshing_once():
    once = refreshed(readme(names_as_list()).encode(), ROWS)
    assert refreshed(once, ROWS) == once
    assert once.decode() == readme("X").replace(f"{BEGIN}X{END}", block(NAMES, ROWS))


def test_a_line_for_a_nameless_stage_stays_that_stage_when_others_come():
    once = refreshed(readme(names_as_list()).encode(), [Row("a", stage="5")])
    again = refreshed(once, [Row("a", stage="5"), Row("b", stage="4")]).decode()
    assert again.index("阶段 5（✅ 0 / 📖 0 / 共 1 篇）") and "阶段 4（✅ 0 / 📖 0 / 共 1 篇）" in again
    assert again.count("- [ ]") == 5


def test_names_are_the_persons_also_when_a_stage_was_taken_out_or_moved():
    mine = ["阶段三：我改的名字", "阶段一：基础"]
    shown = refreshed(readme(names_as_list(mine)).encode(), ROWS).decode()
    assert "- [ ] 阶段三：我改的名字（还没有论文）\n- [x] 阶段一：基础（✅ 2" in shown


def test_names_without_numbers_go_by_their_order():
    shown = refreshed(readme(names_as_list(["基础", "用 GPT-4 看图"], bullet="*")).encode(), ROWS).decode()
    assert "- [x] 基础（✅ 2" in shown and "- [ ] 用 GPT-4 看图（✅ 0 / 📖 1" in shown


def test_two_names_of_one_number_go_by_their_order_and_both_stay():
    shown = refreshed(readme(names_as_list(["阶段一：甲", "阶段一：乙"])).encode(), ROWS).decode()
    assert "阶段一：甲（✅ 2" in shown and "阶段一：乙（✅ 0 / 📖 1" in shown


def test_an_empty_block_is_filled_from_the_list_alone():
    assert "阶段 1（✅ 2" in refreshed(readme("\n").encode(), ROWS).decode()
    assert "阶段 1（✅ 2" in refreshed(readme("").encode(), ROWS).decode()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_other_byte_stays(ending, mark):
    before = (mark + "# 标题  \n\ttab\n").replace("\n", ending).encode() + b"\xff\xfe not UTF-8 \x0c" + ending.encode()
    after = f"{ending}no line end at the end".encode()
    data = before + f"{BEGIN}{names_as_list()}{END}".replace("\n", ending).encode() + after
    shown = refreshed(data, ROWS)
    assert shown.startswith(before) and shown.endswith(END.encode() + after)
    inside = shown[len(before) : -len(after)]
    assert inside.decode() == block(NAMES, ROWS).replace("\n", ending)


def test_a_readme_without_markers_or_without_text_is_left_alone():
    for data in (b"", b"# mine\n- [ ] a\n", "## 当前进度\r\n".encode()):
        assert refreshed(data, ROWS) == data


@pytest.mark.parametrize(
    "text",
    [BEGIN, END, END + BEGIN, BEGIN * 2 + END, BEGIN + END * 2, (BEGIN + END) * 2],
    ids=lambda text: text.replace("<!-- progress: ", ""),
)
def test_a_damaged_block_is_refused(text):
    with pytest.raises(OverwriteError, match="damaged") as caught:
        refreshed(f"# a\n{text}\n".encode(), ROWS)
    assert caught.value.code == 73

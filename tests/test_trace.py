"""Numbers of a note traced to its paper: to the cell that is named, to the text, or to nothing, and then what is there."""

import pytest
from random_notes import Dice

from agents.note.ablation import AblationRow
from agents.note.claim import Cell, Claim
from agents.note.markdown import parse, render
from agents.note.paper import PaperNote, PaperReply
from agents.source.document import Block, Document, Reference, Section, Source, Table
from agents.trust import sourced, tracing
from agents.trust.outcome import marked

BOX = (0.0, 0.0, 1.0, 1.0)
TEXTS = (
    ("text", "The encoder is a stack of six identical layers with 8 heads each and 65M parameters in all.", 3),
    ("text", "We trained on 129 million images, 4.5 million sentence pairs, for 12 hours on 16 GPUs.", 4),
    ("text", "The learning rate is 2.5e-4 and the dropout is 10-3; the run took 1.0 · 1020 FLOPs [42].", 4),
    ("text", "Our model is 54x smaller, improves accuracy by 8.7% and twice as fast; loss drops by 0.9 here.", 5),
    ("text", "It reaches 31. 7 points, and 1, 024 tokens; about 3.5 days. See Table 7 and Section 5.3.", 6),
)
SCORES = Table(
    "Table 2",
    "Table 2: BLEU scores of all models.",
    8,
    (("", "BLEU", "", "Cost", ""), ("Model", "EN-DE", "EN-FR", "EN-DE", "EN-FR")),
    (
        ("GNMT + RL [38]", "24.6", "39.92", "2.3 · 1019", "1.4 · 1020"),
        ("ConvS2S (Gehring et al., 2017)", "25.16", "40.46", "9.6 · 1018", "1.5 · 1020"),
        ("Transformer (base)", "27.3", "38.1", "3.3 · 1018", ""),
        ("Transformer (big)†", "28.4", "41.8", "$2.3\\cdot 10^{19}$", ""),
    ),
)
SIZES = Table(
    "Table 3",
    "Table 3: Variations.",
    9,
    (("", "", "BLEU", "params"), ("", "N", "(dev)", "×106")),
    (
        ("base", "6", "25.8", "65"),
        ("(A)", "2", "23.7", "36"),
        ("(A)", "4", "25.3", "50"),
        ("Large models", "", "", ""),
        ("base", "6", "26.2 ± 0.1", "90"),
    ),
)
UNREAD = Table("Table 5", "Table 5: A picture of numbers.", 11, (), ())
DOCUMENT = Document(
    "T",
    (),
    "",
    (*(Block(kind, text, page, BOX) for kind, text, page in TEXTS), Block("table", "x 77.7 | 88.8", 11, BOX)),
    (Section("3.2", "Attention", 2, 3),),
    (),
    (SCORES, SIZES, UNREAD),
    (),
    (Reference("42", "A. 2014.", "A", "B", 2014, None, None, 1),),
    pages=12,
)
PAPER = sourced.grounds(Source("pdf", "T", (), DOCUMENT, sha256="x"))
EMPTY = {
    "echo": {"title": "", "first_author": "", "last_heading": ""},
    "tags": [],
    "aliases": [],
    "summary": "一句话。",
    "background": "背景。",
    "method": {
        "intuition": "直觉。",
        "approach": [{"text": "方法。", "quote": "", "cells": []}],
        "diagram": {"nodes": [{"id": "a", "label": "Input"}], "edges": []},
        "formulas": {"items": [], "none": "没有。"},
    },
    "experiments": {"results": [], "ablation": {"rows": [], "contributions": [], "none": "没有。"}},
    "assessment": {
        "improvements": [],
        "limitations": [],
        "comparison": {"items": [], "none": "没有。"},
        "lessons": ["下一步读 99 页。"],
    },
    "further_reading": [],
}


def reply(summary="一句话。", results=(), **more):
    experiments = {**EMPTY["experiments"], "results": [one.model_dump() for one in results]}
    if rows := more.pop("rows", ()):
        experiments["ablation"] = {"rows": [row.model_dump() for row in rows], "contributions": [], "none": ""}
    return PaperReply.model_validate({**EMPTY, "summary": summary, "experiments": experiments, **more})


def traced(part):
    return tracing.outcome(part, PAPER.numbers, PAPER.quotes)


def doubted(text):
    return [doubt.message for doubt in traced(reply(text)).doubts]


def of_cell(table, row, column, value):
    return traced(
        reply(
            results=[
                Claim(text="结果如表。", quote="", cells=(Cell(table=table, row=row, column=column, value=value),))
            ]
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "编码器有 6 层，每层 8 个头",
        "$N = 6$，即 N=6",
        "共 65M 参数，即 6500 万参数",
        "用 1.29 亿张图训练，也就是 129M 张图",
        "450 万个句子对",
        "训练 12 小时",
        "学习率 $2.5\\times10^{-4}$",
        "学习率 0.00025，丢弃率 $10^{-3}$",
        "计算量 $1.0\\cdot10^{20}$ FLOPs",
        "小 54 倍，准确率提高 8.7%，快 2 倍",
        "损失下降 0.9",
        "损失变化 −0.9",
        "达到 31.7 点",
        "1,024 个 token，即 1024 个 token",
        "约 3.5 天",
        "约 1.3 亿张图",
        "N=6 的 base 是 65M 参数",
        "见第 3.2 节、表 7、[42] 与 2014 年的工作（2014）",
        "BLIP-2、ViT-B/16 与 COCO2014",
        "第 1 步与第 2 步",
        "两倍、一半、三成",
        "Transformer (big) 在 EN-DE 上 BLEU 28.4",
    ],
)
def test_the_same_number_in_other_dress_is_found(text):
    assert doubted(text) == []


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("编码器有 9 层", "8 (p. 3)"),
        ("共 65B 参数", "65M (p. 3)"),
        ("用 1.92 亿张图训练", "129 million (p. 4)"),
        ("训练 12 天", "12 (p. 4)"),
        ("学习率 $2.5\\times10^{-3}$", "2.5e-4 (p. 4)"),
        ("小 54%", "54x (p. 5)"),
        ("准确率提高 8.7 倍", "8.7% (p. 5)"),
        ("准确率提高 87%", "8.7% (p. 5)"),
        ("准确率降低了模型规模，提高 −8.7%", "8.7% (p. 5)"),
        ("BLEU 达到 28.9", "28.4 (p. 8, Table 2 Transformer (big)† × BLEU EN-DE)"),
        ("达到 37.1 点", "31.7 (p. 6)"),
        ("42 层", ""),
        ("共 5.3 个", ""),
    ],
)
def test_another_number_is_doubted_and_what_the_paper_has_is_named(text, instead):
    (message,) = doubted(text)
    assert instead in message


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("Table 2", "Transformer (big)", "EN-DE BLEU", "28.4"),
        ("table 2", "transformer(BIG)", "BLEU EN-DE", "28.4"),
        ("表 2", "Transformer (big)†", "BLEU, EN-FR", "41.8"),
        ("Table 2", "GNMT + RL", "BLEU EN-DE", "24.6"),
        ("Table 2", "ConvS2S", "Cost EN-DE", "$9.6\\times10^{18}$"),
        ("Table 2", "Transformer (big)", "Cost EN-DE", "2.3e19"),
        ("Table 3", "(A), N=2", "BLEU (dev)", "23.7"),
        ("Table 3", "(A) N = 4", "params", "50M"),
        ("Table 3", "Large models base", "BLEU (dev)", "26.2"),
        ("Table 3", "Large models base", "BLEU (dev)", "26.2 ± 0.1"),
        ("Table 2", "EN-DE BLEU", "Transformer (big)", "28.4"),
        ("Table 2", "no such row", "BLEU EN-DE", "28.4"),
        ("Table 2", "Transformer (big)", "第 2 列", "28.4"),
    ],
)
def test_a_value_is_found_in_the_cell_that_is_named(table, row, column, value):
    found = of_cell(table, row, column, value)
    assert (found.right, found.of, found.note) == (1, 1, "表格单元 1，正文 0")


@pytest.mark.parametrize(
    ("row", "column", "value", "really"),
    [
        ("Transformer (base)", "BLEU EN-DE", "28.4", "row 'Transformer (big)†', column 'BLEU EN-DE'"),
        ("Transformer (big)", "BLEU EN-FR", "28.4", "column 'BLEU EN-DE'"),
        ("Transformer (big)", "BLEU EN-DE", "41.8", "column 'BLEU EN-FR'"),
        ("GNMT + RL", "Cost EN-DE", "1.4e20", "column 'Cost EN-FR'"),
    ],
)
def test_a_right_number_under_a_wrong_name_says_where_it_really_stands(row, column, value, really):
    (doubt,) = of_cell("Table 2", row, column, value).doubts
    assert really in doubt.message
    assert (doubt.where, doubt.mark, doubt.at) == ("experiments.results.0.cells.0.value", "⚠ 行列不符", len(value))


@pytest.mark.parametrize("value", ["28.9", "82.4", "2.84", "-28.4", "28.4M", "28.4 倍", "284"])
def test_a_value_that_is_nowhere_in_the_table_is_doubted_with_what_stands_there(value):
    (doubt,) = of_cell("Table 2", "Transformer (big)", "BLEU EN-DE", value).doubts
    assert doubt.mark == "⚠ 原文未找到" and "where '28.4' stands" in doubt.message


def test_a_table_whose_cells_could_not_be_read_falls_back_to_its_page():
    assert of_cell("Table 5", "x", "y", "77.7").note == "表格单元 0，正文 1"
    assert len(of_cell("Table 5", "x", "y", "77.2").doubts) == 1
    assert len(of_cell("Table 5", "x", "y", "24.6").doubts) == 1  # that one stands on another page


def test_a_number_of_a_claim_is_its_quotes_first():
    quote = "We trained on 129 million images, 4.5 million sentence pairs, for 12 hours on 16 GPUs."
    said = [Claim(text=f"用了 {n} 块 GPU。", quote=quote, cells=()) for n in (16, 8, 12)]
    doubts = traced(reply(results=said)).doubts
    assert [doubt.where for doubt in doubts] == ["experiments.results.1.text"]


def test_differences_of_the_cells_that_are_named_are_known():
    cells = tuple(
        Cell(table="Table 2", row=row, column="BLEU EN-DE", value=value)
        for row, value in (("Transformer (big)", "28.4"), ("GNMT + RL", "24.6"))
    )
    said = [
        Claim(text=f"比 GNMT + RL 高 {n}（{share}）。", quote="", cells=cells)
        for n, share in (("3.8", "+15.4 %"), ("3.9", "+15.9 %"))
    ]
    assert [doubt.where for doubt in traced(reply(results=said)).doubts] == ["experiments.results.1.text"] * 2


def test_what_is_no_statement_of_fact_is_left_alone():
    judged = {**EMPTY["assessment"], "limitations": [{"text": "我猜有 777 处。", "quote": "", "cells": []}]}
    assert traced(reply(assessment=judged)).of == 0


def test_marks_stand_behind_formulas_code_and_bold_words_and_change_no_answer():
    text = "得 $x=777.5$ 与 `y=888.5` 和 **很好的 999.5 分** 以及 66.5%。"
    part = reply(
        text,
        rows=[
            AblationRow(
                component="整体",
                table="Table 2",
                setting="Transformer (big)",
                metric="BLEU EN-DE",
                value="28.9",
                baseline=True,
            )
        ],
    )
    first = traced(part)
    noted = PaperReply.model_validate(marked(part.model_dump(), [first], part))
    mark = "（⚠ 原文未找到）"
    assert noted.summary == f"得 $x=777.5${mark} 与 `y=888.5`{mark} 和 **很好的 999.5 分**{mark} 以及 66.5%{mark}。"
    assert noted.experiments.ablation.rows[0].value == f"28.9{mark}"
    assert traced(noted) == first


def test_a_text_without_room_is_doubted_and_not_marked():
    text = "长" * 1990 + " 777.5"
    found = traced(reply(text))
    assert [doubt.mark for doubt in found.doubts] == [""]
    assert PaperReply.model_validate(marked(reply(text).model_dump(), [found], reply(text))).summary == text


def test_front_matter_and_what_code_wrote_is_not_traced():
    facts = {
        "title": "777",
        "created": "2026-11-20",
        "updated": "2026-11-20",
        "engine": "claude",
        "authors": [],
        "source": "pdf",
        "pages": 555,
        "sha256": "x",
        "provenance": ["共 999 页。"],
    }
    body = reply().model_dump(exclude={"echo", "tags", "aliases"})
    body["method"]["approach"] = [{**body["method"]["approach"][0], "page": 0}]
    assert traced(PaperNote.model_validate(body | facts)).of == 0


@pytest.mark.parametrize(
    "text", ["9" * 3000, "1e999999999", "$10^{99999}$", "½ 与 1/0", "−" * 50, "🎉", "1,2,3,4,5" * 50]
)
def test_numbers_of_no_size_break_nothing(text):
    traced(reply(text[:1900] or "x"))
    of_cell("Table 2", text[:900], text[:900], text[:900])


@pytest.mark.parametrize("seed", range(80))
def test_a_note_of_any_content_is_marked_where_it_still_validates_and_gives_the_same_answer(seed):
    note = Dice(seed).note()
    found = traced(note)
    assert found.right + len(found.doubts) == found.of
    noted = PaperNote.model_validate(marked(note.model_dump(), [found], note))
    assert traced(noted) == found
    assert parse(render(noted), PaperNote) == noted

"""Numbers that a sentence works out of others are no inventions; those that chance could make are not excused."""

import pytest
from test_trace import reply

from agents.note.ablation import AblationRow
from agents.note.claim import Claim
from agents.source.document import Block, Document, Source, Table
from agents.trust import sourced, tracing
from agents.trust.numbers import numbers
from agents.trust.reckoned import is_reckoned, works_out

BOX = (0.0, 0.0, 1.0, 1.0)
HEADS = "In this work we employ h = 8 parallel attention layers, or heads, each of dimension 64."
WIDTH = "All sub-layers produce outputs of dimension dmodel = 512, and the inner layer has 2048 of them."
SETTINGS = "By default we use a β = 0.1 and a batch size of 64 here. For summarization we use β = 0.5 instead."
RATES = "The win rate is 61% for our method, exceeding the baseline at 57% by a margin; it took 3.5 days."
TABLE = Table(
    "Table 6",
    "Table 6: Accuracy for each rank r.",
    3,
    (("", "Weight Type", "r = 1", "r = 8"),),
    (("WikiSQL", "Wq, Wv", "73.4", "73.8"), ("", "Wq, Wk, Wv", "74.1", "74.0")),
)
TEXTS = (HEADS, WIDTH, SETTINGS, RATES, "We set a budget of 18M. # of Trainable Parameters = 18M")
OTHER = Table("Table 9", "Table 9: Baselines.", 9, (("Method", "# Trainable Parameters"),), (("Adapter", "11M"),))
BLOCKS = tuple(Block("text", text, page, BOX) for page, text in enumerate(TEXTS, start=1))
DOCUMENT = Document("T", (), "", BLOCKS, (), (), (TABLE, OTHER), (), (), pages=9)
PAPER = sourced.grounds(Source("pdf", "T", (), DOCUMENT, sha256="x"))


def doubted(text, quote="", **more):
    part = reply(results=[Claim(text=text, quote=quote, cells=())], **more)
    return [doubt.message for doubt in tracing.outcome(part, PAPER.numbers, PAPER.quotes).doubts]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("每个头的维度是 512 / 8 = 64", HEADS),
        ("先从 512 升到 2048，即 4 倍", WIDTH),
        ("胜率 61%，对手 57%，高约 4 个百分点", RATES),
        ("训练了 3.5 天，即 84 小时", RATES),
        ("默认 $\\beta = 0.1$，摘要上用 $\\beta = 0.5$", "By default we use a β = 0.1 and a batch size of 64 here"),
        ("预算是 1800 万参数", ""),
    ],
)
def test_what_a_sentence_works_out_of_numbers_of_the_paper_is_not_doubted(text, quote):
    assert doubted(text, quote) == []


@pytest.mark.parametrize(
    ("text", "quote", "wrong"),
    [
        ("每个头的维度是 512 / 8 = 46", HEADS, "46"),
        ("先从 512 升到 2048，即 5 倍", WIDTH, "5 倍"),
        ("胜率 61%，对手 57%，高约 6 个百分点", RATES, "6 个百分点"),
        ("训练了 3.5 天，即 48 小时", RATES, "48"),
    ],
)
def test_what_is_worked_out_wrong_is_doubted(text, quote, wrong):
    assert any(f'"{wrong}"' in message for message in doubted(text, quote))


def test_a_difference_needs_a_word_that_says_so_and_keeps_its_sign():
    def follows(text, nth):
        found = numbers(text)
        return is_reckoned(found[nth], text, [one for one in found if one is not found[nth]], "")

    assert follows("从 61 到 57，降低 4", 2)
    assert not follows("从 61 到 57，用了 4 张卡", 2)
    assert not follows("从 61 到 57，变化 -4", 2)


def test_a_division_is_worked_out_only_where_its_outcome_is_right():
    assert works_out(numbers("512 / 8 = 64")[0], "512 / 8 = 64")
    assert not works_out(numbers("512 / 8 = 46")[0], "512 / 8 = 46")
    assert not works_out(numbers("1/4 的成本")[0], "1/4 的成本")


def test_two_numbers_of_one_value_are_looked_up_each_by_its_own_digits():
    assert doubted("512/8 就是 64", f"{HEADS}") == doubted("512/8 就是它", f"{HEADS}")


def test_a_row_may_be_called_by_its_second_cell_alone():
    def row(setting, value):
        return AblationRow(
            component="秩 1", table="Table 6", setting=setting, metric="r = 1", value=value, baseline=True
        )

    assert doubted("结果如表", rows=[row("Wq, Wv", "73.4")]) == []
    assert "74.1" in doubted("结果如表", rows=[row("Wq, Wv", "74.1")])[0]

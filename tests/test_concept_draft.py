"""The draft engine for concepts: what the lab says already, where it says it, and nothing else."""

from types import SimpleNamespace

import pytest
from real_git import run_git
from shelf import put, with_blip2

from agents import concept
from agents.lab.new import create
from agents.note.concept import ConceptNote
from agents.note.markdown import parse, render

ATTENTION = r"""# 注意力机制（Attention）

注意力是指按相关度对 value 加权求和。它不只用在文本里。

$$
\mathrm{Attn} = \mathrm{softmax}(QK^\top) V
$$

## 为什么重要

没有注意力，RNN 要把整句压进一个向量。[外链](https://example.com) 讲过 <b>attention</b>。

## 例子

attention 的权重是 0.7 与 0.3。

## 常见误区

- 把 attention 权重当成解释。

```python
attention = 1  # 代码里的不算
```
"""


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    """A lab with a paper note and a note by hand, and no key."""
    lab = create(tmp_path / "lab", identity=("A Reader", "reader@example.com"))
    with_blip2(lab)
    put(lab, {"notes/fundamentals/attention-by-hand.md": ATTENTION})

    def run(*args):
        code = concept.main([*args, "--lab", str(lab.root)])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out.strip(), err=said.err)

    def note(path):
        return parse((lab.root / path).read_text(encoding="utf-8"), ConceptNote)

    return SimpleNamespace(run=run, lab=lab, note=note)


def test_sentences_that_name_the_topic_stand_in_the_section_that_they_fit_each_with_its_note(world):
    done = world.run("什么是 attention")
    assert done.code == 0, done.err
    assert "the draft engine writes" in done.err
    note = world.note(done.out)
    where = "（《注意力机制（Attention）》的“{}”）"
    assert note.example == f"- attention 的权重是 0.7 与 0.3。{where.format('例子')}"
    assert note.mistakes == (f"把 attention 权重当成解释。{where.format('常见误区')}",)
    assert r"\[外链\](`https://example.com`" in note.intuition.importance
    assert r"\<b>attention\</b>" in note.intuition.importance
    assert "attention = 1" not in render(note)
    assert (note.engine, note.model) == ("draft", "")
    assert run_git(world.lab.root, "status", "--porcelain") == ""


def test_every_excerpt_is_a_link_to_its_note_that_names_the_section(world):
    note = world.note(world.run("Q-Former").out)
    assert note.related and {link.relation for link in note.related} == {"mentions"}
    assert all((world.lab.root / link.path).is_file() for link in note.related)
    assert all("一节：" in link.reason for link in note.related)
    assert note.checks["links"] == (len(note.related), len(note.related))
    assert f"{len(note.related)} 处，按“q former”查找" in note.provenance[0]
    assert len(note.related) == 5  # of one note at most


def test_the_diagram_shows_who_mentions_it(world):
    note = world.note(world.run("cross-attention").out)
    assert [(node.id, node.label) for node in note.diagram.nodes] == [("topic", "cross-attention"), ("n1", "BLIP-2")]
    assert [(edge.source, edge.target, edge.label) for edge in note.diagram.edges] == [("n1", "topic", "1 处提及")]


def test_a_formula_that_a_person_displayed_is_taken_over_with_its_place(world):
    note = world.note(world.run("softmax").out)
    (formula,) = note.definition.formulas.items
    assert formula.tex == r"\mathrm{Attn} = \mathrm{softmax}(QK^\top) V"
    assert "摘自《注意力机制" in formula.meaning


def test_a_formula_of_a_paper_note_keeps_its_symbols_and_its_place_in_words(world):
    text = (world.lab.root / "papers/blip-2.md").read_text(encoding="utf-8")
    printed = "**公式** Eq. (3)，p. 4：InfoNCE 对比损失。\n\n$$\nL = -\\log p\n$$\n\n| 符号 | 含义 |\n| --- | --- |\n| $p$ | 概率 |"
    put(
        world.lab,
        {"papers/blip-2.md": text.replace("原文没有编号公式，训练目标（ITC、ITM、ITG）用文字描述。", printed)},
    )
    (formula,) = world.note(world.run("InfoNCE").out).definition.formulas.items
    assert (
        formula.meaning
        == "InfoNCE 对比损失。（摘自《BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language Models》的“关键公式” Eq. (3) p. 4）"
    )
    assert [symbol.symbol for symbol in formula.symbols] == ["p"]


def test_what_the_lab_does_not_say_is_said_to_be_missing(world):
    note = world.note(world.run("ITG").out)
    assert note.example == "本 lab 的笔记里没有认出举例说明它的句子。"
    assert note.mistakes == ("本 lab 的笔记里没有认出提到它的误区的句子。",)
    assert note.definition.formulas.none == "本 lab 的笔记里没有认出与它有关的公式。"
    assert note.interview.startswith("draft 引擎只摘录本 lab 的笔记，不写这一节")


@pytest.mark.parametrize("topic", ["量子引力中的模型", "Mamba", "作用", "europe"])
def test_a_topic_that_no_note_mentions_is_66_and_nothing_is_written(world, topic):
    before = run_git(world.lab.root, "rev-parse", "HEAD")
    done = world.run(topic)
    assert done.code == 66
    assert "no note of this lab mentions" in done.err
    assert (run_git(world.lab.root, "rev-parse", "HEAD"), run_git(world.lab.root, "status", "--porcelain")) == (
        before,
        "",
    )


def test_an_empty_lab_says_nothing_about_anything(tmp_path, capsys):
    lab = create(tmp_path / "empty", identity=("A Reader", "reader@example.com"))
    assert concept.main(["attention", "--lab", str(lab.root)]) == 66


def test_a_draft_is_no_source_of_another_draft_and_logs_are_none_either(world):
    put(
        world.lab,
        {"weekly-log/2026-W48.md": "# W48\n\nRoPE 没看懂。\n", "notes/reviews/2026-11-23.md": "# 复习\n\nRoPE。\n"},
    )
    assert world.run("RoPE").code == 66
    first = world.note(world.run("Q-Former").out)
    second = world.note(world.run("ITG").out)
    assert {link.path for link in (*first.related, *second.related)} == {"papers/blip-2.md"}


def test_a_longer_wording_does_not_make_a_second_draft(world):
    path = world.run("Q-Former").out
    again = world.run("Q-Former 的作用")
    assert (again.code, again.out) == (0, path)
    assert "already done" in again.err


def test_the_area_is_that_of_the_notes_that_mention_it_or_the_person_s(world):
    put(world.lab, {"notes/training/lora.md": "# LoRA\n\nDoRA 是它的改进。\n"})
    assert world.run("DoRA").out == "notes/training/dora.md"
    assert world.run("Q-Former", "--area", "applications").out == "notes/applications/q-former.md"


def test_a_second_run_changes_nothing_and_strict_has_nothing_to_refuse(world):
    assert world.run("ITG", "--strict").code == 0
    before = run_git(world.lab.root, "rev-parse", "HEAD")
    assert "already done" in world.run("ITG").err
    assert run_git(world.lab.root, "rev-parse", "HEAD") == before

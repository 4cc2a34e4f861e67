"""Which passages of the lab matter for a topic: what is looked for, how it is ranked, where it is cut."""

import time

import pytest

from agents.lab.inventory import note
from agents.lab.passages import notes_by_rank, passages, ranked, within
from agents.lab.topic import mentions, subjects, terms

FLAMINGO = note("papers/flamingo.md", "---\nkind: paper\ntitle: Flamingo\n---\n\n# Flamingo\n\n## 方法 <!-- field: method -->\n\n把 cross-attention 插进冻结的 LLM。\n\n## 溯源 <!-- field: provenance -->\n\n- cross-attention cross-attention\n")  # fmt: skip
LORA = note("notes/training/lora.md", "# LoRA\n\n低秩适配，只训练两个小矩阵。\n\n## 例子\n\n秩取 8。\n")
CLIP = note("notes/vision-language/clip.md", "# CLIP\n\n图文对比学习。\n\n```mermaid\ngraph TD\n    a[cross-attention]\n```\n\n```python\n# 不是标题\nx = 1\n```\n")  # fmt: skip
ALL = [CLIP, FLAMINGO, LORA]


def test_a_topic_is_words_and_pairs_of_chinese_characters_without_what_only_joins_them():
    assert terms("Cross-Attention 在多模态中的作用") == ["cross", "attention", "多模", "模态", "态中", "作用"]
    assert terms("The Role of ＫＶ Cache, the KV cache") == ["role", "kv", "cache"]
    assert terms("熵") == ["熵"]
    assert terms("🎉 的") == []


def test_a_passage_is_a_section_with_its_heading_and_without_anchors_diagrams_and_receipts():
    assert [(p.heading, p.text, p.anchor) for p in passages(FLAMINGO)] == [
        ("方法", "把 cross-attention 插进冻结的 LLM。", "method")
    ]
    assert [p.heading for p in passages(LORA)] == ["LoRA", "例子"]
    (clip,) = passages(CLIP)
    assert "mermaid" not in clip.text and "# 不是标题" in clip.text


def test_what_holds_the_topic_s_rare_terms_comes_first_and_what_holds_none_is_left_out():
    found = ranked("Cross-Attention 的作用", ALL)
    assert [passage.path for _, passage in found] == ["papers/flamingo.md"]
    assert [entry.path for entry in notes_by_rank(ALL, found)] == [FLAMINGO.path, LORA.path, CLIP.path]


def test_words_are_whole_words_and_a_term_that_every_note_holds_counts_less():
    entries = [
        note("papers/a.md", "# A\n\nattention attention attention\n"),
        note("papers/b.md", "# B\n\nattention 与 rope\n"),
        note("papers/c.md", "# C\n\nattention, europe\n"),
    ]
    assert next(passage.path for _, passage in ranked("RoPE attention", entries)) == "papers/b.md"
    assert [passage.path for _, passage in ranked("rope", entries)] == ["papers/b.md"]


def test_a_long_section_gains_nothing_by_its_length():
    short = note("papers/z.md", "# Z\n\n对比学习。\n")
    long = note("papers/a.md", "# A\n\n对比学习。" + "别的话。" * 500 + "\n")
    assert [passage.path for _, passage in ranked("对比学习", [long, short])] == ["papers/z.md", "papers/a.md"]


def test_an_empty_lab_and_a_topic_without_terms_find_nothing():
    assert ranked("对比学习", []) == []
    assert ranked("🎉", ALL) == []


def test_what_is_chosen_fits_into_its_bounds_and_no_note_crowds_out_the_others():
    many = [note(f"papers/{n}.md", "".join(f"## s{m}\n\n注意力{'长' * 900}\n\n" for m in range(9))) for n in range(9)]
    chosen = within(ranked("注意力", many), most=5000, longest=500, of_a_note=2)
    assert len(chosen) == 9
    assert sum(len(passage.text) for passage in chosen) <= 5000
    assert all(len(passage.text) == 501 and passage.text.endswith("…") for passage in chosen)
    assert max(sum(p.path == f"papers/{n}.md" for p in chosen) for n in range(9)) == 2


def test_two_thousand_notes_are_ranked_in_seconds():
    entries = [
        note(f"papers/{n}.md", f"# N{n}\n\n" + "## 方法\n\n把特征交给注意力机制处理。\n\n" * 16) for n in range(2000)
    ]
    started = time.process_time()
    assert len(ranked("注意力机制 cross-attention", entries)) == 32_000
    assert time.process_time() - started < 10  # measured: 1.5 s


@pytest.mark.parametrize(
    ("topic", "phrases"),
    [
        ("Cross-Attention 在多模态模型中的作用", ("cross attention",)),
        ("KV Cache 与 Flash Attention 的区别", ("kv cache", "flash attention")),
        ("什么是对比学习", ("对比学习",)),
        ("从零理解 Transformer", ("transformer",)),
        ("视觉编码器与语言模型的对齐", ("视觉编码器",)),
        ("the role of cross-attention in multimodal models", ("cross attention",)),
        ("GPT-4V", ("gpt 4v",)),
        ("作用", ()),
    ],
)
def test_the_subject_of_a_topic_is_its_term_of_art(topic, phrases):
    assert subjects(topic) == phrases


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("用 Cross-Attention 取特征", ("cross attention",), True),
        ("用cross attention层", ("cross attention",), True),
        ("two CrossAttentions", ("cross attention",), True),
        ("cross the street, attention", ("cross attention",), False),
        ("crossattentional", ("cross attention",), False),
        ("europe", ("rope",), False),
        ("交叉注意力很好", ("交叉注意力机制",), True),
        ("注意力很好", ("交叉注意力机制",), False),
        ("任何话", (), False),
    ],
)
def test_a_mention_is_the_phrase_however_it_is_written(text, phrases, found):
    assert mentions(text, phrases) is found

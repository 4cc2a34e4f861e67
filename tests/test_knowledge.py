"""The computed graph, on hand-made labs of which every edge is known."""

import random
import time

import pytest
from small_lab import BLIP_2, CONTRASTIVE, CROSS, LLAVA, SELF, notes

from agents.lab.inventory import Entry, note
from agents.lab.knowledge import graph, label, title, within


def entry(path, text="", *, title="", kind="concept", tags=(), aliases=(), **front):
    return Entry(path, kind, title or path.rpartition("/")[2].removesuffix(".md"), tags, aliases, front, text)


def edges(*entries):
    return [(edge.source, edge.target, edge.tie) for edge in graph(entries).edges]


def pairs(*entries):
    """Without the folder and ending: "a -> b"."""
    return [f"{_stem(s)} {tie} {_stem(t)}" for s, t, tie in edges(*entries)]


def _stem(path):
    return path.rpartition("/")[2].removesuffix(".md")


class TestTheSmallLab:
    def test_has_exactly_the_edges_that_its_notes_state(self):
        made = graph(note(path, text) for path, text in notes().items())
        assert [(edge.source, edge.target, edge.tie) for edge in made.edges] == [
            (SELF, CROSS, "dependence"),
            (BLIP_2, LLAVA, "evolution"),
            (CROSS, BLIP_2, "application"),
            (CONTRASTIVE, BLIP_2, "concept"),
            (CONTRASTIVE, LLAVA, "concept"),
        ]

    def test_ranks_what_is_connected_best_first(self):
        made = graph(note(path, text) for path, text in notes().items())
        assert made.ranked[:2] == (CROSS, BLIP_2) or made.ranked[:2] == (BLIP_2, CROSS)
        assert made.degrees[BLIP_2] == 3

    def test_knows_papers_by_their_short_names(self):
        made = graph(note(path, text) for path, text in notes().items())
        assert [label(made.notes[path]) for path in (BLIP_2, LLAVA, SELF)] == ["BLIP-2", "LLaVA", "Self-Attention"]
        assert title(made.notes[LLAVA]) == "Visual Instruction Tuning"


RELATED = "## 与已有笔记的关联 <!-- field: related -->\n\n"
COMPARED = "### 横向对比 <!-- field: assessment.comparison -->\n\n"


class TestWhatNotesSay:
    @pytest.mark.parametrize(
        ("relation", "expected"),
        [
            ("前置", "b dependence a"),
            ("演进", "b evolution a"),
            ("应用", "a application b"),
            ("对比", "b contrast a"),
            ("提及", "a link b"),
        ],
    )
    def test_each_relation_of_a_concept_is_an_edge_of_its_kind(self, relation, expected):
        a = entry("notes/training/a.md", f"{RELATED}- [乙](../fundamentals/b.md)（{relation}）：因为如此。\n")
        assert pairs(a, entry("notes/fundamentals/b.md")) == [expected]

    def test_a_relation_that_a_person_broke_is_still_a_link(self):
        a = entry("notes/training/a.md", f"{RELATED}随手写的：见 [乙](../fundamentals/b.md)\n")
        assert pairs(a, entry("notes/fundamentals/b.md")) == ["a link b"]

    def test_two_papers_compared_are_an_evolution_from_the_older_one(self):
        old = entry("papers/old.md", f"{COMPARED}- [new](new.md)：不同。\n", kind="paper", published="2021-01-01")
        new = entry("papers/new.md", kind="paper", published="2023-05-05")
        assert pairs(old, new) == ["old evolution new"]

    def test_ids_tell_the_month_where_no_day_is_known(self):
        new = entry("papers/new.md", f"{COMPARED}- [old](old.md)：不同。\n", kind="paper", arxiv="2304.08485")
        old = entry("papers/old.md", kind="paper", arxiv="2301.12597")
        assert pairs(new, old) == ["old evolution new"]

    @pytest.mark.parametrize("dates", [("", ""), ("2023-04-17", "2023-04-17"), ("2023-04-17", "")])
    def test_where_nobody_knows_which_came_first_it_is_a_contrast(self, dates):
        a = entry("papers/a.md", f"{COMPARED}- [b](b.md)：不同。\n", kind="paper", published=dates[0])
        assert pairs(a, entry("papers/b.md", kind="paper", published=dates[1])) == ["a contrast b"]

    def test_an_arxiv_id_anywhere_in_the_text_is_a_citation(self):
        a = entry("papers/a.md", "见 arXiv:2301.12597v3 与 hep-th/9901001。", kind="paper")
        known = [
            entry("papers/b.md", kind="paper", arxiv="2301.12597"),
            entry("papers/c.md", kind="paper", arxiv="hep-th/9901001"),
        ]
        assert pairs(a, *known) == ["a citation b", "a citation c"]

    def test_an_id_within_a_longer_number_is_none(self):
        a = entry("papers/a.md", "数字 12301.12597 与 2301.125978", kind="paper")
        assert pairs(a, entry("papers/b.md", kind="paper", arxiv="2301.12597")) == []

    def test_a_whole_title_in_the_text_is_a_citation(self):
        a = entry("papers/a.md", "1. **Attention Is All You Need**\n   - 理由：基础。", kind="paper")
        assert pairs(a, entry("papers/b.md", kind="paper", title="Attention Is All You Need")) == ["a citation b"]


class TestLinks:
    @pytest.mark.parametrize(
        "written",
        [
            "[b](b.md)",
            "[b](b.md#方法)",
            "[b](./b.md?plain=1)",
            "[b](../../notes/training/b.md)",
            "[b](/notes/training/b.md)",
            '[b](b.md "a title")',
            "[b](<b.md>)",
            "[b](b)",
            "[a \\] b](b.md)",
            "![[b]]",
            "[[b]]",
            "[[b#方法|乙]]",
            "[[notes/training/b]]",
            "[[B]]",
            "[x][1]\n\n[1]: b.md\n",
        ],
    )
    def test_leads_to_the_note_however_it_is_written(self, written):
        assert pairs(entry("notes/training/a.md", f"见 {written} 。"), entry("notes/training/b.md")) == ["a link b"]

    @pytest.mark.parametrize("written", ["[注](%E6%B3%A8%20%E6%84%8F.md)", "[注](<注 意.md>)", "[[注 意]]", "[[注意]]"])
    def test_chinese_and_percent_encoded_names_are_found(self, written):
        assert edges(entry("notes/a.md", written), entry("notes/注 意.md", title="z")) == [
            ("notes/a.md", "notes/注 意.md", "link")
        ]

    def test_a_name_that_the_disk_keeps_decomposed_is_the_same_name(self):
        assert len(edges(entry("notes/a.md", "[x](caf%C3%A9.md)"), entry("notes/cafe\u0301.md"))) == 1

    @pytest.mark.parametrize(
        "written",
        ["```\n[b](b.md)\n```", "[b](https://example.org/b.md)", "[b](nothing.md)", "[b](../../../b.md)", "[b](#b)", "[](mailto:b@b)", "[[nothing]]"],
    )  # fmt: skip
    def test_what_leads_nowhere_in_the_lab_is_no_edge(self, written):
        assert pairs(entry("notes/training/a.md", written), entry("notes/training/b.md", title="z")) == []

    def test_of_two_notes_of_one_name_a_wiki_link_means_the_one_beside_it(self):
        a = entry("notes/training/a.md", "[[same]]")
        assert edges(a, entry("notes/fundamentals/same.md"), entry("notes/training/same.md"))[0] == (
            "notes/training/a.md",
            "notes/training/same.md",
            "link",
        )

    def test_a_link_to_itself_is_no_edge(self):
        assert pairs(entry("notes/a.md", "[a](a.md)")) == []

    def test_a_link_says_nothing_beside_a_relation(self):
        a = entry("notes/training/a.md", f"先看 [b](b.md)。\n\n{RELATED}- [b](b.md)（前置）：因为。\n")
        assert pairs(a, entry("notes/training/b.md")) == ["b dependence a"]


class TestSharedConcepts:
    @pytest.mark.parametrize("name", ["对比学习", "KV Cache", "LoRA", "Q-Former", "CLIP 模型"])
    def test_a_name_in_another_note_s_text_ties_the_two(self, name):
        assert pairs(entry("notes/a.md", f"这里讲到{name}的用处。"), entry("notes/b.md", title=name)) == ["a concept b"]

    def test_each_spelling_of_a_title_with_brackets_counts(self):
        b = entry("notes/b.md", title="对比学习（Contrastive Learning）")
        assert pairs(entry("notes/a.md", "contrastive learning 是什么"), b) == ["a concept b"]
        assert pairs(entry("notes/a.md", "对比学习是什么"), b) == ["a concept b"]

    @pytest.mark.parametrize(
        ("name", "text"), [("KV", "KV 与 kv"), ("注", "注意"), ("LoRA", "QLoRA 与 Lorado"), ("42", "42"), ("🎉", "🎉")]
    )
    def test_names_too_short_or_within_other_words_tie_nothing(self, name, text):
        assert pairs(entry("notes/a.md", text), entry("notes/b.md", title=name)) == []

    def test_a_name_that_stands_everywhere_ties_nothing(self):
        many = [entry(f"notes/n{n}.md", "Transformer", title=f"第{n}号") for n in range(11)]
        assert [p for p in pairs(entry("notes/hub.md", title="Transformer"), *many) if "hub" in p] == []
        assert len([p for p in pairs(entry("notes/hub.md", title="Transformer"), *many[:10]) if "hub" in p]) == 10

    def test_a_rare_tag_ties_and_a_common_one_does_not(self):
        rare = [entry(f"notes/{n}.md", tags=("q-former",)) for n in "ab"]
        common = [entry(f"notes/{n}.md", tags=("vision",)) for n in "abcd"]
        assert pairs(*rare) == ["a concept b"]
        assert pairs(*common) == []

    def test_two_weak_tags_together_are_a_tie(self):
        four = [entry(f"notes/{n}.md", tags=("vision", "language")) for n in "abcd"]
        assert len(pairs(*four)) > 0

    def test_two_notes_of_the_same_title_both_count(self):
        same = [entry("notes/x/clip.md", title="CLIP"), entry("papers/clip.md", title="CLIP", kind="paper")]
        assert edges(entry("notes/a.md", "CLIP 用图文对"), *same) == [
            ("notes/a.md", "notes/x/clip.md", "concept"),
            ("notes/a.md", "papers/clip.md", "concept"),
        ]

    def test_the_basis_says_what_was_found(self):
        made = graph([entry("notes/a.md", "讲到 InfoNCE"), entry("notes/b.md", title="对比学习", aliases=("InfoNCE",))])
        assert made.edges[0].basis == "提到“InfoNCE”"


class TestNodes:
    def test_are_notes_and_papers_only(self):
        others = [
            entry("notes/reviews/2026-11-01.md", kind="review"), entry("notes/old-review.md", kind="review"), entry("weekly-log/2026-W48.md", kind="weekly"),
            entry("experiments/notebooks/a.ipynb", kind="experiment"),
        ]  # fmt: skip
        assert list(graph([*others, entry("notes/a.md")]).notes) == ["notes/a.md"]

    def test_a_path_that_cannot_be_printed_is_left_out(self):
        assert graph([entry("notes/a\nb.md"), entry("notes/\udcff.md"), entry(f"notes/{'x' * 300}.md")]).notes == {}

    def test_a_review_of_one_part_takes_what_it_touches_along(self):
        chain = [entry(f"notes/{n}.md", f"[next]({m}.md)") for n, m in ("ab", "bc", "cd", "dx")]
        part = within(graph(chain), {"notes/b.md"})
        assert sorted(map(_stem, part.notes)) == ["a", "b", "c"]
        assert [(edge.source, edge.target) for edge in part.edges] == [
            ("notes/a.md", "notes/b.md"),
            ("notes/b.md", "notes/c.md"),
        ]

    def test_of_equally_connected_notes_the_latest_comes_first(self):
        made = graph(
            [entry("notes/a.md", updated="2026-01-01"), entry("notes/b.md", updated="2026-03-01"), entry("notes/c.md")]
        )
        assert made.ranked == ("notes/b.md", "notes/a.md", "notes/c.md")

    def test_the_order_of_the_files_changes_nothing(self):
        made = [note(path, text) for path, text in notes().items()]
        expected = graph(made).edges
        random.Random(3).shuffle(made)
        assert graph(made).edges == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[" * 3000,
            "](" * 3000,
            "[[" * 3000,
            "```\n" * 999,
            "（" * 5000,
            "[a](" + "(" * 5000,
            "- [" + "\\" * 4000,
        ],
    )
    def test_no_text_takes_long(self, text):
        started = time.perf_counter()
        graph([entry("notes/a.md", f"{RELATED}{text}"), entry("notes/b.md", text)])
        assert time.perf_counter() - started < 2

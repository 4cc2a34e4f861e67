"""Weak spots, counted on hand-made labs: each with its numbers, and none where there is nothing to see."""

from datetime import date

import pytest

from agents.lab.inventory import Entry
from agents.lab.knowledge import graph
from agents.lab.reading_list import Row
from agents.lab.terms import unexplained
from agents.lab.weakness import Shelf, weaknesses

TODAY = date(2026, 11, 27)


def entry(path, text="", *, title="", kind="concept", tags=(), aliases=(), **front):
    return Entry(path, kind, title or path.rpartition("/")[2].removesuffix(".md"), tags, aliases, front, text)


def linked_pair(**front):
    """Two notes that are not isolated."""
    return entry("papers/a.md", "[b](b.md)", kind="paper", **front), entry("papers/b.md", kind="paper", title="第二篇")


def spots(entries, rows=(), today=TODAY):
    made = graph(entries)
    return {weak.key: weak for weak in weaknesses(made, Shelf.made(rows, made.notes), today)}


def row(title, stage="1", status="unread", link="", arxiv=""):
    return Row(title, arxiv, 2023, link, status, stage)


def test_a_lab_in_which_nothing_is_weak_has_no_weak_spots():
    assert spots(linked_pair(engine="claude"), [row("a", link="a.md", status="read")]) == {}


class TestStages:
    def test_with_few_notes_are_counted_together_and_the_first_paper_is_named(self):
        rows = [
            row("A", "2", link="a.md"),
            row("B", "2"),
            row("C", "2"),
            row("D", "2", arxiv="2103.00020"),
            row("E", "阶段五"),
        ]
        made = spots(linked_pair(), rows)["stages"]
        assert "阶段 2、5" in made.fact and "阶段 2 有 1/4 篇" in made.fact and "阶段 5 有 0/1 篇" in made.fact
        assert "《B》" in made.remedy
        assert [note.path for note in made.notes] == ["papers/a.md"]

    def test_a_third_with_notes_is_enough(self):
        assert "stages" not in spots(linked_pair(), [row("A", link="a.md"), row("B"), row("C")])

    def test_a_note_is_found_by_its_id_where_the_row_links_to_none(self):
        papers = linked_pair(arxiv="2301.12597")
        assert "stages" not in spots(papers, [row("A", arxiv="2301.12597")])
        assert "stages" in spots(papers, [row("A", arxiv="2301.00001")])

    def test_rows_without_a_stage_are_of_none(self):
        assert spots(linked_pair(), [row("A", ""), row("B", "？")]) == {}

    def test_what_is_left_unread_in_a_stage_that_is_half_read_is_named(self):
        rows = [row("A", "3", "read", "a.md"), row("B", "3", "unread", arxiv="2304.08485")]
        made = spots(linked_pair(), rows)["unread-3"]
        assert "2 篇里已读 1 篇，还有 1 篇未读：B。" in made.fact
        assert "agents.paper 2304.08485" in made.remedy
        rows = [row("A", "3", "reading", "a.md"), row("B", "3")]
        assert "unread-3" not in spots(linked_pair(), rows)


class TestTerms:
    def test_that_several_notes_use_and_none_explains_are_found(self):
        notes = [entry(f"notes/{n}.md", "这里用到 KV Cache 来加速。[x](a.md)") for n in "abc"]
        made = spots(notes)["term-kvcache"]
        assert "3 篇笔记提到它" in made.fact
        assert len(made.notes) == 3
        assert 'agents.concept "KV Cache"' in made.remedy

    def test_an_explained_one_is_none_by_title_alias_plural_or_part_of_a_name(self):
        using = [entry(f"notes/{n}.md", "用到 KV Cache 与 LoRA、RoPE、ABCs。") for n in "abc"]
        about = [
            entry("notes/k.md", title="KV Cache"), entry("notes/l.md", title="低秩适配（LoRA）"), entry("notes/r.md", title="位置编码", aliases=("RoPE",)),
            entry("notes/t.md", title="A B Cs: ABC"),
        ]  # fmt: skip
        assert [weak for weak in spots([*using, *about]) if weak.startswith("term")] == []

    def test_two_notes_are_enough_where_a_term_is_told_by_form_or_tag(self):
        told = [
            entry("notes/a.md", "对比学习（Contrastive Learning）是核心。"),
            entry("notes/b.md", tags=("contrastive-learning",)),
        ]
        assert [term.written for term in unexplained(_notes(told), _notes(told))] == ["Contrastive Learning"]
        seen = [entry("notes/a.md", "SigLIP 也行。"), entry("notes/b.md", "试试 SigLIP")]
        assert unexplained(_notes(seen), _notes(seen)) == []

    def test_what_stands_in_quotes_tables_code_math_and_receipts_is_not_the_note_s_own_word(self):
        borrowed = (
            "  - 原文 p. 3：“we use SomeThing here”\n| SomeThing | 1 |\n1. **SomeThing: a paper**\n```\nSomeThing\n```\n$SomeThing$ `SomeThing`\n"
            "   - 作者与年份：SomeThing，2021\n[x](SomeThing.md)\n## 溯源 <!-- field: provenance -->\n\n- SomeThing\n"
        )
        notes = _notes([entry(f"notes/{n}.md", borrowed) for n in "abcd"])
        assert unexplained(notes, notes) == []

    def test_a_folder_s_name_needs_no_note(self):
        notes = _notes([entry(f"notes/training/{n}.md", tags=("training",)) for n in "abcd"])
        assert unexplained(notes, notes) == []

    def test_a_term_that_is_a_paper_of_the_list_is_to_be_read(self):
        notes = [entry(f"notes/{n}.md", "CLIP 很常见。") for n in "abc"]
        made = spots(notes, [row("CLIP: Learning Things", "", arxiv="2103.00020")])["term-clip"]
        assert "阅读清单里" in made.remedy and "agents.paper 2103.00020" in made.remedy

    def test_a_tag_that_a_shell_would_read_otherwise_makes_no_command(self):
        notes = [entry(f"notes/{n}.md", tags=('a"; rm -rf $HOME `x`',)) for n in "ab"]
        (made,) = [weak for key, weak in spots(notes).items() if key.startswith("term")]
        assert "agents.concept" not in made.remedy


def _notes(entries):
    return {entry.path: entry for entry in entries}


class TestReading:
    @pytest.mark.parametrize(
        ("updated", "stale"),
        [("2026-11-12", True), ("2026-11-13", False), ("2027-01-01", False), ("bad", False), ("", False)],
    )
    def test_takes_too_long_after_two_weeks(self, updated, stale):
        papers = linked_pair(status="reading", updated=updated, arxiv="2301.12597")
        assert ("stale" in spots(papers)) == stale

    def test_names_the_oldest_with_its_days_and_its_command(self):
        papers = linked_pair(status="reading", updated="2026-11-02", arxiv="2301.12597")
        made = spots(papers)["stale"]
        assert "最久的 25 天" in made.fact and "agents.paper 2301.12597 --status read" in made.remedy

    def test_the_row_wins_over_the_front_matter(self):
        papers = linked_pair(status="reading", updated="2026-01-01")
        assert "stale" not in spots(papers, [row("A", "", "read", "a.md")])
        assert "stale" in spots(papers, [row("A", "", "reading", "a.md")])


class TestNotes:
    def test_marks_are_counted_but_not_those_that_the_receipt_speaks_of(self):
        text = "  - ⚠ 原文未找到：“x”\n  - ⚠ 原文未找到：“y”\n## 溯源 <!-- field: provenance -->\n- 其余 2 句标了 ⚠。\n[b](b.md)"
        made = spots([entry("papers/a.md", text, kind="paper"), entry("papers/b.md", title="第二篇")])["marks"]
        assert "1 篇笔记里共有 2 处" in made.fact

    def test_drafts_are_named(self):
        assert "1 篇笔记由 draft 引擎" in spots(linked_pair(engine="draft"))["drafts"].fact

    def test_isolated_ones_are_named_a_few_and_the_rest_counted(self):
        made = spots([entry(f"notes/n{n}.md", title=f"第{n}篇") for n in range(10, 30)])["isolated"]
        assert "20 篇笔记" in made.fact
        assert (len(made.notes), made.more) == (8, 12)

    def test_one_note_alone_is_isolated(self):
        assert list(spots([entry("notes/a.md")])) == ["isolated"]

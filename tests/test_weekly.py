"""The weekly agent as a person runs it: what is left on disk and in git, and how often Claude was asked."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from changes import hook, in_head, tree
from fakes.claude_server import ClaudeServer, good, refused
from real_git import run_git
from record import DAY, REPLIES
from weeks import CONCEPT, INBOX, READING_LIST, change_list, commit, week_48, write

from agents import weekly
from agents.errors import DiskError
from agents.lab import progress
from agents.lab import write as disk_writer
from agents.lab.new import create
from agents.lab.reading_list import listing
from agents.note.markdown import parse, render
from agents.note.weekly import WeeklyNote
from agents.recipes import run as clock

LOG, BOX = "weekly-log/2026-W48.md", "weekly-log/inbox.md"
NOTE = "notes/training/dpo.md"


def answer(problems=1, insight="冻结两端之后，接口决定了能取到什么"):
    reply = json.loads((REPLIES / "weekly.json").read_text(encoding="utf-8"))
    reply["insights"][0] = insight
    reply["ways"] = [{"problem": n, "steps": [f"第 {n} 个问题：先查定义"]} for n in range(1, problems + 1)]
    return good(json.dumps(reply, ensure_ascii=False))


@pytest.fixture
def lab(tmp_path):
    """A new lab, but with a reading list and a README of this file's own."""
    made = create(tmp_path / "lab", identity=("A Reader", "reader@example.com"))
    write(made, READING_LIST, f"# 论文阅读清单\n\n{listing()}")
    write(made, "README.md", "# 我的 lab\n")
    run_git(made.root, "commit", "-q", "-a", "-m", "mine")
    return made


@pytest.fixture
def world(lab, monkeypatch, capsys):
    """Claude on loopback, the clock on a Friday; `run` is the command line."""
    with ClaudeServer([answer()], model="claude-sonnet-5-5") as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        monkeypatch.setattr(clock, "today", lambda: DAY)

        def run(*args):
            code = weekly.main([*args, "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        def at(day):
            monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(day))

        yield SimpleNamespace(
            run=run, claude=claude, lab=lab, at=at, text=lambda path=LOG: (lab.root / path).read_text(encoding="utf-8")
        )


@pytest.fixture
def filled(world):
    week_48(world.lab)
    return world


def note(world, path=LOG):
    return parse(world.text(path), WeeklyNote)


def edit(world, before, after, path=LOG):
    text = world.text(path)
    assert before in text
    (world.lab.root / path).write_text(text.replace(before, after, 1), encoding="utf-8")


def count(git):
    return int(git("rev-list", "--count", "HEAD"))


def test_one_command_leaves_the_log_and_an_emptied_inbox_in_one_commit(filled, git):
    before = count(git)
    done = filled.run()
    assert (done.code, done.out) == (0, f"{LOG}\n")
    assert (count(git), sorted(in_head(git))) == (before + 1, [LOG, BOX])
    assert git("log", "-1", "--format=%s") == "weekly: 2026-W48 学习周记\n"
    assert git("show", f"HEAD:{BOX}") == filled.text(BOX) == "# 收件箱\n\n"
    assert git("status", "--porcelain") == ""
    assert len(filled.claude.requests) == 1
    log = note(filled)
    assert (log.done, log.stuck) == (("推了一遍 InfoNCE 的损失",), ("Q-Former 为什么要分两个阶段训练",))
    assert (log.engine, log.checks) == (
        "claude",
        {"schema": (1, 1), "distilled": (3, 3), "katex": (3, 3), "language": (13, 13)},
    )
    assert "合计：6.5 小时" in filled.text()
    assert "范围：2026-11-23（周一）至 2026-11-29（周日）" in filled.text()


def test_every_link_of_a_log_leads_to_a_file(filled):
    filled.run()
    links = re.findall(r"\]\((\.\./[^)]+)\)", filled.text())
    assert len(links) == 3
    assert all((filled.lab.root / "weekly-log" / link).is_file() for link in links)


def test_claude_gets_the_facts_the_problems_and_the_notes_themselves(filled):
    write(filled.lab, "weekly-log/2026-W46.md", "不是程序写的\n")
    filled.run("--stuck", "KL 项 & 系数")
    source, prompt = (block["text"] for block in filled.claude.requests[0].body["messages"][0]["content"])
    assert "- 论文：BLIP-2: Bootstrapping Language-Image Pre-training（新增，⬜ 未读 → 📖 在读）" in prompt
    assert "1. KL 项 & 系数\n2. Q-Former 为什么要分两个阶段训练" in prompt
    assert "- ⬜ Visual Instruction Tuning" in prompt and "Attention Is All You Need" in prompt
    assert "输出的长度由 query 决定" in source and "logits = image @ text.T" in source
    assert "{{" not in prompt and "](" not in prompt


def test_the_plan_of_the_week_before_is_told(world):
    write(world.lab, NOTE, "# DPO\n")
    commit(world.lab.root, "2026-11-18")
    write(world.lab, NOTE, "# DPO\n\nmore\n")
    commit(world.lab.root, "2026-11-24")
    world.claude.script = [answer(0)]
    assert world.run("--week", "2026-W47").code == 0
    edit(world, "- [ ] 推导", "- [x] 推导", "weekly-log/2026-W47.md")
    assert world.run().code == 0
    prompts = [request.body["messages"][0]["content"][-1]["text"] for request in world.claude.requests]
    assert "- [x] 推导 InfoNCE" in prompts[1] and "推导 InfoNCE" not in prompts[0]


class TestAgain:
    def test_nothing_new_is_nothing_asked_and_nothing_committed(self, filled, git):
        filled.run()
        state = count(git), filled.text()
        for args in ((), ("--catch-up",), ("--done", "推了一遍 InfoNCE 的损失"), ("--engine", "draft")):
            filled.at("2026-11-28")
            again = filled.run(*args)
            assert (again.code, again.out) == (0, f"{LOG}\n")
            assert "already done" in again.err
        assert (count(git), filled.text()) == state
        assert len(filled.claude.requests) == 1

    def test_what_was_said_earlier_in_the_week_stays(self, filled):
        filled.run()
        filled.claude.script = [answer(2)]
        filled.run("--done", "读了 DPO", "--stuck", "KL 系数怎么选")
        log = note(filled)
        assert log.done == ("推了一遍 InfoNCE 的损失", "读了 DPO")
        assert [(p.text, p.steps) for p in log.problems] == [
            ("Q-Former 为什么要分两个阶段训练", ("第 1 个问题：先查定义",)),
            ("KL 系数怎么选", ("第 2 个问题：先查定义",)),
        ]
        assert len(filled.claude.requests) == 2

    def test_new_facts_refresh_what_nobody_has_edited_and_keep_the_rest_byte_for_byte(self, filled, git):
        filled.run()
        edit(filled, "- 冻结两端之后", "* 我自己的总结：  冻结两端之后")  # no longer as the schema has it
        edit(filled, "- [ ] 推导 InfoNCE", "- [x] 推导 InfoNCE")
        (filled.lab.root / LOG).write_text(filled.text() + "我的批注，没有换行", encoding="utf-8")
        commit(filled.lab.root, "2026-11-27", "mine")
        kept = section(filled.text(), "insights"), section(filled.text(), "plan")
        write(filled.lab, NOTE, "# DPO\n")
        commit(filled.lab.root, "2026-11-27")
        done = filled.run()
        assert done.code == 0, done.err
        assert "kept as you edited them: 关键收获、下周计划" in done.err
        assert (section(filled.text(), "insights"), section(filled.text(), "plan")) == kept
        assert filled.text().endswith("我的批注，没有换行")
        assert "[DPO](../notes/training/dpo.md)（新增）" in filled.text()
        assert git("status", "--porcelain") == ""
        assert "我自己的总结" in filled.claude.requests[1].body["messages"][0]["content"][-1]["text"]
        assert "already done" in filled.run().err
        assert render(note(filled)) == filled.text()

    def test_an_edited_list_still_remembers_what_was_said(self, filled):
        filled.run()
        edit(filled, "- 自述：推了一遍 InfoNCE 的损失", "- 推导了 InfoNCE（我改的）")
        commit(filled.lab.root, "2026-11-27", "mine")
        done = filled.run("--done", "读了 DPO")
        assert note(filled).done == ("推了一遍 InfoNCE 的损失", "读了 DPO")
        assert "读了 DPO" not in section(filled.text(), "finished")
        assert "front matter" in done.err

    def test_a_section_that_was_taken_out_stays_out(self, filled):
        filled.run()
        text = filled.text()
        (filled.lab.root / LOG).write_text(text.replace(section(text, "gaps"), ""), encoding="utf-8")
        commit(filled.lab.root, "2026-11-27", "mine")
        assert filled.run("--done", "x").code == 0
        assert "知识盲区" not in filled.text()

    def test_edits_that_are_not_committed_stay_uncommitted_with_our_part_and_the_inbox(self, filled, git):
        filled.run()
        edit(filled, "- 冻结两端之后", "- 我改过：冻结两端之后")
        write(filled.lab, BOX, "- 读了 DPO\n")
        before = count(git)
        done = filled.run()
        assert done.code == 0, done.err
        assert f"{LOG} has uncommitted changes of yours" in done.err
        assert count(git) == before and "我改过" in filled.text() and "自述：读了 DPO" in filled.text()
        assert git("status", "--porcelain") == f" M {LOG}\n M {BOX}\n"

    def test_what_the_person_writes_into_the_log_while_claude_writes_stays(self, filled):
        filled.run("--no-commit")

        def meanwhile(reply):
            edit(filled, "- 冻结两端之后", "- 就在这时我改了：冻结两端之后")
            answer()(reply)

        filled.claude.script = [meanwhile]
        assert filled.run("--done", "读了 DPO").code == 0
        assert "就在这时我改了" in filled.text() and "自述：读了 DPO" in filled.text()

    def test_force_asks_anew_and_keeps_what_was_edited(self, filled):
        filled.run()
        edit(filled, "合计：6.5 小时", "合计：很多小时")
        commit(filled.lab.root, "2026-11-27", "mine")
        filled.claude.script = [answer(insight="完全不同的一条")]
        assert filled.run("--force").code == 0
        assert len(filled.claude.requests) == 2
        assert "合计：很多小时" in filled.text() and "完全不同的一条" in filled.text()

    def test_a_renamed_note_mends_its_link_for_nothing(self, filled, git):
        filled.run()
        git("mv", "notes/multimodal-arch/cross-attention.md", "notes/fundamentals/cross-attention.md")
        commit(filled.lab.root, "2026-11-27")
        before = section(filled.text(), "insights")
        assert filled.run().code == 0
        assert "(../notes/fundamentals/cross-attention.md)（新增）" in filled.text()
        assert section(filled.text(), "insights") == before
        assert (note(filled).engine, len(filled.claude.requests)) == ("claude", 1)
        assert "already done" in filled.run().err

    def test_a_page_that_is_no_log_of_ours_is_neither_kept_nor_overwritten(self, filled):
        write(filled.lab, LOG, "# 我手写的周记\n")
        before = tree(filled.lab.root)
        for args in ((), ("--force",), ("--catch-up",)):
            assert filled.run(*args).code == 73
        (filled.lab.root / LOG).write_bytes(b"---\n\xff")
        assert filled.run().code == 65
        write(filled.lab, LOG, "# 我手写的周记\n")
        assert (tree(filled.lab.root), filled.claude.requests) == (before, [])

    def test_a_run_that_could_not_commit_is_finished_by_the_next(self, filled, git):
        hook(filled.lab, "pre-commit", "exit 1")
        assert filled.run().code == 3
        (filled.lab.root / ".git/hooks/pre-commit").unlink()
        assert filled.run().code == 0
        assert sorted(in_head(git)) == [LOG, BOX]
        assert (git("status", "--porcelain"), len(filled.claude.requests)) == ("", 1)

    def test_lines_that_are_in_the_log_already_leave_the_inbox(self, filled, git):
        """A run was killed after it wrote the log and before it wrote the inbox."""
        filled.run("--no-commit")
        write(filled.lab, BOX, INBOX)
        assert filled.run().code == 0
        assert filled.text(BOX) == "# 收件箱\n\n"
        assert sorted(in_head(git)) == [LOG, BOX]
        assert (git("status", "--porcelain"), len(filled.claude.requests)) == ("", 1)


def section(text, anchor):
    start = text.rindex("\n", 0, text.index(f"<!-- field: {anchor} -->")) + 1
    return text[start : text.index("\n## ", start) + 1]


class TestTheInbox:
    def test_a_line_that_comes_while_claude_writes_stays_and_is_used_next_time(self, filled, git):
        def meanwhile(reply):
            with (filled.lab.root / BOX).open("a", encoding="utf-8") as file:
                file.write("- 刚刚想到的\n")
            answer()(reply)

        filled.claude.script = [meanwhile, answer()]
        assert filled.run().code == 0
        assert filled.text(BOX) == git("show", f"HEAD:{BOX}") == "# 收件箱\n\n- 刚刚想到的\n"
        assert "刚刚想到的" not in filled.text()
        assert filled.run().code == 0
        assert "自述：刚刚想到的" in filled.text() and filled.text(BOX) == "# 收件箱\n\n"

    def test_a_committed_inbox_and_one_that_is_not_there(self, filled, git):
        commit(filled.lab.root, "2026-11-27")
        assert filled.run().code == 0
        assert sorted(in_head(git)) == [LOG, BOX]
        (filled.lab.root / BOX).unlink()
        commit(filled.lab.root, "2026-11-27")
        assert filled.run("--done", "x").code == 0
        assert in_head(git) == [LOG] and not (filled.lab.root / BOX).exists()

    def test_an_inbox_that_is_staged_only_is_taken_as_it_stands_on_disk(self, filled, git):
        git("add", BOX)
        assert filled.run().code == 0
        assert git("status", "--porcelain") == ""

    @pytest.mark.parametrize(("data", "code"), [(b"- caf\xe9\n", 65), (b"- " + b"x" * 5000, 65)])
    def test_one_that_cannot_be_read_is_65_and_stays(self, filled, data, code):
        (filled.lab.root / BOX).write_bytes(data)
        done = filled.run()
        assert done.code == code and BOX in done.err
        assert (filled.lab.root / BOX).read_bytes() == data
        assert filled.claude.requests == [] and not (filled.lab.root / LOG).exists()

    def test_a_link_in_its_place_is_73(self, filled, tmp_path):
        (filled.lab.root / BOX).unlink()
        (filled.lab.root / BOX).symlink_to(tmp_path / "x")
        assert filled.run().code == 73

    def test_an_ignored_one_is_said_before_anything_is_asked(self, filled):
        write(filled.lab, ".gitignore", ".lab\nweekly-log/inbox.md\n")
        done = filled.run()
        assert done.code == 78 and "ignored" in done.err
        assert filled.claude.requests == [] and filled.text(BOX) == INBOX

    def test_nothing_is_taken_out_by_a_refusal_a_dry_run_or_an_estimate(self, filled):
        before = tree(filled.lab.root)
        filled.claude.script = [refused(), answer()]
        assert filled.run().code == 65
        dry = filled.run("--dry-run")
        assert "--- a/weekly-log/inbox.md" in dry.out and "-- 推了一遍" in dry.out
        assert "USD" in filled.run("--estimate").out
        assert tree(filled.lab.root) == before

    def test_a_secret_or_a_control_character_does_not_get_into_the_log(self, filled):
        write(filled.lab, BOX, "- 试了 sk-ant-api03-abcdefghijklmnop\x1b[31m\n")
        filled.claude.script = [answer(0)]
        assert filled.run().code == 0
        assert "sk-ant" not in filled.text() and "ijklmnop" not in filled.text() and "\x1b" not in filled.text()


class TestWithoutClaude:
    def test_the_draft_says_what_happened_and_what_it_cannot_do(self, filled, git, monkeypatch):
        monkeypatch.delenv("ANTHROPIC_BASE_URL")
        done = filled.run()
        assert done.code == 0 and "draft engine" in done.err
        log = note(filled)
        assert (log.engine, log.distilled, len(log.finished.facts)) == ("draft", "", 4)
        assert "draft 引擎只列事实" in log.insights[0] and log.plan.items == ()
        assert log.problems[0].steps == () and "在读的有《BLIP-2》。" in log.plan.none
        assert git("status", "--porcelain") == ""

    def test_a_draft_is_rewritten_once_claude_is_there_but_not_what_was_edited(self, filled):
        filled.run("--engine", "draft")
        edit(filled, "draft 引擎不排计划", "我自己排：读 DPO")
        commit(filled.lab.root, "2026-11-27", "mine")
        done = filled.run()
        assert done.code == 0 and "下周计划" in done.err
        log = note(filled)
        assert log.engine == "claude" and len(log.insights) == 3 and "我自己排：读 DPO" in filled.text()

    def test_what_claude_wrote_stays_when_a_later_run_has_no_key(self, filled):
        filled.run()
        first = note(filled)
        assert filled.run("--engine", "draft", "--done", "读了 DPO").code == 0
        later = note(filled)
        assert (later.insights, later.gaps, later.plan, later.engine) == (
            first.insights,
            first.gaps,
            first.plan,
            "claude",
        )
        assert later.problems == first.problems and later.done[-1] == "读了 DPO"
        assert "already done" in filled.run("--engine", "draft").err
        assert filled.run().code == 0
        assert len(filled.claude.requests) == 2

    def test_a_week_in_which_nothing_happened_is_short_and_asks_nobody(self, world, git):
        done = world.run()
        assert (done.code, done.out, world.claude.requests) == (0, f"{LOG}\n", [])
        assert "本周没有记录到任何活动" in world.text() and "没有可提炼的" in world.text()
        assert in_head(git) == [LOG]
        assert "already done" in world.run().err
        assert "0 USD" in world.run("--estimate").out
        assert world.claude.requests == []

    def test_without_git_the_log_is_saved_and_says_where_its_facts_are_from(self, filled):
        shutil.rmtree(filled.lab.root / ".git")
        write(filled.lab, NOTE, "---\ncreated: '2026-11-25'\n---\n\n# DPO\n")
        done = filled.run()
        assert done.code == 0, done.err
        assert "not a git repository" in done.err and "没有 git 历史" in filled.text()
        assert "[DPO]" in filled.text() and filled.text(BOX) == "# 收件箱\n\n"


class TestCatchUp:
    @pytest.fixture
    def three(self, world):
        """Work in the weeks 45, 46 and 48, none in 47."""
        for n, day in enumerate(("2026-11-03", "2026-11-12", "2026-11-24")):
            write(world.lab, f"notes/training/{n}.md", f"# 笔记 {n}\n")
            commit(world.lab.root, day)
        world.claude.script = [answer(0)]
        return world

    def logs(self, world):
        return sorted(path.name for path in (world.lab.root / "weekly-log").glob("2*.md"))

    def test_without_a_log_every_week_with_activity_is_written_from_the_first_commit_on(self, three, git):
        before = count(git)
        done = three.run("--catch-up")
        assert done.code == 0, done.err
        assert self.logs(three) == ["2026-W45.md", "2026-W46.md", "2026-W48.md"]
        assert done.out == "".join(f"weekly-log/{name}\n" for name in self.logs(three))
        assert (count(git), len(three.claude.requests)) == (before + 3, 3)
        assert git("log", "-1", "--format=%s") == "weekly: 2026-W48 学习周记\n"
        again = three.run("--catch-up")
        assert again.code == 0 and "already done" in again.err
        assert (count(git), len(three.claude.requests)) == (before + 3, 3)

    def test_only_what_is_missing_since_the_newest_log_is_written(self, three):
        assert three.run("--week", "2026-W46").code == 0
        assert three.run("--catch-up").code == 0
        assert self.logs(three) == ["2026-W46.md", "2026-W48.md"]
        assert len(three.claude.requests) == 2

    def test_the_newest_log_is_refreshed_when_its_week_gained_facts(self, three):
        three.at("2026-11-11")
        assert three.run().code == 0
        write(three.lab, "notes/training/late.md", "# 晚来的\n")
        commit(three.lab.root, "2026-11-13")
        three.at("2026-11-27")
        assert three.run("--catch-up").code == 0
        assert "晚来的" in three.text("weekly-log/2026-W46.md")
        assert self.logs(three) == ["2026-W46.md", "2026-W48.md"]

    def test_what_is_said_goes_into_the_newest_week_that_is_written(self, three):
        three.at("2026-11-30")  # a Monday: Friday was missed
        write(three.lab, BOX, "- 周五记下的\n")
        assert three.run("--catch-up", "--done", "键入的").code == 0
        assert self.logs(three) == ["2026-W45.md", "2026-W46.md", "2026-W48.md"]
        assert "周五记下的" in three.text() and "键入的" in three.text()
        write(three.lab, BOX, "- 周一记下的\n")
        assert three.run("--catch-up").code == 0
        assert "周一记下的" in three.text("weekly-log/2026-W49.md") and "周一记下的" not in three.text()

    def test_the_budget_is_for_the_whole_run_and_what_was_paid_for_is_committed(self, three, git):
        one = 0.02
        worst = float(re.search(r"at most (\d+\.\d+) USD", three.run("--week", "2026-W48", "--estimate").out)[1])
        done = three.run("--catch-up", "--max-usd", f"{worst + one * 0.75:.4f}")
        assert done.code == 77
        assert 1 <= len(three.claude.requests) < 3
        assert len(self.logs(three)) == len(three.claude.requests)
        assert git("status", "--porcelain") == ""
        assert "2026-W45: written" in done.err

    def test_an_estimate_is_told_by_week_and_json_sums_up(self, three):
        told = three.run("--catch-up", "--estimate").out
        assert [line.partition(":")[0] for line in told.strip().split("\n")] == ["2026-W45", "2026-W46", "2026-W48"]
        whole = json.loads(three.run("--catch-up", "--json").out)
        assert (whole["tokens"]["in"], whole["path"], whole["status"]) == (6300, LOG, "written")

    def test_a_dry_run_changes_nothing_and_makes_the_real_run_free(self, three, git):
        before = tree(three.lab.root), count(git)
        dry = three.run("--catch-up", "--dry-run")
        assert dry.out.count("+++ b/weekly-log/") == 3
        assert (tree(three.lab.root), count(git)) == before
        assert three.run("--catch-up").code == 0
        assert len(three.claude.requests) == 3

    def test_a_page_of_the_persons_own_is_passed_over(self, three):
        write(three.lab, "weekly-log/2026-W46.md", "# 手写\n")
        (three.lab.root / "weekly-log/2026-W99.md").write_bytes((three.lab.root / "CLAUDE.md").read_bytes())
        write(three.lab, "weekly-log/9999-W01.md", "# 以后\n")
        assert three.run("--catch-up").code == 0
        assert (three.text("weekly-log/2026-W46.md"), len(three.claude.requests)) == ("# 手写\n", 1)

    def test_a_lab_in_which_nothing_ever_happened_has_nothing_to_catch_up(self, world, git):
        before = count(git)
        done = world.run("--catch-up")
        assert (done.code, count(git)) == (0, before)
        assert "already done" in done.err


class TestTheYearsEnd:
    def test_new_years_day_lies_in_the_last_week_of_the_old_year(self, world):
        write(world.lab, NOTE, "# DPO\n")
        commit(world.lab.root, "2026-12-29")
        world.at("2027-01-01")
        world.claude.script = [answer(0)]
        assert world.run().out == "weekly-log/2026-W53.md\n"
        assert "[DPO]" in world.text("weekly-log/2026-W53.md")

    def test_catching_up_goes_from_one_year_into_the_next(self, world):
        for day in ("2026-12-22", "2027-01-03", "2027-01-04"):
            write(world.lab, NOTE, f"# DPO\n\n{day}\n")
            commit(world.lab.root, day)
        world.at("2027-01-08")
        world.claude.script = [answer(0)]
        done = world.run("--catch-up")
        assert re.findall(r"\d{4}-W\d\d", done.out) == ["2026-W52", "2026-W53", "2027-W01"]

    @pytest.mark.parametrize("week", ["2025-W53", "2026-W54", "2026-W49", "2026-W00", "heute", "", "🎉", "9" * 300])
    def test_a_week_that_does_not_exist_is_2_and_touches_nothing(self, filled, week):
        before = tree(filled.lab.root)
        done = filled.run("--week", week)
        assert done.code == 2
        assert [line.partition(":")[0] for line in done.err.strip().split("\n")] == ["error", "hint"]
        assert (tree(filled.lab.root), filled.claude.requests) == (before, [])


class TestTheReadme:
    BLOCK = f"{progress.BEGIN}\n- [ ] 阶段一：基础\n- [ ] 阶段二\n- [ ] 阶段三：对齐\n{progress.END}"

    def test_the_block_is_refreshed_in_the_same_commit(self, filled, git):
        write(filled.lab, "README.md", f"# 我的\r\n\n{self.BLOCK}\n尾巴")
        git("add", "README.md")
        git("commit", "-q", "-m", "readme")
        assert filled.run().code == 0
        assert sorted(in_head(git)) == ["README.md", LOG, BOX]
        text = (filled.lab.root / "README.md").read_bytes().decode()
        assert text.startswith("# 我的\r\n\n") and text.endswith(f"{progress.END}\n尾巴")
        assert "- [x] 阶段一：基础（✅ 1 / 📖 0 / 共 1 篇）" in text
        assert "- [ ] 阶段三：对齐（✅ 0 / 📖 1 / 共 2 篇）" in text

    def test_a_block_that_moved_on_by_itself_is_refreshed_for_nothing(self, filled, git):
        write(filled.lab, "README.md", self.BLOCK)
        commit(filled.lab.root, "2026-11-27")
        filled.run()
        change_list(filled.lab, lambda data: data.replace(b"| 3 |", b"| 2 |", 1))
        commit(filled.lab.root, "2026-11-27")
        assert filled.run().code == 0
        assert in_head(git) == ["README.md"]
        assert len(filled.claude.requests) == 1
        assert "阶段二（✅ 0 / 📖 1 / 共 1 篇）" in (filled.lab.root / "README.md").read_text(encoding="utf-8")

    def test_a_readme_at_work_gets_the_block_and_is_left_uncommitted(self, filled, git):
        write(filled.lab, "README.md", self.BLOCK)
        git("add", "README.md")
        git("commit", "-q", "-m", "readme")
        write(filled.lab, "README.md", f"我正在写\n{self.BLOCK}")
        done = filled.run()
        assert done.code == 0 and "README.md has uncommitted changes of yours" in done.err
        assert sorted(in_head(git)) == [LOG, BOX]
        text = (filled.lab.root / "README.md").read_text(encoding="utf-8")
        assert text.startswith("我正在写\n") and "共 1 篇" in text

    def test_a_damaged_block_is_73_before_anything_is_paid(self, filled):
        write(filled.lab, "README.md", f"{progress.BEGIN}\n")
        before = tree(filled.lab.root)
        done = filled.run()
        assert done.code == 73 and "damaged" in done.err
        assert (tree(filled.lab.root), filled.claude.requests) == (before, [])

    def test_a_lab_without_a_readme_gets_none(self, filled, git):
        (filled.lab.root / "README.md").unlink()
        git("commit", "-q", "-am", "no readme")
        assert filled.run().code == 0
        assert not (filled.lab.root / "README.md").exists()


class TestTheReply:
    def test_an_insight_that_only_retells_is_marked_and_counted(self, filled):
        filled.claude.script = [answer(insight="推了一遍 InfoNCE 的损失。")]
        done = filled.run()
        assert done.code == 3 and len(filled.claude.requests) == 3
        assert "- ⚠ 近似复述：推了一遍 InfoNCE 的损失。" in filled.text()
        assert note(filled).checks["distilled"] == (2, 3)
        assert render(note(filled)) == filled.text()

    def test_strict_refuses_it_and_takes_nothing_out_of_the_inbox(self, filled):
        filled.claude.script = [answer(insight="推了一遍 InfoNCE 的损失。")]
        assert filled.run("--strict").code == 65
        assert not (filled.lab.root / LOG).exists() and filled.text(BOX) == INBOX

    def test_an_unanswered_problem_goes_back_to_claude(self, filled):
        filled.claude.script = [answer(0), answer(1)]
        assert filled.run().code == 0
        assert "answer each of the 1 problems" in filled.claude.requests[1].body["messages"][2]["content"]

    def test_a_paid_reply_is_replayed_after_a_run_whose_disk_failed(self, filled, monkeypatch):
        def full(*_):
            raise DiskError("no space left on device", "free some")

        before = tree(filled.lab.root)
        with monkeypatch.context() as patch:
            patch.setattr(disk_writer, "write", full)
            assert filled.run().code == 74
        assert tree(filled.lab.root) == before
        assert filled.run().code == 0
        assert len(filled.claude.requests) == 1


def test_how_long_ago_the_last_review_was_is_said(filled):
    assert "no review of the lab yet" in filled.run("--dry-run").err
    for day in ("2026-11-01", "2026-10-01", "2027-03-01"):
        write(filled.lab, f"notes/reviews/{day}.md", "# r\n")
    write(filled.lab, "notes/reviews/notes.md", "# x\n")
    done = filled.run()
    assert "the last review of the lab was 26 days ago" in done.err
    assert "知识梳理：上一次在 2026-11-01，26 天前。" in filled.text()


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "x" * 1001])
def test_saying_nothing_or_too_much_is_2(filled, text):
    before = tree(filled.lab.root)
    for flag in ("--done", "--stuck"):
        assert filled.run(flag, text).code == 2
    assert tree(filled.lab.root) == before


def test_json_is_one_object(filled):
    told = json.loads(filled.run("--json").out)
    assert (told["agent"], told["path"], told["status"], told["exit"]) == ("weekly", LOG, "written", 0)
    assert told["checks"] == {"schema": [1, 1], "distilled": [3, 3], "katex": [3, 3], "language": [13, 13]}


def test_a_budget_that_is_too_small_stops_before_the_call(filled):
    assert filled.run("--max-usd", "0.001").code == 77
    assert filled.claude.requests == [] and filled.text(BOX) == INBOX


def test_a_lab_inside_a_bigger_repository_is_committed_there(world, tmp_path):
    big = (tmp_path / "big").resolve()
    shutil.copytree(world.lab.root, big / "lab", ignore=shutil.ignore_patterns(".git", ".lab"))
    for words in (("init", "-q", "-b", "main"), ("config", "user.name", "a"), ("config", "user.email", "a@b.c")):
        run_git(big, *words)
    (big / "other.txt").write_text("x", encoding="utf-8")
    commit(big, "2026-11-10")
    (big / "lab" / "notes/training/dpo.md").write_text("# DPO\n", encoding="utf-8")
    commit(big, "2026-11-24")
    (big / "other.txt").write_text("at work", encoding="utf-8")
    world.claude.script = [answer(0)]
    assert weekly.main(["--lab", str(big / "lab")]) == 0
    assert run_git(big, "show", "--format=", "--name-only").split() == [f"lab/{LOG}"]
    assert run_git(big, "status", "--porcelain") == " M other.txt\n"


@pytest.mark.parametrize("engine", ["draft", "auto"])
def test_a_bare_environment_as_cron_gives_it_is_enough(lab, engine):
    week = date.today() - timedelta(days=7)  # noqa: DTZ011 - the subprocess has no other clock
    write(lab, NOTE, CONCEPT)
    commit(lab.root, week.isoformat())
    write(lab, BOX, "- 记下的一行\n")
    command = ["env", "-i", f"PATH={os.environ['PATH']}", sys.executable, "-m", "agents.weekly", "--lab", str(lab.root)]
    done = subprocess.run(
        [*command, "--engine", engine, "--catch-up"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert run_git(lab.root, "status", "--porcelain") == ""
    written = (lab.root / done.stdout.split()[-1]).read_text(encoding="utf-8")
    assert "自述：记下的一行" in written and "[Cross-Attention](../notes/training/dpo.md)（新增）" in written


def test_a_shallow_clone_keeps_the_facts_that_an_earlier_run_has_seen(filled, tmp_path, capsys):
    filled.run()
    run_git(tmp_path, "clone", "-q", "--depth", "1", filled.lab.root.as_uri(), "clone")
    clone = tmp_path / "clone"
    run_git(clone, "config", "user.name", "a")
    run_git(clone, "config", "user.email", "a@b.c")
    assert weekly.main(["--lab", str(clone), "--engine", "draft", "--done", "x"]) == 0
    assert "shallow clone" in capsys.readouterr().err
    text = (clone / LOG).read_text(encoding="utf-8")
    assert section(text, "finished").count("（新增") == 3 and "浅克隆" in text


def test_what_two_runs_were_told_at_the_same_time_is_all_in_the_log(filled):
    """One waits for Claude while the other writes its draft."""
    command = [sys.executable, "-m", "agents.weekly", "--lab", str(filled.lab.root), "--week", "2026-W40"]

    def meanwhile(reply):
        subprocess.run([*command, "--engine", "draft", "--done", "另一个"], check=True, capture_output=True)
        answer(0)(reply)

    filled.claude.script = [meanwhile, answer(0)]
    write(filled.lab, BOX, "")
    assert filled.run("--week", "2026-W40", "--done", "这一个").code == 0
    log = note(filled, "weekly-log/2026-W40.md")
    assert log.done == log.finished.said == ("另一个", "这一个")
    assert (log.engine, log.facts == log.distilled) == ("claude", False)
    assert filled.run("--week", "2026-W40").code == 0
    assert len(filled.claude.requests) == 2


class TestTheSchedule:
    @pytest.mark.parametrize("kind", ["systemd", "launchd", "cron", "github"])
    def test_is_printed_and_changes_nothing(self, filled, kind):
        before = tree(filled.lab.root)
        done = filled.run("--schedule", kind)
        assert done.code == 0 and "--catch-up" in done.out
        assert (tree(filled.lab.root), filled.claude.requests) == (before, [])

    def test_the_kinds_are_those_that_there_are(self, filled):
        from agents.lab.schedule import KINDS

        assert filled.run("--schedule", "windows").code == 2
        assert all(kind in filled.run("--schedule", "windows").err for kind in KINDS)

    def test_installing_has_no_dry_run(self, filled):
        assert filled.run("--install", "--dry-run").code == 2

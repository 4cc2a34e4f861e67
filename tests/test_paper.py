"""The paper agent as a person runs it: every outcome, what is left on disk and in git, and how often who was asked."""

import io
import json
import re
from types import SimpleNamespace

import digest
import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good, rate_limited, refused, truncated
from record import ID, REPLY

from agents import paper
from agents.note.markdown import parse
from agents.note.paper import PaperNote

NOTE = "papers/blip-2.md"
BLIP2 = Paper(ID, title=digest.TITLE, authors=digest.AUTHORS, abstract=digest.ABSTRACT, version=3, pdf=digest.make())


@pytest.fixture
def reply():
    return json.loads(REPLY.read_text(encoding="utf-8"))


@pytest.fixture
def world(lab, monkeypatch, capsys, reply):
    """Both services on loopback; `run` is the command line, `claude` takes a script."""
    with (
        ArxivServer(
            [BLIP2, Paper("2401.00001", title="Withdrawn Thing", pdf=None, comment="This paper has been withdrawn")]
        ) as arxiv,
        ClaudeServer([good(json.dumps(reply))], model="claude-sonnet-5-5") as claude,
    ):
        monkeypatch.setenv("LAB_ARXIV_URL", arxiv.url)
        monkeypatch.setenv("LAB_ARXIV_DELAY", "0")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)

        def run(*args):
            code = paper.main([*args, "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        yield SimpleNamespace(run=run, arxiv=arxiv, claude=claude, lab=lab)


def _says(claude, *replies):
    claude.script = [good(json.dumps(reply)) for reply in replies]


def _note(world):
    return parse((world.lab.root / NOTE).read_text(encoding="utf-8"), PaperNote)


def _tree(root):
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and not {".git", ".lab"} & set(p.relative_to(root).parts)
    }


def test_one_command_leaves_a_checked_note_its_row_and_one_commit(world, git):
    done = world.run(ID)
    assert (done.code, done.out) == (0, f"{NOTE}\n")
    note = _note(world)
    assert note.checks == {"schema": (1, 1), "quotes": (6, 6), "language": (30, 30), "echo": (1, 1)}
    assert note.published.year == 2023
    row = next(
        line for line in (world.lab.root / "papers/README.md").read_text(encoding="utf-8").split("\n") if ID in line
    )
    assert "📖" in row and "(blip-2.md)" in row and "2023" in row
    assert git("log", "-1", "--format=%s").startswith(f"paper: {ID} BLIP-2: Bootstrapping")
    assert git("show", "--name-only", "--format=", "HEAD").split() == ["papers/README.md", NOTE]
    assert git("status", "--porcelain") == ""
    assert len(world.claude.requests) == 1


def test_the_request_holds_claude_md_as_cached_system_and_the_paper_fenced_as_data(world):
    world.run(ID)
    body = world.claude.requests[0].body
    assert body["stream"] is True
    assert body["system"][0]["text"] == (world.lab.root / "CLAUDE.md").read_text(encoding="utf-8")
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["output_config"]["format"]["type"] == "json_schema"
    source, prompt = (block["text"] for block in body["messages"][0]["content"])
    assert re.search(r"<(source-[0-9a-f]{8})>\n# BLIP-2.*\n</\1>", source, re.DOTALL)
    assert "[p. 2]" in source and "|ITC + ITM|84.5" in source
    assert digest.TITLE in prompt and "{{" not in prompt


def test_a_second_run_asks_nobody_and_commits_nothing(world, git):
    world.run(ID)
    head, requests = git("rev-parse", "HEAD"), len(world.arxiv.requests)
    again = world.run(ID)
    assert (again.code, again.out) == (0, f"{NOTE}\n")
    assert "already done" in again.err
    assert (git("rev-parse", "HEAD"), len(world.arxiv.requests), len(world.claude.requests)) == (head, requests, 1)


def test_a_quote_that_the_paper_does_not_hold_is_marked_after_two_re_asks(world, reply):
    reply["method"]["approach"][0]["quote"] = "a sentence that nobody wrote into this paper"
    _says(world.claude, reply)
    done = world.run(ID)
    assert done.code == 3
    assert len(world.claude.requests) == 3
    assert "quote not found" in world.claude.requests[1].body["messages"][2]["content"]
    assert _note(world).checks["quotes"] == (5, 6)
    assert "⚠ 原文未找到：“a sentence that nobody wrote" in (world.lab.root / NOTE).read_text(encoding="utf-8")


def test_a_paragraph_left_in_english_is_sent_back_and_marked_where_it_stays(world, reply):
    english = "The problem is that training of large models from scratch is expensive."
    chinese = reply["background"]
    _says(world.claude, reply | {"background": f"{chinese}\n\n{english}"}, reply)
    assert world.run(ID).code == 0
    assert "not in Chinese ('The problem is that training" in world.claude.requests[1].body["messages"][2]["content"]
    assert _note(world).background == chinese
    world.claude.requests.clear()
    _says(world.claude, reply | {"background": f"{chinese}\n\n{english}"})
    done = world.run(ID, "--force", "--model", "claude-sonnet-5-5")
    assert (done.code, len(world.claude.requests)) == (3, 3)
    note = _note(world)
    assert note.background == f"{chinese}\n\n{english}（⚠ 未译成中文）"
    assert note.checks["language"] == (30, 31)
    assert "语言：30/31 段是简体中文，专有名词保留英文。其余 1 处标了 ⚠。" in note.provenance


def test_a_draft_marks_what_it_quotes_in_english_counts_it_and_is_no_failure(world):
    assert world.run(ID, "--engine", "draft").code == 0
    note = _note(world)
    right, of = note.checks["language"]
    assert 0 < right < of
    text = (world.lab.root / NOTE).read_text(encoding="utf-8")
    assert text.count("（⚠ 未译成中文）") == of - right
    assert f"语言：{right}/{of} 段" in text


def test_strict_refuses_what_is_not_proven_and_writes_nothing(world, reply, git):
    reply["method"]["approach"][0]["quote"] = "a sentence that nobody wrote into this paper"
    _says(world.claude, reply)
    before = _tree(world.lab.root)
    done = world.run(ID, "--strict")
    assert done.code == 65
    assert _tree(world.lab.root) == before


def test_a_re_ask_mends_a_reply_that_breaks_the_schema(world, reply):
    broken = json.loads(json.dumps(reply))
    broken["further_reading"] = broken["further_reading"][:1]
    broken["method"]["formulas"] = {
        "items": [{"tex": "\frac{a}{b}", "equation": "", "page": 0, "meaning": "坏", "symbols": []}],
        "none": "",
    }
    _says(world.claude, broken, reply)
    assert world.run(ID).code == 0
    told = world.claude.requests[1].body["messages"][2]["content"]
    assert r"\frac" in told


def test_a_reply_that_stays_broken_is_65_kept_aside_and_no_note(world, reply):
    reply["further_reading"] = []
    _says(world.claude, reply)
    before = _tree(world.lab.root)
    done = world.run(ID)
    assert done.code == 65
    assert len(world.claude.requests) == 3
    assert "further_reading" in done.err
    assert _tree(world.lab.root) == before
    assert list(world.lab.replies.glob("*rejected*"))


def test_a_reply_about_another_paper_is_76(world, reply):
    reply["echo"] = {"title": "Another Paper", "first_author": "Somebody Else", "last_heading": "References"}
    _says(world.claude, reply)
    done = world.run(ID)
    assert done.code == 76
    assert "Another Paper" in done.err
    assert not (world.lab.root / NOTE).exists()


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [(refused(), 65), (rate_limited("86400"), 75), (truncated(), 65)],
    ids=["refused", "rate limited for a day", "cut twice"],
)
def test_claude_s_refusals_have_their_codes_and_leave_nothing(world, behaviour, code):
    world.claude.script = [behaviour]
    before = _tree(world.lab.root)
    done = world.run(ID)
    assert done.code == code
    assert [line.partition(":")[0] for line in done.err.strip().split("\n")[-2:]] == ["error", "hint"]
    assert _tree(world.lab.root) == before


def test_a_paid_reply_is_replayed_after_a_failed_run(world, monkeypatch):
    hook = world.lab.root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho no; exit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    first = world.run(ID)
    assert first.code == 3
    assert "not committed" in first.err
    hook.unlink()
    second = world.run(ID)
    assert second.code == 0
    assert len(world.claude.requests) == 1


def test_dry_run_prints_the_diff_changes_nothing_and_makes_the_real_run_free(world, git):
    before, head = _tree(world.lab.root), git("rev-parse", "HEAD")
    dry = world.run(ID, "--dry-run")
    assert dry.code == 0
    assert "+++ b/papers/blip-2.md" in dry.out and "+++ b/papers/README.md" in dry.out
    assert (_tree(world.lab.root), git("rev-parse", "HEAD")) == (before, head)
    assert world.run(ID).code == 0
    assert len(world.claude.requests) == 1


def test_estimate_asks_claude_nothing_but_a_count(world):
    done = world.run(ID, "--estimate")
    assert done.code == 0
    assert "USD" in done.out and "tokens in" in done.out
    assert world.claude.requests == []


def test_a_budget_that_is_too_small_stops_before_the_call(world):
    assert world.run(ID, "--max-usd", "0.001").code == 77
    assert world.claude.requests == []


def test_json_is_one_object_about_the_run(world):
    told = json.loads(world.run(ID, "--json").out)
    assert told["agent"] == "paper" and told["path"] == NOTE and told["status"] == "written" and told["exit"] == 0
    assert told["tokens"]["in"] == 2100 and told["checks"]["quotes"] == [6, 6]
    assert set(told) == {
        "agent",
        "path",
        "commit",
        "engine",
        "model",
        "status",
        "tokens",
        "usd",
        "seconds",
        "checks",
        "exit",
    }


def test_my_notes_reach_claude(world, tmp_path):
    rough = tmp_path / "rough.md"
    rough.write_text("我觉得 Q-Former 像翻译", encoding="utf-8")
    world.run(ID, "--my-notes", str(rough))
    assert "我觉得 Q-Former 像翻译" in world.claude.requests[0].body["messages"][0]["content"][1]["text"]
    assert world.run(ID, "--my-notes", str(tmp_path / "none.md")).code == 66


class TestTheDraftEngine:
    def test_writes_without_a_key_and_says_so(self, world, monkeypatch):
        monkeypatch.delenv("ANTHROPIC_BASE_URL")
        done = world.run(ID)
        assert done.code == 0
        assert "draft engine" in done.err
        note = _note(world)
        assert note.engine == "draft" and note.model == "" and note.usd == 0
        assert "echo" not in note.checks
        assert world.claude.requests == []

    def test_an_unedited_draft_is_rewritten_once_claude_is_there(self, world):
        world.run(ID, "--engine", "draft")
        assert world.run(ID).code == 0
        assert _note(world).engine == "claude"

    def test_an_edited_draft_stays_and_force_is_named(self, world, git):
        world.run(ID, "--engine", "draft")
        path = world.lab.root / NOTE
        path.write_text(
            path.read_text(encoding="utf-8").replace("draft 引擎不作横向对比。", "我自己比过了。"), encoding="utf-8"
        )
        git("commit", "-qam", "mine")
        done = world.run(ID)
        assert done.code == 0
        assert "--force" in done.err
        assert _note(world).engine == "draft"

    def test_claude_asked_for_without_a_key_is_78(self, world, monkeypatch):
        monkeypatch.delenv("ANTHROPIC_BASE_URL")
        done = world.run(ID, "--engine", "claude")
        assert done.code == 78
        assert world.arxiv.requests == []


class TestThePersonsWork:
    def test_own_sections_remarks_tags_and_keys_survive_an_update(self, world, git):
        world.run(ID)
        path = world.lab.root / NOTE
        text = path.read_text(encoding="utf-8").replace("## 方法 <!--", "## 我的推导\n\n$x$\n\n## 方法 <!--")
        text = text.replace("\n---\n\n# ", "\nrating: 5\n---\n\n# ") + "读了两遍。"
        path.write_text(text, encoding="utf-8")
        git("commit", "-qam", "mine")
        done = world.run(ID, "--update")
        assert done.code == 0, done.err
        after = path.read_text(encoding="utf-8")
        assert (
            "## 我的推导\n\n$x$\n\n## 方法 <!--" in after
            and after.endswith("读了两遍。")
            and "\nrating: 5\n---" in after
        )

    def test_an_uncommitted_change_in_the_note_is_never_overwritten_not_even_with_force(self, world):
        world.run(ID)
        path = world.lab.root / NOTE
        path.write_text(path.read_text(encoding="utf-8") + "还没提交的批注", encoding="utf-8")
        mine = path.read_bytes()
        asked = len(world.claude.requests)
        for flag in ("--update", "--force"):
            done = world.run(ID, flag)
            assert done.code == 73
            assert "commit it" in done.err
        assert path.read_bytes() == mine
        assert len(world.claude.requests) == asked

    def test_an_edited_note_is_73_before_anything_is_paid_and_force_keeps_a_copy(self, world, git):
        world.run(ID)
        path = world.lab.root / NOTE
        edited = path.read_text(encoding="utf-8").replace("只训练很少的参数", "只训练 188M 参数")
        path.write_text(edited, encoding="utf-8")
        git("commit", "-qam", "mine")
        assert world.run(ID, "--update").code == 73
        assert len(world.claude.requests) == 1
        forced = world.run(ID, "--force")
        assert forced.code == 0
        kept = re.search(r"kept as (\S+)", forced.err)[1]
        assert (world.lab.root / kept).read_text(encoding="utf-8") == edited
        assert len(world.claude.requests) == 2

    def test_in_a_lab_that_no_repository_keeps_an_update_is_not_refused_for_want_of_a_commit(self, world, git):
        git("rm", "-q", "--cached", "-r", ".")
        git("commit", "-q", "-m", "nothing is tracked")
        (world.lab.root / ".git").rename(world.lab.root.parent / ".git")
        assert world.run(ID, "--engine", "draft").code == 0
        path = world.lab.root / NOTE
        path.write_text(path.read_text(encoding="utf-8") + "我的话", encoding="utf-8")
        done = world.run(ID, "--force")
        assert done.code == 0, done.err
        assert "does not track this lab" in done.err
        assert path.read_text(encoding="utf-8").endswith("我的话")

    def test_staged_and_unstaged_work_elsewhere_is_not_swept_in(self, world, git):
        (world.lab.root / "staged.txt").write_text("s", encoding="utf-8")
        git("add", "staged.txt")
        (world.lab.root / "loose.txt").write_text("u", encoding="utf-8")
        before = git("status", "--porcelain")
        assert world.run(ID).code == 0
        assert git("status", "--porcelain") == before

    def test_a_reading_list_that_is_being_edited_gets_the_row_but_is_left_uncommitted(self, world, git):
        readme = world.lab.root / "papers/README.md"
        readme.write_text(readme.read_text(encoding="utf-8") + "\n我正在写……\n", encoding="utf-8")
        done = world.run(ID)
        assert done.code == 0
        assert git("show", "--name-only", "--format=", "HEAD").split() == [NOTE]
        assert ID in readme.read_text(encoding="utf-8") and "我正在写" in readme.read_text(encoding="utf-8")
        assert "uncommitted changes of yours" in done.err

    def test_status_changes_row_and_front_matter_only_and_asks_nobody(self, world, git):
        world.run(ID)
        asked = len(world.arxiv.requests), len(world.claude.requests)
        assert world.run(ID, "--status", "read").code == 0
        assert git("show", "--numstat", "--format=", "HEAD").split() == ["1", "1", "papers/README.md", "1", "1", NOTE]
        assert _note(world).status == "read"
        assert (len(world.arxiv.requests), len(world.claude.requests)) == asked
        assert world.run(ID, "--update").code == 0
        assert _note(world).status == "read"

    def test_a_note_written_with_no_commit_is_committed_by_the_next_run(self, world, git):
        assert world.run(ID, "--no-commit").code == 0
        assert NOTE not in git("ls-files")
        assert world.run(ID).code == 0
        assert NOTE in git("ls-files")
        assert len(world.claude.requests) == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("argument", "code"),
        [
            ("2301.99999", 66),
            ("2313.00001", 2),
            ("2401.00001", 66),
            ("https://evil.example/abs/2301.12597", 2),
            ("../../no/such/thing", 2),
            ("none.pdf", 66),
            ("word", 2),
            ("", 2),
        ],
    )
    def test_is_one_error_one_hint_no_note_no_commit_no_paid_call(self, world, git, argument, code):
        before, head = _tree(world.lab.root), git("rev-parse", "HEAD")
        done = world.run(argument)
        assert done.code == code
        lines = [line for line in done.err.strip().split("\n") if not line.startswith(("asking", "downloading"))]
        assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
        assert (_tree(world.lab.root), git("rev-parse", "HEAD"), world.claude.requests) == (before, head, [])

    def test_a_wrong_flag_is_2_in_the_same_form(self, world):
        done = world.run(ID, "--engine", "oracle")
        assert done.code == 2
        assert done.err.startswith("error: ") and "\nhint: " in done.err

    def test_title_and_abstract_on_stdin_make_a_note_that_says_that_only_these_were_read(self, world, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{digest.TITLE}\n\n{digest.ABSTRACT}\n"))
        done = world.run("-", "--engine", "draft")
        assert done.code == 0, done.err
        note = _note(world)
        assert note.source == "abstract" and "没有读正文" in note.provenance[0]
        assert world.arxiv.requests == []

    def test_an_abstract_names_no_references_so_none_are_demanded_of_claude(self, world, monkeypatch, reply):
        reply["echo"]["last_heading"] = "Abstract"
        reply["further_reading"] = []
        _says(world.claude, reply)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{digest.TITLE}\n\n{digest.ABSTRACT}\n"))
        done = world.run("-")
        assert done.code == 0, done.err
        assert _note(world).further_reading == ()
        assert len(world.claude.requests) == 1

    def test_a_title_finds_its_paper_by_an_exact_match_only(self, world):
        assert world.run(digest.TITLE, "--engine", "draft").code == 0
        assert world.run("A Paper That Nobody Wrote Yet", "--engine", "draft").code == 66


def _meanwhile(world, act):
    """Claude's answer comes after `act`: what the person does while he waits."""
    answer = world.claude.script[0]

    def behaviour(reply):
        act()
        answer(reply)

    world.claude.script = [behaviour]


def test_what_the_person_writes_into_the_note_while_claude_answers_is_not_lost(world, git):
    world.run(ID)
    path = world.lab.root / NOTE
    _meanwhile(
        world, lambda: path.write_text(path.read_text(encoding="utf-8") + "\n刚写下的批注。\n", encoding="utf-8")
    )
    done = world.run(ID, "--force")
    assert done.code == 73
    assert "刚写下的批注。" in path.read_text(encoding="utf-8")
    git("commit", "-qam", "remarks")
    asked = len(world.claude.requests)
    assert world.run(ID, "--update").code == 0
    assert "刚写下的批注。" in path.read_text(encoding="utf-8")
    assert len(world.claude.requests) == asked


def test_a_note_that_another_run_filed_while_claude_answered_stands(world, git):
    twin = world.lab.root / "papers/mine.md"

    def other_run():
        world.claude.script = [good(json.dumps(json.loads(REPLY.read_text(encoding="utf-8"))))]
        (world.lab.root / "papers/blip-2.md").unlink(missing_ok=True)
        twin.write_text(f'---\ntitle: "x"\narxiv: "{ID}"\n---\n\n# x\n', encoding="utf-8")

    _meanwhile(world, other_run)
    done = world.run(ID)
    assert done.code == 0
    assert twin.read_text(encoding="utf-8").endswith("# x\n")
    assert not (world.lab.root / NOTE).exists()

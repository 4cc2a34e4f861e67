"""The review agent as a person runs it: every outcome, what is left on disk and in git, and how often Claude was asked."""

import json
import os
import re
from datetime import date
from types import SimpleNamespace
from urllib.parse import unquote

import big_lab
import pytest
import small_lab
from changes import hook, tree
from fakes.claude_server import ClaudeServer, good, truncated
from record import DAY, REPLIES
from small_lab import BLIP_2, CONTRASTIVE, CROSS, LLAVA, SELF

from agents import review
from agents.note.map import MOST_LINES, MOST_NOTES
from agents.note.markdown import parse
from agents.note.review import ReviewNote
from agents.recipes import run as runs

REVIEW = f"notes/reviews/{DAY}.md"


@pytest.fixture
def reply():
    return json.loads((REPLIES / "review.json").read_text(encoding="utf-8"))


@pytest.fixture
def bare(lab, monkeypatch, capsys, reply):
    """A lab without notes, Claude on loopback; `run` is the command line."""
    with ClaudeServer([good(json.dumps(reply))], model="claude-sonnet-5-5") as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        monkeypatch.setattr(runs, "today", lambda: DAY)

        def run(*args):
            code = review.main([*args, "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        yield SimpleNamespace(run=run, claude=claude, lab=lab, path=lab.root / REVIEW)


@pytest.fixture
def world(bare):
    """The same with the five notes of small_lab."""
    small_lab.fill(bare.lab)
    return bare


def put(world, path, text):
    file = world.lab.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def note_of(world):
    return parse(world.path.read_text(encoding="utf-8"), ReviewNote)


def links_of(text):
    return re.findall(r"\]\((?!http)([^)]+)\)", text)


class TestWithClaude:
    def test_one_command_leaves_a_review_and_one_commit(self, world, git):
        done = world.run()
        assert (done.code, done.out) == (0, f"{REVIEW}\n"), done.err
        assert git("show", "--name-only", "--format=", "HEAD").split() == [REVIEW]
        assert git("log", "-1", "--format=%s") == f"review: 知识梳理 {DAY}\n"
        assert git("status", "--porcelain") == ""
        note = note_of(world)
        assert (note.engine, note.model, len(note.quiz), len(note.directions)) == ("claude", "claude-sonnet-5-5", 5, 3)
        assert len(world.claude.requests) == 1

    def test_the_graph_and_the_weak_spots_are_code_s_and_their_meaning_is_claude_s(self, world, reply):
        world.run()
        note = note_of(world)
        assert [(r.tie, r.source.path, r.target.path) for r in note.atlas.relations][:3] == [
            ("dependence", SELF, CROSS),
            ("evolution", BLIP_2, LLAVA),
            ("application", CROSS, BLIP_2),
        ]
        assert [spot.why for spot in note.weak] == [item["why"] for item in reply["weak"]]
        assert "阶段 1、2、4" in note.weak[0].fact
        assert note.knowledge.reading == reply["reading"]

    def test_claude_is_given_the_notes_fenced_and_the_computed_facts_in_the_prompt(self, world):
        world.run()
        body = world.claude.requests[0].body
        source, prompt = (block["text"] for block in body["messages"][0]["content"])
        assert re.search(r"<(source-[0-9a-f]{8})>\n# 笔记清单.*\n</\1>", source, re.DOTALL)
        for path in (BLIP_2, LLAVA, SELF, CROSS, CONTRASTIVE):
            assert path in source
        assert "依赖：Self-Attention → Cross-Attention" in prompt
        assert "`term-qformer`：**缺一篇讲 Q-Former 的笔记**" in prompt
        keys = body["output_config"]["format"]["schema"]["$defs"]["SelfTest"]["properties"]["section"]["enum"]
        assert f"{BLIP_2}#experiments.ablation" in keys and len(keys) <= 40

    def test_a_question_on_a_section_that_is_not_there_goes_back(self, world, reply):
        wrong = json.loads(json.dumps(reply))
        wrong["quiz"][0]["section"] = "papers/gone.md#summary"
        world.claude.script = [good(json.dumps(wrong)), good(json.dumps(reply))]
        assert world.run().code == 0
        assert "quiz[0].section" in world.claude.requests[1].body["messages"][2]["content"]

    def test_a_number_that_the_note_does_not_hold_is_marked_after_two_re_asks(self, world, reply):
        reply["quiz"][1]["answer"] = "2023 年的这篇里一共有 64 个 query，分成 2 组，每组 32 个。"
        world.claude.script = [good(json.dumps(reply))]
        done = world.run()
        assert done.code == 3, done.err
        assert len(world.claude.requests) == 3
        assert "⚠ 答案里的数字在这篇笔记里没有找到：64\n" in world.path.read_text(encoding="utf-8")
        proven, of = note_of(world).checks["numbers"]
        assert of - proven == 1

    def test_strict_refuses_such_a_number_and_writes_nothing(self, world, reply):
        reply["quiz"][1]["answer"] = "一共有 64 个 query。"
        world.claude.script = [good(json.dumps(reply))]
        before = tree(world.lab.root)
        assert world.run("--strict").code == 65
        assert tree(world.lab.root) == before

    def test_four_questions_are_65_after_the_re_asks_and_the_reply_is_kept(self, world, reply):
        reply["quiz"].pop()
        world.claude.script = [good(json.dumps(reply))]
        done = world.run()
        assert done.code == 65
        assert "exactly 5 questions" in done.err
        assert len(world.claude.requests) == 3
        assert not world.path.exists()
        assert list(world.lab.replies.glob("*rejected*"))

    def test_a_paid_reply_is_replayed_and_checked_against_the_notes_as_they_are_by_then(self, world, reply, git):
        world.run("--dry-run")
        assert len(world.claude.requests) == 1
        (world.lab.root / CONTRASTIVE).unlink()  # the last question stands on it
        git("commit", "-qam", "gone")
        mended = json.loads(json.dumps(reply))
        mended["quiz"][4]["section"] = f"{CROSS}#interview"
        mended["weak"] = [item for item in mended["weak"] if item["spot"] != "term-clip"]
        world.claude.script = [good(json.dumps(mended))]
        done = world.run()
        assert done.code == 0, done.err
        assert len(world.claude.requests) == 2
        assert "contrastive-learning.md" not in world.path.read_text(encoding="utf-8")

    def test_cut_twice_is_65(self, world):
        world.claude.script = [truncated()]
        assert world.run().code == 65
        assert not world.path.exists()

    def test_json_tells_of_the_checks(self, world):
        told = json.loads(world.run("--json").out)
        assert (told["agent"], told["path"], told["status"]) == ("review", REVIEW, "written")
        assert set(told["checks"]) == {"schema", "links", "numbers", "katex", "language"}
        assert told["checks"]["links"][0] == told["checks"]["links"][1] > 5

    def test_estimate_asks_nothing(self, world):
        done = world.run("--estimate")
        assert done.code == 0
        assert "tokens in" in done.out
        assert world.claude.requests == []


class TestTheDraftEngine:
    def test_writes_graph_weak_spots_and_five_questions_without_a_model(self, world, monkeypatch):
        monkeypatch.delenv("ANTHROPIC_BASE_URL")
        done = world.run()
        assert done.code == 0, done.err
        note = note_of(world)
        assert note.engine == "draft" and note.usd == 0
        assert len(note.quiz) == 5 and len({item.note.path for item in note.quiz}) == 5
        assert len(note.directions) == 3
        assert world.claude.requests == []

    def test_takes_questions_and_answers_from_the_notes_own_fields(self, world):
        world.run("--engine", "draft")
        asked = {(item.note.path, item.section): item for item in note_of(world).quiz}
        ablation = asked[BLIP_2, "消融实验"]
        assert "去掉 ITG" in ablation.question and "基准 85.4" in ablation.question
        assert ablation.answer.startswith("84.5，Δ -0.9（-1.1 %）。")
        formula = asked[CONTRASTIVE, "数学表达"]
        assert "$\\tau$ 表示什么" in formula.question and "温度" in formula.answer
        assert "面试官" in asked[CROSS, "面试/口述版"].question

    def test_is_the_same_at_every_run(self, world, git):
        world.run("--engine", "draft")
        first = world.path.read_bytes()
        git("rm", "-q", REVIEW)
        git("commit", "-qm", "again")
        world.run("--engine", "draft")
        assert world.path.read_bytes() == first

    def test_is_rewritten_by_claude_on_the_same_day_unless_edited(self, world, git):
        world.run("--engine", "draft")
        assert world.run().code == 0
        assert note_of(world).engine == "claude"

    def test_asks_fewer_where_the_notes_hold_fewer_and_says_so(self, bare):
        put(bare, "notes/training/a.md", "# 甲\n\n## 想法\n\n一些自己写的话，没有固定的格式，但是也算笔记。\n")
        put(bare, "notes/training/b.md", small_lab.notes()[SELF].replace("## 数学表达", "## 推导"))
        done = bare.run("--engine", "draft")
        assert done.code == 0, done.err
        note = note_of(bare)
        assert 0 < len(note.quiz) < 5
        assert any(f"只够出 {len(note.quiz)} 题" in line for line in note.provenance)

    def test_a_lab_of_handwritten_notes_has_no_questions_and_still_a_review(self, bare):
        for name in "甲乙丙":
            put(bare, f"notes/fundamentals/{name}.md", f"# {name}\n\n讲{name}，也讲到 [[甲]] 与 FlashAttention。\n")
        done = bare.run("--engine", "draft")
        assert done.code == 0, done.err
        note = note_of(bare)
        assert note.quiz == () and "没有可以出题的内容" in bare.path.read_text(encoding="utf-8")
        assert len(note.atlas.relations) == 2
        assert any("FlashAttention" in spot.fact for spot in note.weak)


class TestAgain:
    def test_on_the_same_day_is_already_done(self, world, git):
        world.run()
        head = git("rev-parse", "HEAD")
        again = world.run("--since", "2026-01-01")
        assert (again.code, again.out) == (0, f"{REVIEW}\n")
        assert "already done" in again.err
        assert (git("rev-parse", "HEAD"), len(world.claude.requests)) == (head, 1)

    def test_on_another_day_is_another_review_which_is_no_note_of_its_own(self, world, monkeypatch):
        world.run("--engine", "draft")
        monkeypatch.setattr(runs, "today", lambda: date(2026, 12, 4))
        done = world.run("--engine", "draft")
        assert done.out == "notes/reviews/2026-12-04.md\n"
        note = parse((world.lab.root / done.out.strip()).read_text(encoding="utf-8"), ReviewNote)
        assert [noted.note.path for noted in note.atlas.notes] == sorted([BLIP_2, LLAVA, SELF, CROSS, CONTRASTIVE])

    def test_force_keeps_what_is_the_person_s(self, world, git):
        world.run()
        world.path.write_text(
            world.path.read_text(encoding="utf-8").replace(
                "## 下一步 <!--", "## 我的计划\n\n先读 CLIP。\n\n## 下一步 <!--"
            )
            + "第 3 题答错了。\n",
            encoding="utf-8",
        )
        git("commit", "-qam", "mine")
        done = world.run("--force")
        assert done.code == 0, done.err
        text = world.path.read_text(encoding="utf-8")
        assert "## 我的计划\n\n先读 CLIP。\n\n## 下一步 <!--" in text and text.endswith("第 3 题答错了。\n")

    def test_a_review_that_a_hook_refused_is_committed_by_the_next_run(self, world, git):
        hook(world.lab, "pre-commit", "exit 1")
        assert world.run().code == 3
        (world.lab.root / ".git/hooks/pre-commit").unlink()
        assert world.run().code == 0
        assert REVIEW in git("ls-files")
        assert len(world.claude.requests) == 1


class TestSince:
    def test_takes_the_notes_written_since_then_and_what_they_touch(self, world, git):
        new = small_lab.text(
            small_lab.concept(
                "感知机",
                created=DAY,
                updated=DAY,
                related=[small_lab.link(LLAVA, "LLaVA", "applies", "用它接起两端。")],
            )
        )
        put(world, "notes/multimodal-arch/projection.md", new)
        git("add", ".")
        git("commit", "-qm", "a new note")
        done = world.run("--engine", "draft", "--since", "2026-11-20")
        assert done.code == 0, done.err
        note = note_of(world)
        assert [noted.note.path for noted in note.atlas.notes] == ["notes/multimodal-arch/projection.md", LLAVA]
        assert note.since == date(2026, 11, 20) and "以来" in note.title
        assert "全 lab 共 6 篇" in note.provenance[0]

    def test_takes_a_note_without_dates_by_its_file(self, world):
        fresh, old = put(world, "notes/new.md", "# 新\n"), put(world, "notes/old.md", "# 旧\n")
        os.utime(fresh, (1_795_000_000, 1_795_000_000))  # 18 November 2026
        os.utime(old, (1_700_000_000, 1_700_000_000))
        assert world.run("--engine", "draft", "--since", "2026-11-10").code == 0
        assert [noted.note.path for noted in note_of(world).atlas.notes] == ["notes/new.md"]

    def test_a_day_since_which_nothing_was_written_is_66(self, world):
        done = world.run("--since", "2026-11-26")
        assert done.code == 66
        assert "since 2026-11-26" in done.err
        assert world.claude.requests == []

    @pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-02-30", "", "🎉", "1" * 300, "2026/11/01"])
    def test_what_is_no_date_is_2_and_touches_nothing(self, world, day):
        before = tree(world.lab.root)
        done = world.run("--since", day)
        assert done.code == 2
        assert [line.partition(":")[0] for line in done.err.strip().split("\n")] == ["error", "hint"]
        assert tree(world.lab.root) == before and world.claude.requests == []


class TestOddLabs:
    def test_without_notes_is_66(self, bare):
        done = bare.run()
        assert done.code == 66
        assert "no note to review" in done.err
        assert bare.claude.requests == []

    def test_with_one_note_has_a_map_of_one(self, bare):
        put(bare, "notes/a.md", "# 唯一\n")
        done = bare.run("--engine", "draft")
        assert done.code == 0, done.err
        note = note_of(bare)
        assert (note.knowledge.drawing.drawn, note.knowledge.drawing.lines) == (1, ())
        assert "没有找到任何两篇笔记之间的关系" in bare.path.read_text(encoding="utf-8")

    def test_with_three_notes_is_worth_reading(self, bare):
        for path in (SELF, CROSS, BLIP_2):
            put(bare, path, small_lab.notes()[path])
        assert bare.run("--engine", "draft").code == 0
        note = note_of(bare)
        assert [line.tie for line in note.knowledge.drawing.lines] == ["dependence", "application"]
        assert len(note.weak) >= 2 and len(note.quiz) == 5 and len(note.directions) >= 2

    def test_with_45_notes_draws_the_40_that_hold_it_together_and_lists_all(self, bare):
        big_lab.write(bare.lab.root, 45)
        assert bare.run("--engine", "draft").code == 0
        note = note_of(bare)
        assert note.knowledge.drawing.drawn == MOST_NOTES and len(note.knowledge.drawing.lines) <= MOST_LINES
        assert len(note.atlas.notes) == 45
        assert "40/45 篇笔记" in bare.path.read_text(encoding="utf-8")
        degrees = {noted.note.path: noted.ties for noted in note.atlas.notes}
        assert len(degrees) == 45 and sum(degrees.values()) > 45

    def test_2000_notes_reach_claude_within_bounds_and_what_was_cut_is_said(self, bare, reply):
        big_lab.write(bare.lab.root, 2000)
        reply |= {"quiz": [], "weak": []}
        bare.claude.script = [good(json.dumps(reply))]
        assert bare.run("--no-commit").code == 65  # the canned reply knows other notes
        sent = "\n".join(block["text"] for block in bare.claude.requests[0].body["messages"][0]["content"])
        assert len(sent) < 100_000
        assert re.search(r"清单只列出联系最多的 \d+/2000 篇笔记", sent)
        assert re.search(r"只列出最强的 120/\d+ 条关系", sent)

    def test_what_is_no_text_is_warned_of_and_told_in_the_receipt(self, world):
        put(world, "notes/latin.md", "caf\xe9".encode("latin-1"))
        done = world.run("--engine", "draft")
        assert done.code == 0
        assert "warning: notes/latin.md is left out" in done.err
        assert any("1 个文件不是可读的文本" in line for line in note_of(world).provenance)

    def test_a_note_with_a_broken_schema_still_counts(self, world, git):
        path = world.lab.root / CROSS
        path.write_text(
            path.read_text(encoding="utf-8").replace("graph TD", "graph XX").replace("## 常见误区", "## 我的误区"),
            encoding="utf-8",
        )
        git("commit", "-qam", "mine")
        assert world.run("--engine", "draft").code == 0
        assert ("dependence", SELF, CROSS) in [
            (r.tie, r.source.path, r.target.path) for r in note_of(world).atlas.relations
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "---\ntitle: [x\n---\n# 标题 <script>alert(1)</script> | `a` $b$ [c](d) **e**\n",
            "# sk-ant-abcdefgh12345678\n",
            "# " + "长" * 5000 + "\n",
            "# \u200b\u202e\n",
            '---\ntitle: "\\u0007\\n\\n## 注入"\ntags: ["a|b", "`x`", "\\u202e", "' + "y" * 500 + '"]\n---\n# x\n',
            "---\nkind: [1]\ntags: {a: b}\nupdated: 2026-99-99\narxiv: [a]\npublished: {}\nengine: [draft]\n---\n# x\n",
            "\x00\x01\x02",
            "## `标题`\n\n" + "一段足够长的文字，可以用来出题，里面有 `代码` 与 $x$。\n" * 3,
            "##  <!-- field: mistakes -->\n\n- 没有名字的一节，也够长，够长，够长，够长。\n",
            "## 常见误区 <!-- field: mistakes -->\n\n不是列表，是一段话，不是列表，是一段话，不是列表。\n",
            "### 数学表达 <!-- field: definition.formulas -->\n\n**公式** 坏掉的公式，坏掉的公式，坏掉的公式，坏掉的公式。\n",
            "### 消融实验 <!-- field: experiments.ablation -->\n\n| 组件 | 坏掉的表格 |\n| --- | --- |\n| a | b |\n",
        ],
    )
    def test_nothing_in_a_note_can_break_a_review(self, world, text):
        put(world, "notes/odd.md", text)
        done = world.run("--engine", "draft")
        assert done.code == 0, done.err
        note_of(world)
        assert "notes/odd.md" in {noted.note.path for noted in note_of(world).atlas.notes}

    def test_every_link_leads_to_a_file(self, world):
        put(world, "notes/注 意力（一）[1].md", "# 注意\n\n见 [BLIP-2](../papers/blip-2.md)。\n")
        world.run("--engine", "draft")
        links = links_of(world.path.read_text(encoding="utf-8"))
        assert len(links) > 20
        assert [link for link in links if not (world.path.parent / unquote(link)).is_file()] == []

    def test_a_reading_list_that_is_not_utf_8_is_65(self, world):
        (world.lab.root / "papers/README.md").write_bytes(b"\xff\xfe")
        assert world.run().code == 65
        assert world.claude.requests == []

    def test_reviews_behind_a_link_are_refused_before_anything_is_asked(self, world, tmp_path):
        (world.lab.root / "notes/reviews").symlink_to(tmp_path)
        done = world.run()
        assert done.code == 73
        assert world.claude.requests == []

    def test_a_file_in_the_folder_s_place_is_one_clear_error(self, world):
        put(world, "notes/reviews", "not a folder")
        done = world.run("--engine", "draft")
        assert done.code in {73, 74}, done.err
        assert "a bug of ours" not in done.err

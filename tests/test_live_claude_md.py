"""CLAUDE.md is live: what the person adds, rewords or damages in a template there is so in the next note, without code."""

import importlib
import json
import re
from types import SimpleNamespace

import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from real_git import run_git
from record import ABSTRACT, AUTHORS, DAY, ID, SCENARIOS, TITLE, lab_for, make, replies
from schema_limits import MOST_OPTIONAL, MOST_UNIONS, limits

from agents import lint
from agents.note import notebook
from agents.note.added import NOT_WRITTEN
from agents.note.cutting import heading_lines
from agents.note.kinds import KINDS
from agents.note.markdown import parse, render
from agents.note.section import places
from agents.note.template import headings
from agents.recipes import run

# The heading before which each kind gets a section more, and the anchor that this then stands behind.
SPOT = {
    "paper": ("## 个人评价", "experiments.ablation"),
    "concept": ("## 具体例子", "definition.formulas"),
    "experiment": ("## 数据准备", "environment"),
    "weekly": ("## 下周计划", "gaps"),
    "review": ("## 自测问题", "weak"),
}
DRAFTED = [kind for kind in SPOT if kind != "experiment"]
ADDED = "## 复现要点\n\n要复现它，最少需要什么。\n\n"
NAMED = "## 复现要点 <!-- field: reproduce -->\n\n要复现它，最少需要什么。\n\n"
SAID = "先固定随机种子，再把两端冻结。\n\n- 一张显卡就够\n- 数据按原文的划分"

every_kind = pytest.mark.parametrize("kind", SPOT)


@pytest.fixture
def kind():
    return "paper"


@pytest.fixture
def world(kind, tmp_path, monkeypatch, capsys):
    """The lab in which a kind of note is written, both services on loopback, the clock on a Friday."""
    lab = lab_for(kind, tmp_path / "lab")
    blip2 = Paper(ID, title=TITLE, authors=AUTHORS, abstract=ABSTRACT, version=3, pdf=make())
    with ArxivServer([blip2]) as arxiv, ClaudeServer([], model="claude-sonnet-5-5") as claude:
        for name, value in arxiv.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        monkeypatch.setattr(run, "today", lambda: DAY)
        main = importlib.import_module(f"agents.{kind}").main
        claude_md, note = lab.root / "CLAUDE.md", lab.root / SCENARIOS[kind].path

        def amend(*pairs):
            text = claude_md.read_text(encoding="utf-8")
            for old, new in pairs:
                assert text.count(old) == 1 or old.startswith("\n"), old
                text = text.replace(old, new, 1)
            claude_md.write_text(text, encoding="utf-8")
            run_git(lab.root, "commit", "-q", "-a", "-m", "my template")

        def insert(section):
            """A section more in the template of this kind, as a person types it."""
            amend((SPOT[kind][0] + " <!--", f"{section}{SPOT[kind][0]} <!--"))

        def says(*more):
            """Claude's next answers: the recorded one, each with other added sections; None for an answer without."""
            said = json.loads(replies(kind)[0])
            bodies = [said if one is None else said | {"more": one} for one in more]
            claude.script[:] = [good(json.dumps(body, ensure_ascii=False)) for body in bodies]

        def do(*args, claude_writes=True):
            engine = (
                SCENARIOS[kind].command(lab)
                if claude_writes
                else [*SCENARIOS[kind].arguments, "--engine", "draft", "--lab", str(lab.root)]
            )
            code = main([*engine, *args])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        def linted(path=SCENARIOS[kind].path):
            code = lint.main(["--lab", str(lab.root), str(lab.root / path)])
            return SimpleNamespace(code=code, out=capsys.readouterr().out)

        yield SimpleNamespace(
            run=do, lint=linted, amend=amend, insert=insert, says=says, claude=claude, lab=lab, note=note,
            text=lambda: note.read_text(encoding="utf-8"), read=lambda: read(kind, note.read_text(encoding="utf-8")),
        )  # fmt: skip


def read(kind, text):
    return notebook.read(text) if kind == "experiment" else parse(text, KINDS[kind])


def shown(kind, text):
    """The headings of a note from the first section on: text and anchor."""
    if kind == "experiment":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return [(heading, anchor) for _, heading, anchor in heading_lines(text) if anchor]


def schema(request):
    return request.body["output_config"]["format"]["schema"]


# A section more


@every_kind
def test_an_added_heading_is_a_required_section_of_the_next_note(kind, world):
    world.insert(ADDED)
    world.says(None, {"section_1": SAID})
    done = world.run()
    assert done.code == 0, done.err
    first, again = world.claude.requests
    asked = schema(first)["$defs"]["More"]
    assert (asked["required"], "more" in schema(first)["required"]) == (["section_1"], True)
    assert asked["properties"]["section_1"]["description"].startswith(
        "the section “复现要点”: 要复现它，最少需要什么。"
    )
    assert "more: Field required" in again.body["messages"][-1]["content"]
    [more] = world.read().more
    assert (more.anchor, more.after, more.level, more.text) == ("more.复现要点", SPOT[kind][1], 2, SAID)
    order = [anchor for _, anchor in shown(kind, world.text())]
    assert order[order.index(SPOT[kind][1]) + 1] == "more.复现要点"
    assert world.lint().out == ""
    assert "already done" in world.run().err
    assert len(world.claude.requests) == 2


@every_kind
def test_the_note_with_it_round_trips_and_is_as_we_wrote_it(kind, world):
    world.insert(ADDED + NAMED.replace("复现要点", "还有一节").replace("##", "###"))
    world.says({"section_1": SAID, "section_2": "一句。"})
    assert world.run().code == 0
    text, note = world.text(), world.read()
    names = headings((world.lab.root / "CLAUDE.md").read_text(encoding="utf-8"), kind)
    assert (notebook.show if kind == "experiment" else render)(note, names) == text
    assert [(more.anchor, more.level) for more in note.more] == [("more.复现要点", 2), ("more.reproduce", 3)]


def test_an_empty_section_is_sent_back(world):
    world.insert(ADDED)
    world.says({"section_1": " \n"}, {"section_1": SAID})
    assert world.run().code == 0
    assert (
        "more.section_1: Value should have at least 1 item" in world.claude.requests[1].body["messages"][-1]["content"]
    )
    assert world.read().more[0].text == SAID


def test_what_would_break_the_note_is_sent_back(world):
    world.insert(ADDED)
    world.says({"section_1": "## 假的一节\n\n<b>x</b>"}, {"section_1": SAID})
    assert world.run().code == 0
    assert "more.section_1" in world.claude.requests[1].body["messages"][-1]["content"]


@every_kind
def test_the_api_takes_a_dozen_of_them(kind, world):
    world.insert("".join(f"## 第 {n} 节\n\n说明。\n\n" for n in range(12)))
    world.says({f"section_{n}": f"第 {n} 段。" for n in range(1, 13)})
    assert world.run().code == 0
    used = limits(schema(world.claude.requests[0]))
    assert (used.optional <= MOST_OPTIONAL, used.unions <= MOST_UNIONS) == (True, True)
    assert not {"minLength", "maxLength"} & set(re.findall(r'"(\w+)": ', json.dumps(schema(world.claude.requests[0]))))
    assert [more.text for more in world.read().more] == [f"第 {n} 段。" for n in range(1, 13)]


@pytest.mark.parametrize("kind", DRAFTED)
def test_without_a_key_the_section_says_that_nobody_wrote_it_and_lint_reminds(kind, world):
    world.insert(ADDED)
    done = world.run(claude_writes=False)
    assert done.code == 0, done.err
    path = done.out.strip()  # the draft of a concept files it elsewhere
    note = world.lab.root / path
    said = f"## 复现要点 <!-- field: more.复现要点 -->\n\n{NOT_WRITTEN}\n\n"
    assert said in note.read_text(encoding="utf-8")
    checked = world.lint(path)
    assert checked.code == 0
    assert "draft: warning: more.复现要点: Claude has not written it yet" in checked.out
    world.says({"section_1": SAID})
    assert world.run("--force").code == 0
    assert said.replace(NOT_WRITTEN, SAID) in note.read_text(encoding="utf-8")


def test_a_number_in_an_added_section_is_looked_up_in_the_paper_too(world):
    world.insert(ADDED)
    world.says({"section_1": "先用 987654 张图试跑一遍，再把两端冻结。"})
    done = world.run()
    assert done.code == 3, done.err
    assert '⚠ more.section_1: "987654" is not in the paper' in done.err
    assert "先用 987654（⚠ 原文未找到）" in world.text()
    assert "marked: warning: 先用 987654" in world.lint().out


# Older notes


@every_kind
def test_a_note_from_before_gets_a_warning_and_a_rewrite_brings_the_section_in(kind, world):
    world.says(None)
    assert world.run().code == 0
    world.insert(ADDED)
    checked = world.lint()
    assert checked.code == 0
    assert "heading: warning: older note: CLAUDE.md asks for 复现要点 (more.复现要点) by now" in checked.out
    assert "CLAUDE.md asks for 复现要点 by now: --force writes it anew" in world.run().err
    world.says({"section_1": SAID})
    assert world.run("--force").code == 0
    assert world.read().more[0].text == SAID
    assert world.lint().out == ""


@every_kind
def test_a_note_is_read_the_same_when_claude_md_no_longer_asks(kind, world):
    world.insert(NAMED)
    world.says({"section_1": SAID})
    assert world.run().code == 0
    before = world.read()
    world.amend((NAMED, ""))
    assert (world.lint().out, world.read()) == ("", before)


def test_an_anchor_of_his_own_lets_him_reword_the_heading(world):
    world.insert(NAMED)
    world.says({"section_1": SAID})
    assert world.run().code == 0
    assert "## 复现要点 <!-- field: more.reproduce -->" in world.text()
    world.amend(("## 复现要点", "## 怎样复现"))
    assert "heading: warning: reads '复现要点', in CLAUDE.md '怎样复现'" in world.lint().out
    assert world.run("--force").code == 0
    assert shown("paper", world.text()).count(("怎样复现", "more.reproduce")) == 1
    assert world.lint().out == ""


def test_what_he_changed_in_the_section_is_not_rewritten_and_what_he_added_behind_it_stays(world):
    world.insert(NAMED)
    world.says({"section_1": SAID})
    assert world.run().code == 0
    mine = "## 我的复现记录\n\n跑通了。\n\n"
    text = world.text().replace("## 个人评价", f"{mine}## 个人评价")
    world.note.write_text(text.replace("先固定随机种子", "先固定好种子"), encoding="utf-8")
    run_git(world.lab.root, "commit", "-q", "-a", "-m", "mine")
    assert world.read().own_sections[0].text == mine
    assert (world.run("--force", "--dry-run").code, len(world.claude.requests)) == (0, 2)
    world.amend((NAMED, ""))
    world.says(None)
    assert world.run("--force").code == 0
    assert "more.reproduce" not in world.text()
    assert world.text().count(mine) == 1
    backups = list((world.lab.root / ".lab/backup").rglob("*.md"))
    assert any("先固定好种子" in path.read_text(encoding="utf-8") for path in backups)


def test_a_heading_of_his_in_a_note_stays_his_when_claude_md_comes_to_ask_for_the_same(world):
    world.says(None)
    assert world.run().code == 0
    mine = "## 复现要点\n\n我自己写的。\n\n"
    world.note.write_text(world.text().replace("## 个人评价", f"{mine}## 个人评价"), encoding="utf-8")
    run_git(world.lab.root, "commit", "-q", "-a", "-m", "mine")
    world.insert(ADDED)
    world.says({"section_1": SAID})
    assert world.run("--force").code == 0
    assert mine in world.text()
    assert world.read().more[0].text == SAID


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda text: text.replace(SAID, ""), "incomplete: more.reproduce: nothing stands in it"),
        (lambda text: text.replace(SAID, "<b>x</b>"), "schema: more.reproduce.text"),
        (lambda text: text.replace("## 个人评价", f"{NAMED.replace('reproduce', 'more.reproduce')}## 个人评价"), "heading: the section more.reproduce stands here a second time"),
    ],
)  # fmt: skip
def test_lint_names_what_is_wrong_with_it(world, change, rule):
    world.insert(NAMED)
    world.says({"section_1": SAID})
    assert world.run().code == 0
    world.note.write_text(change(world.text()), encoding="utf-8")
    checked = world.lint()
    assert checked.code == 65
    assert rule in checked.out


@pytest.mark.parametrize("kind", ["weekly"])
def test_a_log_keeps_the_section_as_he_edited_it_or_out_where_he_took_it_out(kind, world):
    world.insert(NAMED + ADDED.replace("复现要点", "情绪"))
    world.says({"section_1": SAID, "section_2": "平静。"})
    assert world.run().code == 0
    text = world.text().replace("先固定随机种子", "我改过：先固定种子")
    text = text.replace("## 情绪 <!-- field: more.情绪 -->\n\n平静。\n\n", "")
    world.note.write_text(text, encoding="utf-8")
    run_git(world.lab.root, "commit", "-q", "-a", "-m", "mine")
    assert world.lint().code == 0
    assert "情绪" not in world.lint().out
    for template in ((NAMED, NAMED.replace("要点", "细节")), (NAMED.replace("要点", "细节"), "")):
        world.amend(template)
        world.says({f"section_{n}": "新写的。" for n in ([1, 2] if "细节" in template[1] else [1])})
        assert world.run("--force").code == 0
        assert "我改过：先固定种子" in world.text()
        assert "## 情绪" not in world.text()
        assert "新写的。" not in world.text()


# Other words, and damage


@every_kind
def test_a_reworded_heading_is_rendered_by_its_new_text(kind, world):
    wanted = [("改写的 我的批注", "remarks")]
    path = world.lab.root / "CLAUDE.md"
    text = path.read_text(encoding="utf-8")
    start = text.index(f"<!-- kind: {kind} -->")
    end = text.find("<!-- kind:", start + 10)
    part = text[start : end if end >= 0 else None]
    path.write_text(
        text.replace(part, re.sub(r"(?m)^(##+) (.*) <!-- field", r"\1 改写的 \2 <!-- field", part)), encoding="utf-8"
    )
    run_git(world.lab.root, "commit", "-q", "-a", "-m", "my words")
    world.says(None)
    assert world.run().code == 0
    wanted = [(f"改写的 {place.section.heading}", place.anchor) for place in places(KINDS[kind])] + wanted
    assert shown(kind, world.text()) == wanted
    assert world.lint().out == ""


@every_kind
def test_a_template_that_lost_an_anchor_is_an_error_before_anything_is_asked(kind, world):
    heading = SPOT[kind][0]
    anchor = re.search(
        rf"^{heading} (<!-- field: .* -->)$", (world.lab.root / "CLAUDE.md").read_text(encoding="utf-8"), re.MULTILINE
    )[1]
    world.amend((f"{heading} {anchor}", heading))
    world.says(None)
    for claude_writes in (True, False):
        done = world.run(claude_writes=claude_writes)
        assert done.code == 78
        if claude_writes or kind in DRAFTED:
            assert re.search(rf"CLAUDE\.md, line \d+: the template of {kind} lost {heading[3:]} \({anchor}\)", done.err)
            assert f"hint: put its anchor back: the heading ends in {anchor}" in done.err
    assert world.claude.requests == []
    assert not world.note.exists()


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("## 🎉🎉\n\n字\n\n", "'🎉🎉' has no word in it"),
        (f"## {'长' * 300}\n\n字\n\n", "is longer than 80 characters"),
        (ADDED + ADDED, "复现要点 stands here a second time (line "),
        ("## 背景与动机\n\n字\n\n", "背景与动机 stands here a second time (line "),
        ("## 溯源\n\n字\n\n", "溯源 is a section that every note has"),
        ("## 我的批注 <!-- field: mine -->\n\n字\n\n", "我的批注 is a section that every note has"),
        ("".join(f"## 第 {n} 节\n\n字\n\n" for n in range(40)), "adds 40 sections"),
        ("## 再来 <!-- field: summary -->\n\n字\n\n", "the anchor summary stands 2 times"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_section_is_one_error_before_anything_is_asked(world, section, says):
    world.insert(section)
    done = world.run()
    assert (done.code, done.err.count("\n")) == (78, 2), done.err
    assert says in done.err
    assert world.claude.requests == []
    checked = world.lint("CLAUDE.md")
    assert checked.code == 65
    assert says in checked.out


def test_a_heading_behind_my_remarks_is_told_to_move_up(world):
    world.amend(("# 概念笔记模板", f"{ADDED}# 概念笔记模板"))
    done = world.run()
    assert done.code == 78
    assert "复现要点 stands behind 我的批注" in done.err


@pytest.mark.parametrize(
    "text",
    [
        "```\n## 代码里的\n```\n\n",
        "~~~~markdown\n## 代码里的\n~~~\n~~~~\n\n",
        "<!--\n## 先不要\n-->\n\n",
        "```html\n<!-- 没有结束\n```\n\n",
        "#### 第四级只是说明\n\n字\n\n",
        "##没有空格\n\n",
    ],
)
def test_what_only_looks_like_a_section_is_none(world, text):
    world.insert(text)
    world.says(None)
    assert world.run().code == 0
    assert world.read().more == ()


def test_a_chapter_of_his_own_ends_the_last_template(world):
    path = world.lab.root / "CLAUDE.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 我的其他约定\n\n## 缩写\n\n字\n", encoding="utf-8")
    assert world.lint("CLAUDE.md").out == ""


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## 🎉 <!-- field: method.party -->", "more.method_party"),
        ("## 🎉 <!--field: my-party-->", "more.my_party"),
        ("## 🎉 <!-- 我加的 --> <!-- field: more.party -->  ", "more.party"),
        ("## 🎉 <!-- field: 庆祝 -->\r", "more.庆祝"),
    ],
)
def test_an_emoji_with_a_name_is_a_section(world, heading, anchor):
    world.insert(f"{heading}\n\n值得庆祝的。\n\n")
    world.says({"section_1": SAID})
    assert world.run().code == 0
    assert shown("paper", world.text()).count(("🎉", anchor)) == 1
    assert world.lint().out == ""

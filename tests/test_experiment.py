"""The experiment agent as a person runs it, without running the notebook: outcomes, files, commits, who was asked."""

import json
from types import SimpleNamespace

import pytest
from fakes.claude_server import ClaudeServer, good
from random_notes import Dice
from small_experiment import PATH, SCRIPT, TOPIC, reply, said

from agents import experiment
from agents.lab.find import resource
from agents.lab.notes import load
from agents.note import cells, notebook
from agents.note.formula import Formulas
from agents.note.markdown import render
from agents.note.template import headings

WITH_SCRIPT = {
    "script": '"""均值。"""\n\n\ndef mean(values):\n    # 平均\n    return sum(values) / len(values)',
    "architecture": "# 可复用的均值\nfrom lab_script import mean",
}


@pytest.fixture
def world(lab, monkeypatch, capsys):
    with ClaudeServer([good(json.dumps(reply()))], model="claude-sonnet-5-5") as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)

        def run(*args, topic=TOPIC):
            code = experiment.main([topic, *args, "--lab", str(lab.root)])
            told = capsys.readouterr()
            return SimpleNamespace(code=code, out=told.out, err=told.err)

        def says(*answers):
            claude.script = [good(text) for text in said(*answers)]

        def edit(change, path=PATH):
            file = lab.root / path
            book = json.loads(file.read_text(encoding="utf-8"))
            change({cell["id"]: cell for cell in book["cells"]}, book)
            file.write_text(cells.dump(book), encoding="utf-8")

        yield SimpleNamespace(run=run, says=says, edit=edit, claude=claude, lab=lab)


def note_of(world, path=PATH):
    return load(world.lab, path, notebook.read).note


def test_one_command_leaves_a_checked_notebook_in_one_commit(world, git):
    done = world.run()
    assert (done.code, done.out) == (0, f"{PATH}\n"), done.err
    note = note_of(world)
    assert note.checks == {"schema": (1, 1), "code": (4, 4), "language": (8, 8)}
    assert (note.kind, note.engine, note.script) == ("experiment", "claude", "")
    assert note.conclusion == note.theory == "还没有运行。"
    assert TOPIC in note.aliases
    assert git("show", "--name-only", "--format=%s", "HEAD").split("\n")[0] == "experiment: 随机游走"
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH]
    assert git("status", "--porcelain") == ""
    assert len(world.claude.requests) == 1


def test_the_filed_notebook_is_read_back_and_would_be_printed_to_the_byte(world):
    world.says(reply(**WITH_SCRIPT))
    world.run()
    text = (world.lab.root / PATH).read_text(encoding="utf-8")
    assert notebook.show(notebook.read(text), headings(resource(world.lab, "CLAUDE.md"), "experiment")) == text


def test_every_cell_of_code_stands_below_its_intent_and_has_not_been_run(world):
    world.run()
    book = cells.load((world.lab.root / PATH).read_text(encoding="utf-8"))
    for before, cell in zip(book["cells"], book["cells"][1:], strict=False):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown" and cells.source(before).strip()
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
    headings = [cells.source(cell).split(" <!--")[0] for cell in book["cells"] if cells.source(cell).startswith("## ")]
    assert headings == [
        f"## {name}"
        for name in ("实验目标", "预期结果", "所需环境", "数据准备", "模型定义", "训练循环", "可视化结果", "实验结论", "与理论的对照", "溯源", "我的批注")
    ]  # fmt: skip


def test_a_reusable_module_is_filed_beside_it_and_imported_by_its_real_name(world, git):
    world.says(reply(**WITH_SCRIPT))
    assert world.run().code == 0
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH, SCRIPT]
    assert (world.lab.root / SCRIPT).read_text(encoding="utf-8").startswith('"""均值。"""')
    codes = cells.codes(cells.load((world.lab.root / PATH).read_text(encoding="utf-8")))
    assert "from random_walk import mean" in codes[2]
    assert 'sys.path.insert(0, "../scripts")' in codes[0]
    assert note_of(world).script == "random_walk"


@pytest.mark.parametrize("topic", ["随机游走的对比", "随机游走", " 随机 游走 "])
def test_a_notebook_that_stands_is_found_by_topic_and_title_and_left_alone(world, git, topic):
    world.run()
    head = git("rev-parse", "HEAD")
    again = world.run(topic=topic)
    assert (again.code, again.out) == (0, f"{PATH}\n")
    assert "already done" in again.err
    assert (git("rev-parse", "HEAD"), len(world.claude.requests)) == (head, 1)


def test_a_run_that_was_killed_before_its_commit_commits_both_files_the_next_time(world, git):
    world.says(reply(**WITH_SCRIPT))
    world.run("--no-commit")
    assert world.run().code == 0
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH, SCRIPT]
    assert git("status", "--porcelain") == ""
    assert len(world.claude.requests) == 1


@pytest.mark.parametrize(
    ("args", "name"),
    [((), "random-walk"), (("--slug", "walk2"), "walk2")],
)
def test_the_name_is_the_persons_else_the_english_one(world, args, name):
    assert world.run(*args).out == f"experiments/notebooks/{name}.ipynb\n"


def test_without_an_english_name_the_topics_own_words_make_it(world):
    world.says(reply(english_name=""))
    assert world.run().out == "experiments/notebooks/随机游走的对比.ipynb\n"


def test_a_name_that_another_file_has_gets_a_number_and_overwrites_nothing(world):
    for path in (PATH, "experiments/scripts/random_walk_2.py"):
        file = world.lab.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}", encoding="utf-8")
    assert world.run().out == "experiments/notebooks/random-walk-3.ipynb\n"
    assert (world.lab.root / PATH).read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"training": "# x\nimport subprocess"}, "imports subprocess"),
        ({"training": "# x\n!ls"}, "does not compile"),
        ({"training": "x = 1"}, "no # comment"),
        ({"data": "# 没有 torch\nxs = [1]"}, "does not import torch"),
        ({"figures": "# 没有图\nprint(1)"}, "draw at least one figure"),
        ({"tags": ["one"]}, "tags: give 2 to 6"),
        ({"training": []}, "training: give at least one cell"),
        ({"script": "# 没有人导入\nx = 1"}, "no cell imports lab_script"),
        ({"environment": [{"name": "torch", "reason": "种子"}]}, "imports matplotlib, which `environment` does not"),
        (
            {"environment": [{"name": n, "reason": "用"} for n in ("torch", "matplotlib", "scipy")]},
            "nothing imports scipy",
        ),
        ({"environment": [{"name": "torch-tools", "reason": "不在名单里"}]}, "environment"),
    ],
)
def test_what_a_notebook_may_not_do_goes_back_to_claude_and_is_mended(world, change, says):
    world.says(reply(**change), reply())
    done = world.run()
    assert done.code == 0, done.err
    assert says in world.claude.requests[1].body["messages"][2]["content"]


def test_code_that_stays_unusable_is_refused_and_nothing_is_written(world, git):
    world.says(reply(training="# x\nimport socket"))
    done = world.run()
    assert done.code == 65
    assert "imports socket" in done.err and "error:" in done.err
    assert len(world.claude.requests) == 3
    assert git("status", "--porcelain") == ""
    assert not (world.lab.root / PATH).exists()


def test_the_same_experiment_under_another_name_makes_no_twin_and_the_answer_is_kept(world, git):
    world.run()
    head = git("rev-parse", "HEAD")
    again = world.run(topic="布朗运动")
    assert (again.code, again.out) == (0, f"{PATH}\n")
    assert "'随机游走' too" in again.err and "this run spent" in again.err
    assert git("rev-parse", "HEAD") == head
    beside = world.run("--slug", "brown", topic="布朗运动")
    assert beside.out == "experiments/notebooks/brown.ipynb\n"
    assert len(world.claude.requests) == 2


@pytest.mark.parametrize("topic", ["", "   ", "🎉", "长" * 300, "https://arxiv.org/abs/2301.12597"])
def test_a_topic_that_names_nothing_is_a_mistake_of_usage(world, topic):
    assert world.run(topic=topic).code == 2
    assert world.claude.requests == []


@pytest.mark.parametrize("slug", ["../x", "A b", "", "-", "a.b"])
def test_a_slug_that_is_no_name_is_a_mistake_of_usage(world, slug):
    assert world.run(f"--slug={slug}").code == 2


@pytest.mark.parametrize("engine", ["draft", "auto"])
def test_without_a_model_there_is_no_notebook_and_the_hint_says_how_to_get_one(world, monkeypatch, engine):
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    done = world.run("--engine", engine)
    assert done.code == 78
    assert "ANTHROPIC_API_KEY" in done.err
    assert not (world.lab.root / "experiments").exists()


def test_an_estimate_needs_no_key_and_asks_nothing(world, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    done = world.run("--estimate")
    assert done.code == 0 and "USD" in done.out
    assert world.claude.requests == []


def test_an_edited_notebook_is_rewritten_by_force_only_and_what_is_the_persons_stays(world, git):
    world.run()

    def change(cells_, book):
        cells_["lab-training-1-code"]["source"] = ["# 我改了\n", "print(mean(xs) + 1)"]
        cells_["lab-remarks"]["source"] = "## 我的批注 <!-- field: remarks -->\n\n我的话"
        book["cells"].insert(3, {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "我的单元"})
        book["metadata"]["lab"]["tags"] = ["mine"]

    world.edit(change)
    assert world.run("--force").code == 73  # not committed yet
    git("commit", "-qam", "mine")
    assert world.run().code == 0
    assert len(world.claude.requests) == 1
    done = world.run("--force")
    assert done.code == 0, done.err
    assert "kept as .lab/backup/experiments/notebooks/random-walk" in done.err
    note = note_of(world)
    assert "我改了" not in (world.lab.root / PATH).read_text(encoding="utf-8")
    assert note.remarks == "\n我的话" and note.tags == ("mine",)
    assert [json.loads(section.text)["source"] for section in note.own_sections] == ["我的单元"]


def test_a_run_that_was_killed_between_script_and_notebook_goes_on_under_the_same_name(world, git):
    world.says(reply(**WITH_SCRIPT))
    world.run("--no-commit")
    (world.lab.root / PATH).unlink()
    assert world.run().out == f"{PATH}\n"
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH, SCRIPT]
    assert len(world.claude.requests) == 1


def test_a_rewrite_does_not_take_a_script_of_the_persons(world, git):
    world.run()
    mine = world.lab.root / SCRIPT
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("# 我的脚本\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "mine")
    world.says(reply(**WITH_SCRIPT))
    assert world.run("--force").code == 0
    assert mine.read_text(encoding="utf-8") == "# 我的脚本\n"
    assert note_of(world).script == "random_walk_2"
    assert (world.lab.root / "experiments/scripts/random_walk_2.py").exists()


def test_an_edited_script_is_kept_as_a_copy_and_uncommitted_edits_are_not_touched(world, git):
    world.says(reply(**WITH_SCRIPT))
    world.run()
    script = world.lab.root / SCRIPT
    script.write_text("# 我的脚本\n", encoding="utf-8")
    assert world.run("--force").code == 73
    assert script.read_text(encoding="utf-8") == "# 我的脚本\n"
    git("commit", "-qam", "mine")
    done = world.run("--force")
    assert done.code == 0, done.err
    assert "your edited script is kept as .lab/backup/experiments/scripts/random_walk" in done.err


def test_a_damaged_notebook_of_the_topic_is_not_given_a_paid_twin(world):
    world.run()
    file = world.lab.root / PATH
    file.write_text("<<<<<<< HEAD\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    done = world.run()
    assert done.code == 65
    assert f"{PATH} names this topic, and is damaged" in done.err
    assert len(world.claude.requests) == 1


def test_a_notebook_that_a_person_made_is_found_by_its_heading_and_left_alone(world):
    file = world.lab.root / "experiments/notebooks/mine.ipynb"
    file.parent.mkdir(parents=True)
    book = {"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"# {TOPIC}"}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    file.write_text(json.dumps(book), encoding="utf-8")
    done = world.run()
    assert (done.code, done.out) == (0, "experiments/notebooks/mine.ipynb\n")
    assert "does not follow the schema" in done.err
    assert world.claude.requests == []
    assert json.loads(file.read_text(encoding="utf-8")) == book


def test_a_cell_of_the_model_names_a_formula_of_the_labs_notes(world, git):
    _file_a_paper(world, git)
    topic = "BLIP-2 的随机游走"
    world.says(reply() | {"architecture": [reply()["architecture"][0] | {"formula": ""}]})
    assert world.run("--dry-run", topic=topic).code == 0
    asked = world.claude.requests[-1].body
    schema = json.dumps(asked["output_config"]["format"]["schema"])
    names = [name for name in json.loads(schema)["$defs"]["ModelStep"]["properties"]["formula"]["enum"] if name]
    assert names[0].startswith("papers/blip-2.md#")
    listed = asked["messages"][0]["content"][0]["text"]
    assert TEX in listed and names[0] in listed  # as data, between fences
    chosen = reply(aliases=["x"])
    chosen["architecture"][0]["formula"] = names[0]
    world.says(chosen)
    assert world.run("--force", topic=topic).code == 0
    formula = note_of(world).architecture.cells[0].formula
    assert (formula.path, formula.tex) == ("papers/blip-2.md", TEX)
    text = (world.lab.root / PATH).read_text(encoding="utf-8")
    assert "](../../papers/blip-2.md)" in text


def test_without_formulas_the_field_is_left_out(world):
    world.run()
    assert "formula" not in json.dumps(world.claude.requests[0].body["output_config"])


TEX = "\\mathcal{L} = -\\log p(y \\mid x)"


def _file_a_paper(world, git):
    """A note with one formula, about the topic of the test."""
    formula = {
        "tex": TEX,
        "equation": "3",
        "page": 2,
        "meaning": "负对数似然。",
        "symbols": [{"symbol": "p", "meaning": "概率"}],
    }
    note = Dice(1).note()
    formulas = Formulas.model_validate({"items": [formula], "none": ""})
    method = note.method.model_copy(update={"formulas": formulas})
    note = note.model_copy(update={"title": "BLIP-2", "method": method})
    (world.lab.root / "papers/blip-2.md").write_text(render(note), encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "a paper")

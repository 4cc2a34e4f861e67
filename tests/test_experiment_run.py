"""`--run` as a person uses it: what is executed, what Claude is asked and told, what is paid twice (nothing), what is kept."""

import importlib.util
import json
import re
import shutil
from types import SimpleNamespace

import pytest
from fakes.claude_server import ClaudeServer, good, hang_up
from record import REPLIES
from small_experiment import CLOSING, PATH, TOPIC, needs_sandbox, reply, said

from agents import experiment
from agents.lab import confinement, sandbox
from agents.lab.notes import load
from agents.note import cells, notebook
from agents.note.experiment import ClosingReply
from agents.note.note import fingerprint
from agents.recipes import filing
from agents.trust import numbers

pytestmark = needs_sandbox
CLOSING_WITHOUT_NUMBERS = {"conclusion": "对齐来自配对。", "theory": "与理论相符。"}
FAILS = '# 出错的一格\nprint("mean:", mena(xs))'
FIXED = {
    "cause": "函数名写错了。",
    "cells": [{"cell": "training 1", "code": reply()["training"][0]["code"]}],
    "script": "",
}


@pytest.fixture
def world(lab, monkeypatch, capsys):
    with ClaudeServer([], model="claude-sonnet-5-5") as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)

        def run(*args):
            code = experiment.main([TOPIC, *args, "--lab", str(lab.root)])
            told = capsys.readouterr()
            return SimpleNamespace(code=code, out=told.out, err=told.err)

        def says(*answers):
            """From now on: these answers, each once."""
            claude.script[len(claude.requests) :] = [good(text) for text in said(*answers)]

        def edit(change):
            file = lab.root / PATH
            book = cells.load(file.read_text(encoding="utf-8"))
            change({cell["id"]: cell for cell in book["cells"]}, book)
            file.write_text(cells.dump(book), encoding="utf-8")

        def note():
            return load(lab, PATH, notebook.read).note

        yield SimpleNamespace(run=run, says=says, edit=edit, note=note, claude=claude, lab=lab, asked=claude.requests)


@pytest.fixture
def standing(world, git):
    """A notebook that is filed and has not been run; the requests so far are forgotten."""
    world.says(reply())
    assert world.run().code == 0
    world.asked.clear()
    world.claude.script.clear()
    return world


def outputs(world):
    return dict(cells.outputs(cells.load((world.lab.root / PATH).read_text(encoding="utf-8"))))


def kept_runs(world):
    return list((world.lab.root / ".lab/runs").glob("*.json"))


def test_a_new_notebook_is_written_run_and_concluded_in_one_commit(world, git):
    world.says(reply(), CLOSING)
    done = world.run("--run")
    assert (done.code, done.out) == (0, f"{PATH}\n"), done.err
    assert outputs(world) == {1: "samples: 4", 2: "", 3: "mean: 2.5", 4: ""}
    note = world.note()
    assert note.conclusion.endswith("均值是 2.5，符合目标。") and "4 个代码单元全部跑通" in note.conclusion
    assert note.theory == CLOSING["theory"]
    assert note.checks == {"schema": (1, 1), "code": (4, 4), "run": (4, 4), "numbers": (2, 2), "language": (8, 8)}
    assert note.written == fingerprint(note) and not note.closing_edited
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH]
    assert git("status", "--porcelain") == ""
    assert len(world.asked) == 2
    assert kept_runs(world) == []


def test_claude_is_shown_code_and_outputs_as_data_and_goal_and_expectation(world):
    world.says(reply(), CLOSING)
    world.run("--run")
    source, prompt = (block["text"] for block in world.asked[1].body["messages"][0]["content"])
    assert "untrusted data" in source and "mean: 2.5" in source and "def mean(values)" in source
    assert "验证均值。" in prompt and "均值在中间。" in prompt and "{{" not in prompt


def test_a_traceback_goes_back_to_claude_and_only_the_mended_cell_changes(world):
    world.says(reply(training=FAILS), FIXED, CLOSING)
    done = world.run("--run")
    assert done.code == 0, done.err
    assert "code cell 3: NameError" in done.err
    source = world.asked[1].body["messages"][0]["content"][0]["text"]
    assert "name 'mena' is not defined" in source and "## training 1 (code cell 3)" in source
    assert world.note().training.cells[0].code == reply()["training"][0]["code"]
    assert "运行报错后由模型修改：函数名写错了。" in world.note().provenance
    assert outputs(world)[3] == "mean: 2.5"


def test_after_two_repairs_it_is_given_up_with_one_error_and_the_last_attempt_is_kept(world, git):
    again = FIXED | {"cells": [{"cell": "training 1", "code": "# 还是错\nprint(nowhere)"}]}
    third = FIXED | {"cells": [{"cell": "training 1", "code": "# 还是错\nprint(nowhere_else)"}]}
    world.says(reply(training=FAILS), again, third)
    done = world.run("--run")
    assert done.code == 65
    assert "fails after 2 repairs: code cell 3: NameError: name 'nowhere_else' is not defined" in done.err
    assert ".lab/runs/random-walk.ipynb" in done.err
    assert "nowhere_else" in (world.lab.root / ".lab/runs/random-walk.ipynb").read_text(encoding="utf-8")
    assert git("status", "--porcelain") == "" and len(world.asked) == 3
    assert world.run("--run").code == 65  # for nothing: the same failures have their answers
    assert len(world.asked) == 3


def test_a_repair_that_changes_nothing_or_breaks_the_rules_goes_back_too(world):
    nothing = FIXED | {"cells": [{"cell": "training 1", "code": FAILS}]}
    forbidden = FIXED | {"cells": [{"cell": "training 1", "code": "# x\nimport socket"}]}
    world.says(reply(training=FAILS), nothing, forbidden, FIXED, CLOSING)
    done = world.run("--run")
    assert done.code == 0, done.err
    assert "nothing was changed" in world.asked[2].body["messages"][2]["content"]
    assert "imports socket" in world.asked[3].body["messages"][2]["content"]


def test_a_number_that_no_output_holds_is_asked_about_then_marked_and_the_exit_code_is_3(world):
    world.says(reply(), *[CLOSING | {"conclusion": "均值是 2.5，准确率 97.3。"}] * 3)
    done = world.run("--run")
    assert done.code == 3
    assert "97.3" in world.asked[2].body["messages"][2]["content"]
    assert len(world.asked) == 4
    assert world.note().conclusion.endswith("⚠ 运行输出里没有这些数字：97.3")
    assert world.note().checks["numbers"] == (2, 3)


def test_strict_refuses_a_number_that_no_output_holds(world, git):
    world.says(reply(), *[CLOSING | {"theory": "应当是 97.3。"}] * 3)
    assert world.run("--run", "--strict").code == 65
    assert git("status", "--porcelain") == ""


def test_a_number_in_other_dress_counts(world):
    world.says(reply(), CLOSING | {"theory": "均值 2.50，就是 2.5。"})
    assert world.run("--run").code == 0
    assert len(world.asked) == 2


def test_a_kill_between_the_calls_costs_nothing(world):
    """The conclusion cannot be had: the run before it is kept, so the next run pays for the conclusion alone."""
    world.says(reply(training='# 每次不同\nimport time\nprint("mean:", mean(xs), time.time_ns())'))
    world.claude.script.append(good("no json at all"))
    assert world.run("--run").code == 65
    kept = kept_runs(world)
    assert len(kept) == 1
    asked = len(world.asked)
    world.says(CLOSING)
    done = world.run("--run")
    assert done.code == 0, done.err
    assert "taken from .lab/runs" in done.err
    assert len(world.asked) == asked + 1
    assert kept_runs(world) == []


def test_a_kill_after_the_last_call_costs_nothing(world, monkeypatch):
    """Killed before the file is written: nothing is executed or asked again, though every run prints another time."""
    world.says(reply(training='# 每次不同\nimport time\nprint("mean:", mean(xs), time.time_ns())'), CLOSING)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(filing, "file", killed)
        assert world.run("--run").code == 130
    done = world.run("--run")
    assert done.code == 0, done.err
    assert len(world.asked) == 2


def test_max_usd_is_for_all_calls_of_a_run_together(world):
    """Each of the two calls may cost some 0.17 USD at most, and the first one does cost 0.01."""
    world.says(reply(), CLOSING)
    done = world.run("--run", "--max-usd", "0.171")
    assert done.code == 77, done.err
    assert len(world.asked) == 1
    assert world.run("--run", "--max-usd", "0.5").code == 0
    assert len(world.asked) == 2


def test_a_dry_run_changes_nothing_and_makes_the_real_run_free(world, git):
    world.says(reply(), CLOSING)
    dry = world.run("--run", "--dry-run")
    assert dry.code == 0 and f"+++ b/{PATH}" in dry.out
    assert git("status", "--porcelain") == ""
    assert world.run("--run").code == 0
    assert len(world.asked) == 2


def test_a_notebook_that_stands_is_run_as_it_is_and_only_outputs_and_closing_cells_change(standing, git):
    def change(cells_, book):
        cells_["lab-training-1-code"]["source"] = ["# 我改的\n", 'print("sum:", sum(xs))']
        book["cells"].insert(
            8,
            {
                "cell_type": "code",
                "id": "mine",
                "metadata": {"tags": ["a"]},
                "source": ["print(7 * 6)"],
                "outputs": [],
                "execution_count": None,
            },
        )

    standing.edit(change)
    git("commit", "-qam", "mine")
    before = json.loads((standing.lab.root / PATH).read_text(encoding="utf-8"))
    written = before["metadata"]["lab"]["written"]
    standing.says({"conclusion": "总和是 10，我的单元打印 42。", "theory": "相符。"})
    done = standing.run("--run")
    assert done.code == 0, done.err
    after = json.loads((standing.lab.root / PATH).read_text(encoding="utf-8"))
    different = [a["id"] for b, a in zip(before["cells"], after["cells"], strict=True) if a["source"] != b["source"]]
    assert different == ["lab-conclusion", "lab-theory"]
    assert "42" in outputs(standing).values() and "sum: 10" in outputs(standing).values()
    assert after["metadata"]["lab"]["written"] == written  # an edit of the person's stays one
    assert git("log", "-1", "--format=%s") == "experiment: run 随机游走\n"
    assert len(standing.asked) == 1
    standing.says()
    assert standing.run().code == 0
    assert standing.run("--run").code == 0  # the same outputs have their conclusion
    assert len(standing.asked) == 1


def test_edits_that_are_not_committed_are_run_and_wait_for_the_persons_commit(standing, git):
    standing.edit(lambda c, _: c["lab-remarks"].__setitem__("source", "## 我的批注 <!-- field: remarks -->\n\n话"))
    head = git("rev-parse", "HEAD")
    standing.says(CLOSING)
    done = standing.run("--run")
    assert done.code == 0, done.err
    assert f"saved, not committed: {PATH} holds changes of yours, commit it with them" in done.err
    assert git("rev-parse", "HEAD") == head
    note = standing.note()
    assert "话" in (standing.lab.root / PATH).read_text(encoding="utf-8")
    assert "全部跑通" in note.conclusion
    git("commit", "-qam", "mine, with the outputs")
    assert standing.run("--run").code == 0
    assert git("status", "--porcelain") == ""


def test_what_a_person_saves_while_it_runs_is_not_written_over(standing, monkeypatch):
    """He has the notebook open in Jupyter, and saves it while Claude is asked."""
    file = standing.lab.root / PATH

    def saved(reply_):
        file.write_bytes(file.read_bytes().replace("验证均值".encode(), "验证我的均值".encode()))
        good(said(CLOSING)[0])(reply_)

    standing.claude.script[:] = [saved]
    done = standing.run("--run")
    assert done.code == 75 and "was changed meanwhile" in done.err
    assert "验证我的均值" in file.read_text(encoding="utf-8")


def test_words_of_the_persons_in_the_closing_cells_are_never_lost(standing, git):
    def change(cells_, _):
        cells_["lab-conclusion"]["source"] = "## 实验结论 <!-- field: conclusion -->\n\n我自己的结论"

    standing.edit(change)
    assert standing.run("--run").code == 73  # not committed: they would be gone for good
    git("commit", "-qam", "mine")
    standing.says(CLOSING)
    done = standing.run("--run")
    assert done.code == 0, done.err
    assert "我自己的结论" not in (standing.lab.root / PATH).read_text(encoding="utf-8")
    (copy,) = (standing.lab.root / ".lab/backup/experiments/notebooks").iterdir()
    assert "我自己的结论" in copy.read_text(encoding="utf-8")


def test_outputs_of_a_run_in_jupyter_are_no_obstacle(standing):
    def ran(cells_, book):
        cells_["lab-data-1-code"] |= {
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "x\n"}],
            "execution_count": 1,
        }
        book["metadata"]["language_info"] |= {"version": "3.11.9"}

    standing.edit(ran)
    standing.says(CLOSING)
    assert standing.run("--run").code == 0


@pytest.mark.parametrize("args", [("--engine", "draft"), ()])
def test_without_a_model_the_closing_cells_hold_facts_and_no_judgement(standing, git, monkeypatch, args):
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    done = standing.run("--run", *args)
    assert done.code == 0, done.err
    note = standing.note()
    assert "4 个代码单元全部跑通" in note.conclusion and "    mean: 2.5" in note.conclusion
    assert "没有模型" in note.theory
    assert note.checks["run"] == (4, 4) and "numbers" not in note.checks
    assert note.engine == "claude"  # who wrote the notebook
    assert git("status", "--porcelain") == ""


def test_a_notebook_that_stands_and_fails_is_one_error_and_stays_as_it_is(standing, git):
    standing.edit(lambda c, _: c["lab-training-1-code"].__setitem__("source", FAILS))
    git("commit", "-qam", "mine")
    done = standing.run("--run")
    assert done.code == 65
    assert "code cell 3: NameError: name 'mena' is not defined" in done.err
    assert git("status", "--porcelain") == "" and standing.asked == []
    assert "Traceback" not in done.err and "mena" in standing.run("--run", "-v").err


@pytest.fixture
def _impatient(monkeypatch):
    limits = confinement.Limits(seconds=4.0, grace=2.0)
    monkeypatch.setattr(sandbox, "LIMITS", limits)


@pytest.mark.usefixtures("_impatient")
def test_a_notebook_that_never_ends_is_ended_and_said_so_without_a_repair(world, git):
    world.says(reply(training="# 永远\nwhile True:\n    pass"))
    done = world.run("--run")
    assert done.code == 65
    assert "longer than 4 s" in done.err
    assert len(world.asked) == 1
    assert git("status", "--porcelain") == ""
    assert world.run().code == 0  # without --run it is filed for nothing
    assert len(world.asked) == 1
    assert world.run("--run").code == 65
    assert world.note().conclusion == "还没有运行。"


def test_without_a_sandbox_nothing_is_asked_and_the_hint_names_it(world, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = world.run("--run")
    assert done.code == 78
    assert "bubblewrap" in done.err and "--run-unsandboxed" in done.err
    assert world.asked == []
    world.says(reply(), CLOSING)
    done = world.run("--run-unsandboxed")
    assert done.code == 0, done.err
    assert "没有沙箱" in world.note().conclusion


def test_a_package_that_is_not_installed_is_named_before_a_repair_is_paid(world):
    environment = [*reply()["environment"], {"name": "einops", "reason": "重排"}]
    world.says(reply(training="# 需要 einops\nimport einops\nprint(einops)", environment=environment))
    done = world.run("--run")
    assert done.code == 78, done.err
    assert "einops" in done.err and "pip install" in done.err
    assert len(world.asked) == 1


def test_a_notebook_finds_its_script_in_the_sandbox_as_in_the_lab(world, git):
    script = '"""均值。"""\n\n\ndef mean(values):\n    # 平均\n    return sum(values) / len(values)'
    world.says(reply(script=script, architecture="# 可复用\nfrom lab_script import mean"), CLOSING)
    done = world.run("--run")
    assert done.code == 0, done.err
    assert outputs(world)[4] == "mean: 2.5"
    assert git("show", "--name-only", "--format=", "HEAD").split() == [PATH, "experiments/scripts/random_walk.py"]
    (world.lab.root / "experiments/scripts/random_walk.py").write_text(
        "def mean(values):\n    return 3.25\n", encoding="utf-8"
    )
    git("commit", "-qam", "mine")
    world.says({"conclusion": "均值是 3.25。", "theory": "不符。"})
    assert world.run("--run").code == 0
    assert outputs(world)[4] == "mean: 3.25"


def test_a_lost_connection_in_the_middle_leaves_the_answers_that_were_paid(world, monkeypatch):
    from agents.model import engine
    from agents.model.retry import Patience

    monkeypatch.setattr(engine.ask, "__kwdefaults__", engine.ask.__kwdefaults__ | {"patience": Patience(attempts=1)})
    world.claude.script[:] = [good(said(reply(training=FAILS))[0]), hang_up()]
    assert world.run("--run").code == 75
    world.says(FIXED, CLOSING)
    asked = len(world.asked)
    assert world.run("--run").code == 0
    assert len(world.asked) == asked + 2


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_the_sample_experiment_runs_for_real_and_shows_what_it_says(world):
    """The reply of the recordings: alignment comes from the pairs, and without them there is none."""
    world.says(json.loads((REPLIES / "experiment.json").read_text(encoding="utf-8")), CLOSING_WITHOUT_NUMBERS)
    done = world.run("--run")
    assert done.code == 0, done.err
    book = cells.load((world.lab.root / done.out.strip()).read_text(encoding="utf-8"))
    said_there = "\n".join(text for _, text in cells.outputs(book))
    found = dict(re.findall(r"top-1 accuracy on new images, (\w+): ([\d.]+)", said_there))
    assert float(found["paired"]) > 0.8
    assert float(found["shuffled"]) < 0.1
    assert cells.pictures(book) == 1


def test_the_sample_conclusion_holds_only_numbers_of_that_run():
    """What it printed with torch 2.13 on a CPU; the conclusion was written from this."""
    printed = """number of concepts: 36
batch size: 64, steps: 300
log(batch size), the loss of a random guess: 4.159
loss, paired: first 5.641, last 0.987
loss, shuffled: first 5.500, last 4.162
learned scale, paired: 15.46, at the start: 14.29
top-1 accuracy on new images, paired: 0.964
top-1 accuracy on new images, shuffled: 0.031
chance: 0.028"""
    closing = ClosingReply.model_validate_json((REPLIES / "experiment-conclusion.json").read_text(encoding="utf-8"))
    for text in (closing.conclusion, closing.theory):
        assert numbers.numbers(text)
        assert numbers.missing(text, printed) == []

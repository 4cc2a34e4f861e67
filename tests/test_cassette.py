"""One whole run of each agent, replayed offline from a recording."""

import functools
import importlib

import pytest
from cassette import FOLDER, REAL, SYNTHETIC, recorder
from real_git import run_git
from record import DAY, ID, SCENARIOS, lab_for

from agents.model import engine
from agents.model.retry import Patience
from agents.note.markdown import parse
from agents.note.paper import PaperNote
from agents.recipes import filing, run

AGAIN = "the recording does not fit any more: run `make record`"


@pytest.fixture
def replayed(monkeypatch, tmp_path):
    """Runs an agent on its recording, one attempt a request: what it does not hold will not come by waiting."""
    monkeypatch.setattr(run, "today", lambda: DAY)
    monkeypatch.setattr(filing.engine, "ask", functools.partial(engine.ask, patience=Patience(attempts=1)))

    def replay(agent, change=lambda lab: None, *more):
        lab = lab_for(agent, tmp_path / "lab")
        change(lab)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "not-a-key")
        main = importlib.import_module(f"agents.{agent}").main
        with recorder("none").use_cassette(f"{agent}.yaml") as cassette:
            code = main(SCENARIOS[agent].command(lab, *more))
        return lab, code, cassette

    return replay


@pytest.mark.parametrize("agent", SCENARIOS)
def test_the_recorded_run_ends_in_a_committed_note(agent, replayed, capsys):
    lab, code, cassette = replayed(agent)
    said = capsys.readouterr()
    assert code == 0, f"{AGAIN}\n{said.err}"
    assert cassette.all_played, f"{AGAIN}: it holds requests that were not made"
    path = SCENARIOS[agent].path
    assert said.out.strip() == SCENARIOS[agent].printed(lab)
    assert path in run_git(lab.root, "show", "--name-only", "--format=", "HEAD").split()
    assert run_git(lab.root, "status", "--porcelain") == ""


def test_the_recorded_paper_is_checked_and_priced(replayed):
    lab, _, _ = replayed("paper")
    text = (lab.root / "papers/blip-2.md").read_text(encoding="utf-8")
    note = parse(text, PaperNote)
    assert (note.arxiv, note.version, note.engine, note.model) == (ID, 3, "claude", "claude-sonnet-5-5")
    assert note.title.startswith("BLIP-2: Bootstrapping")
    assert note.authors[0] == "Junnan Li"
    assert note.checks["quotes"] == (6, 6)
    assert note.tokens > 0
    assert "| -0.9 | -1.1 % |" in text


def test_a_run_that_asks_something_else_does_not_replay(replayed, capsys):
    def other_contract(lab):
        (lab.root / "CLAUDE.md").write_text("# another contract\n", encoding="utf-8")

    _, code, cassette = replayed("paper", other_contract, "--no-commit")
    assert code == 75
    assert "no recorded interaction matches" in capsys.readouterr().err
    assert not cassette.all_played


@pytest.mark.parametrize("agent", SCENARIOS)
def test_the_recording_says_what_it_is_and_holds_no_secret(agent):
    text = (FOLDER / f"{agent}.yaml").read_text(encoding="utf-8")
    assert text.startswith((SYNTHETIC, REAL))
    for name in (
        "authorization",
        "x-api-key",
        "cookie",
        "anthropic-organization-id",
        "request-id",
        "not-a-key",
        "127.0.0.1",
    ):
        assert name not in text.lower(), name


def test_every_recording_is_used():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(SCENARIOS)

"""The whole run of `agents.paper 2301.12597`, replayed offline from a recording."""

import functools

import pytest
from cassette import FOLDER, REAL, SYNTHETIC, recorder
from real_git import run_git
from record import ID, NAME

from agents import paper
from agents.lab.new import create
from agents.model import engine
from agents.model.retry import Patience
from agents.note.markdown import parse
from agents.note.paper import PaperNote
from agents.recipes import filing

AGAIN = "the recording does not fit any more: run `make record`"
MODEL = ["--model", "claude-sonnet-5-5"]


@pytest.fixture
def shipped_lab(tmp_path):
    """A lab with the shipped CLAUDE.md and prompts: they are part of the request that was recorded."""
    return create(tmp_path / "lab", identity=("Ada", "ada@example.invalid"))


@pytest.fixture
def replay(monkeypatch):
    """The recording, and one attempt a request: what it does not hold will not come by waiting."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-a-key")
    monkeypatch.setattr(filing.engine, "ask", functools.partial(engine.ask, patience=Patience(attempts=1)))
    with recorder("none").use_cassette(NAME) as cassette:
        yield cassette


def test_the_recorded_run_ends_in_a_committed_checked_note(shipped_lab, replay, capsys):
    code = paper.main([ID, *MODEL, "--lab", str(shipped_lab.root)])
    said = capsys.readouterr()
    assert code == 0, f"{AGAIN}\n{said.err}"
    assert replay.all_played, f"{AGAIN}: it holds requests that were not made"
    path = said.out.strip()
    assert path == "papers/blip-2.md"
    note = parse((shipped_lab.root / path).read_text(encoding="utf-8"), PaperNote)
    assert (note.arxiv, note.version, note.engine, note.model) == (ID, 3, "claude", "claude-sonnet-5-5")
    assert note.title.startswith("BLIP-2: Bootstrapping")
    assert note.authors[0] == "Junnan Li"
    assert note.checks["quotes"] == (6, 6)
    assert note.tokens > 0
    committed = run_git(shipped_lab.root, "show", "--name-only", "--format=%s", "HEAD").split()
    assert committed[-2:] == ["papers/README.md", path]
    assert "| -0.9 | -1.1 % |" in (shipped_lab.root / path).read_text(encoding="utf-8")


def test_a_run_that_asks_something_else_does_not_replay(shipped_lab, replay, capsys):
    (shipped_lab.root / "CLAUDE.md").write_text("# another contract\n", encoding="utf-8")
    code = paper.main([ID, *MODEL, "--lab", str(shipped_lab.root), "--no-commit"])
    assert code == 75
    assert "no recorded interaction matches" in capsys.readouterr().err
    assert not replay.all_played


def test_the_recording_says_what_it_is_and_holds_no_secret():
    text = (FOLDER / NAME).read_text(encoding="utf-8")
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
    assert [path.name for path in FOLDER.iterdir()] == [NAME]

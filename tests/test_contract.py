"""What every agent promises, whatever it writes: one test over all of them, on the runs of tests/record.py."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from changes import tree
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from real_git import run_git
from record import ABSTRACT, AUTHORS, DAY, ID, SCENARIOS, TITLE, lab_for, make, replies
from schema_limits import MOST_OPTIONAL, MOST_UNIONS, limits

from agents.note.kinds import KINDS
from agents.note.markdown import parse, render
from agents.note.template import headings
from agents.recipes import run

ROOT = Path(__file__).resolve().parents[1]
KEEP_AND_GO_ON = {"weekly", "init"}  # they keep what the person wrote, section by section or file by file
NOT_IN_SCHEMAS = {"minimum", "maximum", "minLength", "maxLength", "maxItems", "pattern", "prefixItems"}

pytestmark = pytest.mark.parametrize("agent", SCENARIOS)


@pytest.fixture
def world(agent, tmp_path, monkeypatch, capsys):
    """The lab of the agent's scenario, both services on loopback, and the clock on the day of the recordings."""
    lab = lab_for(agent, tmp_path / "lab")
    blip2 = Paper(ID, title=TITLE, authors=AUTHORS, abstract=ABSTRACT, version=3, pdf=make())
    with (
        ArxivServer([blip2, *SCENARIOS[agent].papers]) as arxiv,
        ClaudeServer([good(reply) for reply in replies(agent)], model="claude-sonnet-5-5") as claude,
    ):
        for name, value in arxiv.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        monkeypatch.setattr(run, "today", lambda: DAY)
        main = importlib.import_module(f"agents.{agent}").main

        def do(*more):
            code = main(SCENARIOS[agent].command(lab, *more))
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        yield SimpleNamespace(run=do, lab=lab, claude=claude, path=SCENARIOS[agent].path)


def head(world):
    return run_git(world.lab.root, "rev-parse", "HEAD")


def test_a_run_leaves_its_file_in_one_commit(agent, world):
    before = head(world)
    done = world.run()
    assert done.code == 0, done.err
    assert done.out.strip() == SCENARIOS[agent].printed(world.lab)
    assert run_git(world.lab.root, "rev-list", "--count", f"{before.strip()}..HEAD").strip() == "1"
    assert world.path in run_git(world.lab.root, "show", "--name-only", "--format=", "HEAD").split()
    assert run_git(world.lab.root, "status", "--porcelain") == ""
    assert len(world.claude.requests) == len(replies(agent))


def test_the_prompt_is_filled_and_the_contract_is_the_system(agent, world):
    world.run()
    for request in world.claude.requests:
        said = "\n".join(block["text"] for block in request.body["messages"][0]["content"])
        assert "{{" not in said
        assert request.body["system"][0]["text"] == (world.lab.root / "CLAUDE.md").read_text(encoding="utf-8")


def test_a_prompt_with_another_variable_or_without_one_is_refused_before_anything_is_asked(agent, world):
    prompt = world.lab.root / f"prompts/{agent}.md"
    text = prompt.read_text(encoding="utf-8")
    for changed in (text + "\n{{titel}}\n", re.sub(r"\{\{\w+\}\}", "", text, count=1)):
        prompt.write_text(changed, encoding="utf-8")
        done = world.run()
        assert done.code == 78, done.err
        assert f"prompts/{agent}.md" in done.err
    assert world.claude.requests == []


def test_the_api_takes_the_reply_schemas(agent, world):
    world.run()
    assert world.claude.requests
    for request in world.claude.requests:
        schema = request.body["output_config"]["format"]["schema"]
        used = limits(schema)
        assert used.optional <= MOST_OPTIONAL
        assert used.unions <= MOST_UNIONS
        assert not NOT_IN_SCHEMAS & set(re.findall(r'"(\w+)": ', json.dumps(schema)))


def test_the_note_round_trips(agent, world):
    world.run()
    text = (world.lab.root / world.path).read_text(encoding="utf-8")
    if not world.path.endswith(".md") or not text.startswith("---\n"):
        pytest.skip("its file is no Markdown note: its own tests hold the round trip")
    note = parse(text, KINDS[agent])
    contract = (world.lab.root / "CLAUDE.md").read_text(encoding="utf-8")
    assert render(note, headings(contract, agent)) == text


def test_a_second_run_asks_nobody_and_commits_nothing(agent, world):
    world.run()
    before, asked = head(world), len(world.claude.requests)
    again = world.run()
    assert again.code == 0, again.err
    assert (head(world), len(world.claude.requests)) == (before, asked)
    assert "already done" in again.err


def test_dry_run_is_inert_and_makes_the_real_run_free(agent, world):
    before = head(world), tree(world.lab.root)
    dry = world.run("--dry-run")
    assert dry.code == 0, dry.err
    assert (head(world), tree(world.lab.root)) == before
    assert f"+++ b/{world.path}" in dry.out
    asked = len(world.claude.requests)
    assert world.run().code == 0
    assert len(world.claude.requests) == asked


def test_what_the_person_edited_is_not_rewritten_and_nobody_is_asked(agent, world):
    world.run()
    asked = len(world.claude.requests)
    path = world.lab.root / world.path
    edited = path.read_bytes().replace("。".encode(), "，我改过。".encode(), 1)
    path.write_bytes(edited)
    done = world.run("--force")
    if agent in KEEP_AND_GO_ON:
        assert done.code in {0, 3}, done.err
        assert "我改过" in path.read_text(encoding="utf-8")
        return
    assert done.code == 73, done.err
    assert path.read_bytes() == edited
    assert len(world.claude.requests) == asked


@pytest.mark.parametrize("readme", ["README.md", "README.en.md"])
def test_the_command_line_explains_itself_and_the_readme_names_it(agent, readme, tmp_path):
    command = [sys.executable, "-m", f"agents.{agent}", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    for flag in ("--engine", "--model", "--dry-run", "--no-commit", "--force", "--strict", "--estimate", "--max-usd"):
        assert flag in done.stdout
    assert f"python -m agents.{agent}" in (ROOT / readme).read_text(encoding="utf-8")

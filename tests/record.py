"""Make the recordings anew (`make record`): against the real services where a key is set, else against tests/fakes.

A synthetic recording proves that the program asks and understands what its own servers speak; only one made with a key
proves that those servers speak like Claude and arXiv. The first line of each file says which it is.
"""

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest import mock

import small_lab
from cassette import FOLDER, REAL, SYNTHETIC, recorder
from diffusion import PAPERS
from digest import ABSTRACT, AUTHORS, TITLE, make
from digest import source as tex_source
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from real_git import run_git
from shelf import with_blip2
from weeks import week_48

from agents.lab.find import Lab
from agents.lab.new import create
from agents.model.endpoint import Endpoint
from agents.recipes import run

ID = "2301.12597"
DAY = date(2026, 11, 27)  # a Friday: dates are part of some prompts, so recordings are made and replayed on this day
MODEL = ("--engine", "claude", "--model", "claude-sonnet-5-5")
REPLIES = Path(__file__).parent / "data" / "replies"
REPLY = REPLIES / "paper.json"


def _nothing(_: Lab) -> None:
    """A lab as `create` makes it."""


@dataclass(frozen=True)
class Scenario:
    """One run to record: its arguments, what the lab holds before it, and where its note is to stand."""

    arguments: tuple[str, ...]
    path: str
    prepare: Callable[[Lab], None] = _nothing
    replies: tuple[str, ...] = ()  # files in tests/data/replies, one a call; by default the agent's own
    papers: tuple[Paper, ...] = ()  # what arXiv holds besides BLIP-2

    def command(self, lab: Lab, *more: str) -> list[str]:
        """What is typed after the agent's name."""
        return [*self.arguments, *MODEL, "--lab", str(lab.root), *more]

    def printed(self, lab: Lab) -> str:
        """What stands on stdout after a run."""
        return self.path


class Begun(Scenario):
    """A run of init: the folder is its first argument, and what it prints."""

    def command(self, lab: Lab, *more: str) -> list[str]:
        return [str(lab.root), *self.arguments, *MODEL, *more]

    def printed(self, lab: Lab) -> str:
        return str(lab.root)


def _without_a_plan(lab: Lab) -> None:
    """What a person has who deleted the files about the shipped topic to begin another one."""
    run_git(lab.root, "rm", "-q", "README.md", "papers/README.md", "resources/awesome-mllm.md")
    run_git(lab.root, "commit", "-q", "-m", "another topic")


SCENARIOS = {
    "paper": Scenario((ID,), "papers/blip-2.md"),
    "concept": Scenario(
        ("Cross-Attention 在多模态模型中的作用",), "notes/multimodal-arch/cross-attention.md", prepare=with_blip2
    ),
    "weekly": Scenario((), "weekly-log/2026-W48.md", prepare=week_48),
    "init": Begun(("--topic", "扩散模型"), "README.md", _without_a_plan, papers=PAPERS),
    "review": Scenario((), f"notes/reviews/{DAY}.md", small_lab.fill),
    "experiment": Scenario(
        ("从零实现一个简化版的 CLIP 对比学习",), "experiments/notebooks/tiny-clip-contrastive.ipynb"
    ),
}


def replies(agent: str) -> list[str]:
    """The answers of Claude in this scenario, one a call."""
    names = SCENARIOS[agent].replies or (f"{agent}.json",)
    return [(REPLIES / name).read_text(encoding="utf-8") for name in names]


def lab_for(agent: str, root: Path) -> Lab:
    """The lab in which the scenario is run: as new, with what it prepares committed."""
    lab = create(root, identity=("Recorder", "recorder@example.invalid"))
    SCENARIOS[agent].prepare(lab)
    return lab


@contextmanager
def fakes(agent: str) -> Iterator[None]:
    """The loopback servers in place of both services; requests keep the form that Anthropic's own endpoint gets."""
    blip2 = Paper(ID, title=TITLE, authors=AUTHORS, abstract=ABSTRACT, version=3, pdf=make(), src=tex_source())
    script = [good(reply) for reply in replies(agent)]
    with ExitStack() as stack:
        arxiv = stack.enter_context(ArxivServer([blip2, *SCENARIOS[agent].papers]))
        claude = stack.enter_context(ClaudeServer(script, model="claude-sonnet-5-5"))
        servers = {"LAB_ARXIV_URL": arxiv.url, "LAB_ARXIV_DELAY": "0", "ANTHROPIC_BASE_URL": claude.url}
        stack.enter_context(mock.patch.dict(os.environ, servers))
        stack.enter_context(mock.patch.object(Endpoint, "takes_schemas", property(lambda _: True)))
        yield


def record(agent: str) -> int:
    """Record the scenario of one agent in a lab of its own."""
    has_key = bool(os.environ.get("ANTHROPIC_API_KEY"))
    cassette = FOLDER / f"{agent}.yaml"
    cassette.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if not has_key:
            stack.enter_context(fakes(agent))
        stack.enter_context(mock.patch.object(run, "today", return_value=DAY))
        stack.enter_context(mock.patch.dict(os.environ, {"XDG_CACHE_HOME": folder}))
        lab = lab_for(agent, Path(folder) / "lab")
        stack.enter_context(recorder("all").use_cassette(cassette.name))
        main = importlib.import_module(f"agents.{agent}").main
        code = main(SCENARIOS[agent].command(lab))
    text = cassette.read_text(encoding="utf-8")
    cassette.write_text(f"{REAL if has_key else SYNTHETIC}\n{text}", encoding="utf-8")
    print(f"{cassette.name}: {'real' if has_key else 'synthetic'}, exit code {code}")
    return int(code)


def main() -> int:
    """Record the agents that are named, or all."""
    FOLDER.mkdir(exist_ok=True)
    return max(record(agent) for agent in sys.argv[1:] or SCENARIOS)


if __name__ == "__main__":
    raise SystemExit(main())

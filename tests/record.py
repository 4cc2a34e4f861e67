"""Make the recordings anew (`make record`): against the real services where a key is set, else against tests/fakes.

A synthetic recording proves that the program asks and understands what its own servers speak; only one made with a key
proves that those servers speak like Claude and arXiv. The first line of each file says which it is.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from cassette import FOLDER, REAL, SYNTHETIC, recorder
from digest import ABSTRACT, AUTHORS, TITLE, make
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good

from agents import paper
from agents.lab.new import create
from agents.model.endpoint import Endpoint

ID = "2301.12597"
NAME = "paper.yaml"
REPLY = Path(__file__).parent / "data" / "replies" / "paper.json"


@contextmanager
def _fakes() -> Iterator[None]:
    """The loopback servers in place of both services; requests keep the form that Anthropic's own endpoint gets."""
    blip2 = Paper(ID, title=TITLE, authors=AUTHORS, abstract=ABSTRACT, version=3, pdf=make())
    with ExitStack() as stack:
        arxiv = stack.enter_context(ArxivServer([blip2]))
        claude = stack.enter_context(ClaudeServer([good(REPLY.read_text(encoding="utf-8"))], model="claude-sonnet-5-5"))
        servers = {"LAB_ARXIV_URL": arxiv.url, "LAB_ARXIV_DELAY": "0", "ANTHROPIC_BASE_URL": claude.url}
        stack.enter_context(mock.patch.dict(os.environ, servers))
        stack.enter_context(mock.patch.object(Endpoint, "takes_schemas", property(lambda _: True)))
        yield


def main() -> int:
    """Record one run of `agents.paper` in a lab of its own."""
    has_key = bool(os.environ.get("ANTHROPIC_API_KEY"))
    FOLDER.mkdir(exist_ok=True)
    cassette = FOLDER / NAME
    cassette.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if not has_key:
            stack.enter_context(_fakes())
        lab = create(Path(folder) / "lab", identity=("Recorder", "recorder@example.invalid"))
        stack.enter_context(mock.patch.dict(os.environ, {"XDG_CACHE_HOME": folder}))
        stack.enter_context(recorder("all").use_cassette(NAME))
        code = paper.main([ID, "--engine", "claude", "--model", "claude-sonnet-5-5", "--lab", str(lab.root)])
    text = cassette.read_text(encoding="utf-8")
    cassette.write_text(f"{REAL if has_key else SYNTHETIC}\n{text}", encoding="utf-8")
    print(f"{cassette.name}: {'real' if has_key else 'synthetic'}, exit code {code}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())

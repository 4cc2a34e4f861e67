"""`python -m agents`: the agents, a line each. `lab paper …` is the same as `python -m agents.paper …`."""

import ast
import runpy
import sys
from contextlib import suppress
from pathlib import Path

AGENTS = ("paper", "concept", "experiment", "weekly", "review", "init", "lint")


def _first_line(agent: str) -> str:
    """The first docstring line, read without importing the agent: the list should not wait for pydantic."""
    source = (Path(__file__).parent / f"{agent}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def main() -> int:
    """Run the agent that is named first, or list them."""
    name, *rest = sys.argv[1:] or ["--help"]
    if name in AGENTS:
        sys.argv = [f"lab {name}", *rest]
        runpy.run_module(f"agents.{name}", run_name="__main__")  # ends in SystemExit
    listing = "\n".join(f"  {agent:<12}{_first_line(agent)}" for agent in AGENTS)
    if name in {"-h", "--help"}:
        with suppress(BrokenPipeError):  # `| head`
            print(f"usage: python -m agents.AGENT …   (or: lab AGENT …)\n\n{listing}\n\nEach has --help.", flush=True)
        return 0
    print(f"error: there is no agent {name!r}\nhint: see: python -m agents --help", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())

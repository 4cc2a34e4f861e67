"""The peers' environment, made from pyproject's group `bench`, and a process for each of them in it."""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus import ROOT
from peers import PEERS

PLACE = ROOT / ".bench-venv"


class CannotInstallError(Exception):
    """The peers cannot be had here; the message says why."""


def pins() -> list[str]:
    group: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"][
        "bench"
    ]
    return group


def install(place: Path = PLACE) -> Path:
    """The environment's Python. Nothing is done where the same versions are installed already."""
    wanted, ready = "\n".join([sys.version, *pins()]), place / ".ready"
    python = place / "bin" / "python"
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing the peers into {place.name}: {', '.join(pins())}", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    if shutil.which("uv"):
        commands = [["uv", "venv", "-q", "--python", sys.executable, str(place)]]
        commands += [["uv", "pip", "install", "-q", "--python", str(python), *pins()]]
    else:
        commands = [[sys.executable, "-m", "venv", str(place)]]
        commands += [[str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *pins()]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise CannotInstallError(next((line for line in lines if line.startswith("ERROR")), "".join(lines[-1:])))
    ready.write_text(wanted, encoding="utf-8")
    return python


@dataclass
class Rival:
    """A peer at work in a process of its own, so that none of them pays for another's imports."""

    name: str
    python: Path
    process: subprocess.Popen[str] = field(init=False)
    said: Any = field(init=False)

    def __post_init__(self) -> None:
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by close()
        command = [str(self.python), str(Path(__file__).with_name("peers.py")), self.name]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, encoding="utf-8"
        )

    def read(self, path: Path) -> dict[str, Any] | None:
        """`pages`, `labels` and CPU `seconds`; None where the peer failed."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            print(path, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def why(self) -> str:
        """The last thing it said."""
        self.said.seek(0)
        return (self.said.read().strip().splitlines() or ["no word"])[-1]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.said.close()


def rivals(python: Path) -> list[Rival]:
    return [Rival(name, python) for name in PEERS]

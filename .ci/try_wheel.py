"""Run the installed package from a folder without the sources: its prompts and CLAUDE.md must have come along."""

import subprocess
import sys
from pathlib import Path

import agents
from agents.lab.new import create
from agents.lab.schedule import workflow

here = Path.cwd()
assert here not in Path(agents.__file__).parents or "env" in Path(agents.__file__).parts, agents.__file__
lab = create(here / "lab", identity=("CI", "ci@example.invalid"))
command = [sys.executable, "-m", "agents.paper", str(here / "paper.pdf"), "--engine", "draft", "--lab", str(lab.root)]
path = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
assert (lab.root / path).read_text(encoding="utf-8").startswith("---\n"), path
log = subprocess.run(
    ["git", "-C", lab.root, "log", "--oneline", "--stat", "-1"], check=True, capture_output=True, text=True
)
print(log.stdout)
assert "LAB_PACKAGE" in workflow()
subprocess.run(["lab", "--help"], check=True, stdout=subprocess.DEVNULL)

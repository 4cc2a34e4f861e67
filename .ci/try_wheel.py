"""Run the installed package from folders without the sources: all that it ships must have come along.

A person's first evening: `lab init`, then a note, both by the console script, the latter from inside the new lab.
"""

import os
import subprocess
from pathlib import Path

import agents
from agents.lab.find import find

HERE = Path.cwd()
WHO = {f"GIT_{role}_{what}": "ci@example.invalid" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run(*command: str, cwd: Path) -> str:
    """The stdout of a command that must end well."""
    done = subprocess.run(command, cwd=cwd, env=os.environ | WHO, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


assert "site-packages" in Path(agents.__file__).parts, agents.__file__
lab = HERE / "my lab"
assert run("lab", "init", lab.name, cwd=HERE) == str(lab)
assert find(None, {}, lab / "notes").root == lab
for name in ("README.md", "resources/awesome-mllm.md", "prompts/init.md", ".github/workflows/weekly-log.yml"):
    assert (lab / name).stat().st_size > 0, name
assert (lab / "papers/README.md").read_text(encoding="utf-8").count("| ⬜ 未读 |") == 58
assert not (lab / "agents").exists()

path = run("lab", "paper", str(HERE / "paper.pdf"), "--engine", "draft", cwd=lab / "papers")
assert (lab / path).read_text(encoding="utf-8").startswith("---\n"), path
assert run("git", "status", "--porcelain", cwd=lab) == ""
print(run("git", "log", "--oneline", "--stat", cwd=lab))
assert "init" in run("lab", "--help", cwd=lab)

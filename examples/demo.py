"""`make demo`: a lab in .demo/, and in it a note of the sample paper, made without a key and committed."""

import subprocess
import sys
from pathlib import Path

from agents.lab.new import create

ROOT = Path(__file__).resolve().parents[1]
PAPER = ROOT / "examples" / "tiny-clip" / "paper.pdf"
LAB = ROOT / ".demo"


def main() -> int:
    """Make the lab where it is missing, run the paper agent as a person would, show what it left."""
    lab = create(LAB, identity=("Demo Reader", "reader@example.invalid"))
    command = ["-m", "agents.paper", str(PAPER), "--engine", "draft", "--lab", str(lab.root)]
    print(f"$ python {' '.join(command)}", flush=True)
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return done.returncode
    note = lab.root / done.stdout.strip()
    print(f"\nnote:   {note}\n")
    subprocess.run(["git", "-C", lab.root, "--no-pager", "log", "--stat", "--format=commit: %h %s%n", "-1"], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

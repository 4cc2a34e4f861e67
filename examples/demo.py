"""`make demo`: a lab in .demo/, filled without a key: a paper, a concept, the week's log, a review; then checked."""

import subprocess
import sys
from pathlib import Path

from agents.lab.new import create

ROOT = Path(__file__).resolve().parents[1]
PAPER = ROOT / "examples" / "tiny-clip" / "paper.pdf"
LAB = ROOT / ".demo"
COMMANDS = (
    ("paper", str(PAPER), "--engine", "draft"),
    ("concept", "Temperature 温度参数", "--engine", "draft"),
    ("weekly", "--done", "读完样例论文 tiny CLIP", "--stuck", "温度参数为什么要学出来", "--engine", "draft"),
    ("review", "--engine", "draft"),
    ("lint",),
)


def main() -> int:
    """Make the lab where it is missing, run the agents as a person would, show what they left."""
    lab = create(LAB, identity=("Demo Reader", "reader@example.invalid"))
    for agent, *arguments in COMMANDS:
        print(f"$ python -m agents.{agent} {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", f"agents.{agent}", *arguments, "--lab", str(lab.root)]
        if code := subprocess.run(command, check=False).returncode:
            return code
        print(flush=True)
    subprocess.run(
        ["git", "-C", lab.root, "-c", "core.quotepath=false", "--no-pager", "log", "--stat", "--format=commit %h %s"],
        check=True,
    )
    print(f"\nthe lab: {lab.root}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Git as the person runs it."""

import subprocess
from pathlib import Path


def run_git(folder: Path, *arguments: str, check: bool = True) -> str:
    """The stdout of one git command."""
    ran = subprocess.run(["git", *arguments], cwd=folder, check=check, capture_output=True)
    return ran.stdout.decode("utf-8", "surrogateescape")

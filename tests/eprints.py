"""The sources of real papers as arXiv serves them; measured where `../shared/corpus` is."""

import io
import tarfile
from pathlib import Path

LATEX = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "latex"


def served(name: str) -> bytes:
    """A file that is an archive already, or a tar of the folder."""
    folder = LATEX / name
    if archive := next(folder.glob("*.gz"), None):
        return archive.read_bytes()
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as packed:
        packed.add(folder, ".")
    return made.getvalue()

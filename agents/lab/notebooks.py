"""Notebooks and their scripts as they stand in the lab: found by topic, named, read."""

import hashlib
import json
import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from agents.disk import read
from agents.errors import DataError
from agents.lab import naming
from agents.lab.find import Lab, inside
from agents.lab.inventory import NOTEBOOKS, Entry
from agents.lab.notes import Standing, load
from agents.note import notebook
from agents.note.environment import Library
from agents.note.experiment import ExperimentNote

SCRIPTS = "experiments/scripts"
_LARGEST = 1_000_000  # bytes of a script


def find(lab: Lab, entries: Sequence[Entry], topic: str) -> Standing[ExperimentNote] | None:
    """The notebook of a topic, by its title or an alias. DataError when two are, or when it cannot be read."""
    if entry := named(entries, topic):
        return load(lab, entry.path, notebook.read)
    _refuse_unreadable(lab, entries, topic)
    return None


def named(entries: Sequence[Entry], name: str) -> Entry | None:
    """The notebook of that name."""
    return naming.find([entry for entry in entries if entry.path.startswith(f"{NOTEBOOKS}/")], [name])


def _refuse_unreadable(lab: Lab, entries: Sequence[Entry], topic: str) -> None:
    """A damaged notebook (a merge conflict) is no entry: one that names the topic must not get a paid twin."""
    known = {entry.path for entry in entries}
    said = json.dumps(topic, ensure_ascii=False).encode()
    for path in sorted((lab.root / NOTEBOOKS).glob("*.ipynb")):
        name = f"{NOTEBOOKS}/{path.name}"
        if name not in known and path.is_file() and said in read(path):
            what = "is damaged, a link, or larger than 5 MB"
            raise DataError(f"{name} names this topic, and {what}", "mend the file, or move it away")


def new_stem(lab: Lab, wanted: str, program: bytes = b"") -> str:
    """The name of a new notebook: one that neither a notebook nor a script has yet.

    A script that is `program` to the byte was left by a run that was killed before it could write the notebook.
    """
    scripts = {path.stem for path in _files(lab, SCRIPTS, "*") if not program or read(path) != program}
    taken = [path.stem for path in _files(lab, NOTEBOOKS, "*")]
    stem = naming.free(wanted, taken)
    while script_name(stem) in scripts:
        taken.append(stem)
        stem = naming.free(wanted, taken)
    return stem


def path_of(stem: str) -> str:
    """Where the notebook stands in the lab."""
    return f"{NOTEBOOKS}/{stem}.ipynb"


def script_path(name: str) -> str:
    """Where its script stands."""
    return f"{SCRIPTS}/{name}.py"


def script_name(stem: str) -> str:
    """The module's name: what Python takes as one, and no package's own."""
    name = re.sub(r"\W", "_", stem)
    names = sys.stdlib_module_names | set(get_args(Library))
    return f"lab_{name}" if not name.isidentifier() or keyword.iskeyword(name) or name in names else name


def script_edited(lab: Lab, note: ExperimentNote) -> bool:
    """Whether the script of a notebook is not as we wrote it."""
    data = read(inside(lab, script_path(note.script))) if note.script else b""
    return bool(data) and hashlib.sha256(data).hexdigest() != note.script_sha256


def scripts(lab: Lab) -> dict[str, bytes]:
    """Every script of the lab, by file name: what a notebook may import."""
    return {path.name: read(path) for path in _files(lab, SCRIPTS, "*.py") if path.stat().st_size <= _LARGEST}


def _files(lab: Lab, folder: str, pattern: str) -> list[Path]:
    return sorted(path for path in (lab.root / folder).glob(pattern) if path.is_file() and not path.is_symlink())

"""A change as an agent makes it, carried out and looked at."""

import hashlib

from agents.lab.apply import apply
from agents.lab.change import Change
from agents.lab.reading_list import Row, upsert

README = "papers/README.md"
NOTE = b"# a note\n"
ROW = Row("A Note", "2301.00001", 2023, "a.md", "reading")


def change(name="a", data=NOTE, row=ROW):
    return Change(f"paper: {name}", {f"papers/{name}.md": data}, {README: lambda before: upsert(before, row)})


def do(lab, wanted=None, *, commit=True, patience=0.5):
    return apply(lab, wanted or change(), commit=commit, patience=patience)


def hook(lab, name, script):
    path = lab.root / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def in_head(git):
    return git("show", "--format=", "--name-only", "HEAD").split()


def tree(folder):
    """Every file below, outside .git and .lab, with a digest of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".lab"} & set(path.parts)
    }

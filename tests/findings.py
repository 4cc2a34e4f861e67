"""What the tests of lint share: files of the lab that `linted` is, what lint said of it, and parts to write into it."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from changes import tree
from random_notes import Dice

from agents import lint, paper
from agents.lab.new import create
from agents.note.markdown import render
from agents.note.template import headings

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = (ROOT / "CLAUDE.md").read_text(encoding="utf-8")
PDF = ROOT / "examples" / "tiny-clip" / "paper.pdf"
NOTE, LIST = "papers/tiny-clip.md", "papers/README.md"
ROW = "| 📖 在读 | Tiny CLIP: Contrastive Picture-Caption Learning on One CPU Thread | — |  |  | [笔记](tiny-clip.md) |"
BLOCK = "\n<!-- progress: begin -->\n- [ ] 阶段一（还没有论文）\n<!-- progress: end -->\n"
LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<rule>[a-z0-9-]+): (?P<weight>warning: )?(?P<message>.+)")


def filled(root):
    """A lab as `create` makes it, with a draft of the sample paper and a random concept note."""
    lab = create(root, ("A Reader", "reader@example.com"))
    assert paper.main([str(PDF), "--engine", "draft", "--lab", str(lab.root)]) == 0
    concept = (
        Dice(1)
        .note_of("concept")
        .model_copy(update={"related": (), "own_sections": (), "more": (), "remarks": "\n", "engine": "draft"})
    )
    text = render(concept, headings(CONTRACT, "concept"))
    (lab.root / "notes/fundamentals/attention.md").write_bytes(text.encode())
    return lab.root


def world(lab, capsys):
    """What a test does with a lab; `run` is the command line, which must leave every byte as it was."""

    def run(*args):
        before = tree(lab.root)
        code = lint.main([*map(str, args), "--lab", str(lab.root)])
        said = capsys.readouterr()
        assert tree(lab.root) == before
        found = [LINE.fullmatch(line) for line in said.out.splitlines()]
        assert all(found), said.out
        findings = [f for f in found if f["rule"] not in {"draft", "source"}]
        assert code == (65 if any(not f["weight"] for f in found) else 0), said.out
        return SimpleNamespace(code=code, out=said.out, err=said.err, all=found, found=findings)

    def write(path, text):
        file = lab.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(path=NOTE):
        return (lab.root / path).read_bytes().decode()

    def change(path, *pairs):
        text = read(path)
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        write(path, text)
        return text

    return SimpleNamespace(run=run, lab=lab, root=lab.root, write=write, read=read, change=change)


def told(done):
    return [(f["path"], f["rule"], "warning" if f["weight"] else "error") for f in done.found]


def only(done, path, rule, weight, *, line=None, says=""):
    """The one finding, beside what a draft lacks."""
    assert told(done) == [(path, rule, weight)], done.out
    if line is not None:
        assert int(done.found[0]["line"]) == line, done.out
    assert says in done.found[0]["message"], done.out


def line_of(text, part):
    return text.count("\n", 0, text.index(part)) + 1


def row(title="Other", arxiv="—", link="", status="⬜ 未读"):
    return f"| {status} | {title} | {arxiv} |  |  | {f'[笔记]({link})' if link else ''} |"


NB = "experiments/notebooks/tiny.ipynb"
LAB = {"title": "小实验", "kind": "experiment", "created": "2026-11-27", "updated": "2026-11-27", "engine": "claude"}


def book(*cells, lab=LAB, **more):
    metadata = {} if lab is None else {"lab": lab}
    return json.dumps(
        {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5} | more,
        indent=1,
        ensure_ascii=False,
    )


def cell(*lines, kind="markdown"):
    return {"cell_type": kind, "metadata": {}, "source": [f"{line}\n" for line in lines]}

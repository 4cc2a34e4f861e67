"""`--online`: what arXiv knows of the lab's papers by now, in one request; that it does not answer is no error."""

import argparse
from collections.abc import Iterator, Sequence

from agents.cli import warn
from agents.errors import LabError
from agents.lab.find import Lab
from agents.note.lint.finding import Finding
from agents.recipes.lint_checked import Checked
from agents.recipes.run import around
from agents.source import arxiv, ids
from agents.source.ids import ArxivId


def ask(args: argparse.Namespace, lab: Lab, notes: Sequence[Checked]) -> list[Finding]:
    """Notes about a version that is no longer the newest."""
    run = around(lab, args)  # what the lab's .env says of arXiv
    named = list(_named(notes))
    if not named:
        return []
    try:
        known = arxiv.known(sorted({paper for _, paper, _ in named}, key=str), lab.cache, run.say)
    except LabError as error:
        warn(f"warning: arXiv was not asked for newer versions: {error.what}")
        return []
    newest = {entry.arxiv: entry.version for entry in known}
    return [
        Finding(
            note.path,
            note.page.line("version"),
            "version",
            f"v{version} was read, arXiv has v{newest[paper.id]}: python -m agents.paper {paper.id} --update",
            is_error=False,
        )
        for note, paper, version in named
        if newest.get(paper.id, 0) > version
    ]


def _named(notes: Sequence[Checked]) -> Iterator[tuple[Checked, ArxivId, int]]:
    """Notes about a version of a paper on arXiv. An id that is none is for another rule to name."""
    for note in notes:
        arxiv_id, version = note.page.says("arxiv"), note.page.says("version")
        paper = ids.find_in(arxiv_id)
        if note.kind == "paper" and version.isdecimal() and int(version) and paper and paper.id == arxiv_id:
            yield note, paper, int(version)

"""`--online`: what arXiv knows of the lab's papers by now, in few requests; that it does not answer is no error."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.cli import warn
from agents.errors import LabError
from agents.lab import pages
from agents.lab.find import Lab
from agents.note.lint.finding import Finding
from agents.note.lint.subject import Subject, subject
from agents.note.paper import PaperNote
from agents.recipes import references
from agents.recipes.lint_checked import Checked
from agents.recipes.lint_doubts import doubts
from agents.recipes.run import Run, around
from agents.source import arxiv, ids
from agents.source.gather import again
from agents.source.ids import ArxivId
from agents.trust.references import NOTHING, Bibliography, bibliography, outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What arXiv had to say; `references`: whether it said anything about those."""

    findings: tuple[Finding, ...]
    references: bool


def ask(args: argparse.Namespace, lab: Lab, notes: Sequence[Checked], claude_md: str) -> Answer:
    """Notes about a version that is no longer the newest, and papers in them that arXiv knows otherwise."""
    run = around(lab, args)  # what the lab's .env says of arXiv
    newer, named = _newer(run, notes), _references(run, notes, claude_md)
    return Answer((*newer, *(named or ())), references=named is not None)


def _references(run: Run, notes: Sequence[Checked], claude_md: str) -> list[Finding] | None:
    """What is left to say of the papers that the notes name, with what arXiv knows; None where it did not answer."""
    subjects = [found for one in notes if one.kind == "paper" and (found := _subject(run.lab, one.path, claude_md))]
    known = [
        (found.note, _bibliography(run.lab, found.note)) for found in subjects if isinstance(found.note, PaperNote)
    ]
    answer, failed = references.on_arxiv(known, run.lab.cache, run.say)
    if failed:
        warn(f"warning: arXiv was not asked about references: {failed}")
        return None
    return [
        finding
        for found, (note, cited) in zip(subjects, known, strict=True)
        for finding in doubts(found, [outcome(note, cited, answer)], is_error=True)
    ]


def _subject(lab: Lab, path: str, claude_md: str) -> Subject | None:
    text = pages.read(lab, path)
    found = subject(pages.page(path, text), claude_md) if isinstance(text, str) else None
    return found if found and isinstance(found.note, PaperNote) else None


def _bibliography(lab: Lab, note: PaperNote) -> Bibliography:
    source = again(note.sha256, note.source, ArxivId(note.arxiv, note.version), lab.cache)
    return bibliography(source) if source else NOTHING


def _newer(run: Run, notes: Sequence[Checked]) -> list[Finding]:
    named = list(_named(notes))
    if not named:
        return []
    try:
        known = arxiv.known(sorted({paper for _, paper, _ in named}, key=str), run.lab.cache, run.say)
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

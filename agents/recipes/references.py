"""The papers that a note names, beyond its paper's bibliography: asked of arXiv, and put on the reading list."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.cli import Report, warn
from agents.disk import read
from agents.errors import DataError, LabError, UsageError
from agents.lab import reading_list
from agents.lab.change import Change, Edit
from agents.lab.find import READING_LIST, inside
from agents.lab.reading_list import Row
from agents.model.question import Answer
from agents.note.paper import PaperBody, PaperNote, PaperReply
from agents.note.reading import FoundReading
from agents.recipes import filing
from agents.recipes.run import Run
from agents.source import arxiv, ids
from agents.source.document import Metadata
from agents.source.ids import ArxivId
from agents.trust.outcome import problems, unsettled_points
from agents.trust.references import Bibliography, Questions, outcome, questions
from agents.trust.sourced import Grounds

_NOTHING_NEW = "nothing to put on the reading list: what was found is on it, or has no arXiv id"
_ATTEMPTS = 2  # the answer is paid for and the note can do without arXiv: it should not wait long


def looked_up(
    paper: Grounds, answer: Answer[PaperReply], cache: Path, progress: Callable[[str], None]
) -> tuple[Grounds, Answer[PaperReply]]:
    """The last answer of Claude's with what arXiv knows of the papers in it that the bibliography does not hold."""
    found, failed = on_arxiv([(answer.reply, paper.bibliography)], cache, progress)
    source = paper.source
    if failed:
        warning = f"papers that this one does not cite stay unverified: {failed}"
        warn(f"warning: {warning}")
        source = replace(source, warnings=(*source.warnings, warning))
    before = [outcome(answer.reply, paper.bibliography)]
    after = [outcome(answer.reply, paper.bibliography, found)]
    told = {*problems(before), *unsettled_points(before)}
    left = [problem for problem in answer.problems if problem not in told]
    return replace(paper, source=source, on_arxiv=found), replace(answer, problems=(*left, *problems(after)))


def on_arxiv(
    notes: Sequence[tuple[PaperBody[Any], Bibliography]], cache: Path, progress: Callable[[str], None]
) -> tuple[tuple[Metadata, ...], str]:
    """What arXiv knows of the papers that these notes or replies leave open, and why it could not be asked ("").

    One request for up to 50 ids; then, for up to ten titles that no id has settled, one, and one more for those of
    them that arXiv does not find by their words in a row. Nothing is asked where every bibliography holds every paper.
    """
    found: tuple[Metadata, ...] = ()
    try:
        found += arxiv.known(_ids(_open(notes, found)), cache, progress, attempts=_ATTEMPTS)
        titles = dict.fromkeys(title for asked in _open(notes, found) for title in asked.titles)
        found += arxiv.titled(tuple(titles), cache, progress, attempts=_ATTEMPTS)
    except LabError as error:
        return found, error.what
    return found, ""


def _open(notes: Iterable[tuple[PaperBody[Any], Bibliography]], found: Sequence[Metadata]) -> list[Questions]:
    return [questions(part, known, found) for part, known in notes]


def _ids(asked: Iterable[Questions]) -> list[ArxivId]:
    """Those that arXiv could have given out: one that it could not would spoil the answer for all."""
    papers: dict[str, ArxivId] = {}
    for name in (name for one in asked for name in one.ids):
        with suppress(UsageError):
            paper = ids.parse(name)
            papers.setdefault(paper.id, ArxivId(paper.id))
    return list(papers.values())


def queued(readings: Iterable[FoundReading]) -> Edit:
    """The reading list with a row for every entry that was found and has an id; a row that is there stays as it is."""
    rows = [
        Row(reading.title, arxiv=reading.arxiv, year=reading.year or None)
        for reading in readings
        if reading.is_found and reading.arxiv
    ]

    def edit(data: bytes) -> bytes:
        for row in rows:
            with suppress(DataError):  # two rows for it: then it is on the list
                if reading_list.find(data, arxiv=row.arxiv, title=row.title) is None:
                    data = reading_list.upsert(data, row)
        return data

    return edit


def told(run: Run, note: PaperNote) -> str:
    """A line on what --queue adds, before it is added."""
    listed = read(inside(run.lab, READING_LIST))
    added = len(reading_list.rows(queued(note.further_reading)(listed))) - len(reading_list.rows(listed))
    return f"put on the reading list: {added}" if added else _NOTHING_NEW


def queue(args: argparse.Namespace, run: Run, note: PaperNote, report: Report) -> Report:
    """Into the reading list alone, for a note that stands: nobody is asked."""
    filing.preflight(args, run, [READING_LIST])
    edit, line = queued(note.further_reading), told(run, note)
    report.lines.append(line)
    if line == _NOTHING_NEW:
        return report
    change = Change(f"queue: further reading of {note.title}", {}, {READING_LIST: edit})
    if args.dry_run:
        return filing.dry(run, change, report)
    return filing.applied(
        run, change, replace(report, status="written", engine="", model=""), commit=filing.commits(args)
    )

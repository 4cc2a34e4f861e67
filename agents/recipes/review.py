"""The recipe of `python -m agents.review`: from the notes as they stand to a filed review, top to bottom."""

import argparse
from datetime import date

from agents.cli import Report, warn
from agents.disk import read
from agents.errors import DataError, MissingError
from agents.lab import inventory, notes, reading_list
from agents.lab.change import Change
from agents.lab.find import READING_LIST, inside, resource
from agents.lab.inventory import Entry
from agents.lab.knowledge import REVIEWS, Graph, day, graph, is_note, within
from agents.lab.weakness import Shelf, weaknesses
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note import note_link
from agents.note.added import extended
from agents.note.markdown import parse
from agents.note.problem import Problem
from agents.note.review import ReviewNote, ReviewReply, incomplete, reply_model
from agents.note.template import added
from agents.recipes import filing, review_draft, review_note, review_prompt
from agents.recipes.review_subject import Subject
from agents.recipes.run import Run, begin, contract, writer


def recipe(args: argparse.Namespace) -> Report:
    """Everything is computed before anything is asked: Claude explains what code has found."""
    run = begin(args)
    who = writer(args, run)
    claude_md, template = contract(run, "review"), _template(run, who)
    target = f"{REVIEWS}/{run.today.isoformat()}.md"
    standing = notes.load(run.lab, target, _read) if inside(run.lab, target).exists() else None
    if standing and filing.stays(args, standing, who):
        return filing.already(args, run, standing)
    filing.preflight(args, run, [target], standing)

    subject = _subject(run, args.since)
    run.detail(review_note.overview(subject))
    question = _question(run, subject, claude_md, template)
    if args.estimate:
        return filing.estimated(args, run, question)
    if who == "claude":
        answer = filing.ask(args, run, question, lambda reply: _problems(reply, subject))
    else:
        answer = Answer(filing.with_marks(review_draft.draft(subject), is_draft=True), (), "draft", "", Usage())
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict the review is written with a mark")

    note = review_note.build(answer, subject, question, standing, run.today)
    change = Change(filing.message_for(note), files={target: review_note.text(note, claude_md)})
    return filing.file(args, run, change, target, note.checks, answer, standing)


def _read(text: str) -> ReviewNote:
    return parse(text, ReviewNote)


def _template(run: Run, who: str) -> str:
    """The prompt, its variables checked; the draft engine uses none."""
    if who == "draft":
        return ""
    template = resource(run.lab, review_prompt.PROMPT)
    fill(template, review_prompt.PROMPT, scope="", graph="", weak_spots="", sections="", questions="")
    return template


def _subject(run: Run, since: date | None) -> Subject:
    """The notes that are reviewed, with what code knows of them. MissingError when there are none."""
    entries, unreadable = inventory.scan(run.lab)
    for path in unreadable:
        warn(f"warning: {path} is left out: it cannot be read as text")
    whole = graph(entries)
    if not whole.notes:
        raise MissingError(
            "there is no note to review yet", "write one first, for example: python -m agents.paper 1706.03762"
        )
    part = whole if since is None else _since(run, whole, since)
    shelf = Shelf.made(reading_list.rows(read(inside(run.lab, READING_LIST))), whole.notes)
    left_out = len(unreadable) + sum(is_note(entry) and not note_link.is_path(entry.path) for entry in entries)
    return Subject(part, len(whole.notes), tuple(weaknesses(part, shelf, run.today)), shelf, since, left_out)


def _since(run: Run, whole: Graph, since: date) -> Graph:
    fresh = {path for path, entry in whole.notes.items() if _touched(run, entry) >= since.isoformat()}
    if not fresh:
        raise MissingError(f"no note was created or updated since {since}", "name an earlier day with --since")
    return within(whole, fresh)


def _touched(run: Run, entry: Entry) -> str:
    """The day a note was last written; of one without front matter, by its file."""
    return day(entry) or inventory.modified(run.lab, entry).isoformat()


def _question(run: Run, subject: Subject, claude_md: str, template: str) -> Question[ReviewReply]:
    prompt = fill(template, review_prompt.PROMPT, **review_prompt.values(subject)) if template else ""
    reply = reply_model([weak.key for weak in subject.weak], list(subject.sections))
    return Question(
        agent="review",
        target=run.today.isoformat() + (f" since {subject.since}" if subject.since else ""),
        system=claude_md,
        template=template,
        prompt=prompt,
        source=review_prompt.source(subject) if template else "",
        reply=extended(reply, added(claude_md, "review")),
    )


def _problems(reply: ReviewReply, subject: Subject) -> list[Problem]:
    keys = [weak.key for weak in subject.weak]
    return [*incomplete(reply, keys, list(subject.sections)), *review_note.unproven(reply, subject)]

"""One week's log: whether there is something to say, the question, and the change that files it."""

import argparse
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from agents.cli import Report
from agents.disk import read
from agents.errors import DataError, LabError, OverwriteError, UsageError
from agents.lab import apply, facts, inbox, notes, progress, reading_list
from agents.lab import week as weeks
from agents.lab.change import Change, Edit
from agents.lab.find import READING_LIST, inside
from agents.lab.history import History
from agents.lab.inbox import Jotted
from agents.lab.inventory import INBOX
from agents.lab.notes import Standing
from agents.lab.reading_list import Row
from agents.lab.week import Week
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note.added import extended
from agents.note.cutting import BrokenNote, split
from agents.note.finished import Done
from agents.note.markdown import parse
from agents.note.problem import Problem
from agents.note.slug import short_name
from agents.note.template import added, headings
from agents.note.weekly import WeeklyNote, WeeklyReply, incomplete
from agents.recipes import filing, weekly_note
from agents.recipes.run import Run
from agents.recipes.weekly_note import Material, Receipt

_FOLDER = "weekly-log"
_LOG = re.compile(r"\d{4}-W\d\d\.md")


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies ready for whichever week is written."""

    args: argparse.Namespace
    run: Run
    who: str
    contract: str
    template: str
    history: History | None
    rows: tuple[Row, ...]
    jotted: Jotted  # from the inbox
    review: date | None

    def facts(self, week: Week) -> tuple[Done, ...]:
        return facts.of_week(self.run.lab, self.history, week)


def logs(run: Run) -> list[Week]:
    """The weeks that have a log, up to this one."""
    found = []
    for path in (run.lab.root / _FOLDER).glob("*.md"):
        with suppress(UsageError):  # no week's name, or that of none
            found += [weeks.parse(path.stem, run.today)] if _LOG.fullmatch(path.name) else []
    return sorted(found)


def _path(week: Week) -> str:
    return f"{_FOLDER}/{week}.md"


def _reader(text: str) -> WeeklyNote:
    return parse(text, WeeklyNote)


def _standing(path: str, data: bytes) -> Standing[WeeklyNote] | None:
    """The log of those bytes; OverwriteError when they are none of ours, and nothing may be kept or replaced."""
    if not data:
        return None
    try:
        standing = notes.load_text(path, data.decode("utf-8"), _reader)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8", "save it as UTF-8") from error
    if standing.note is None:
        raise OverwriteError(f"{path} is no log of ours: {standing.broken}", "mend it, or move it away")
    return standing


def is_log(run: Run, week: Week) -> bool:
    """Whether what stands there is ours to refresh, and not a page that the person wrote without us."""
    with suppress(LabError):
        return _standing(_path(week), read(inside(run.lab, _path(week)))) is not None
    return False


def one(desk: Desk, week: Week, found: tuple[Done, ...], said: Jotted) -> Report:
    """One log: nothing is asked where it says already what there is to say."""
    args, run, path = desk.args, desk.run, _path(week)
    standing = _standing(path, read(inside(run.lab, path)))
    old = standing.note if standing else None
    asked = Material(week, _with_cut_off(desk, week, found, old), said.done, said.stuck).after(old)
    edits, inputs = _edits(desk, path, said, standing)
    asks = _asks(desk, asked, old)
    if args.estimate and not asks:
        return Report("estimate", path=path, output=f"{week}: asks no model, 0 USD")
    if standing and old and not asks and asked.digest == old.facts:
        return _unchanged(args, run, standing, edits, inputs)
    filing.preflight(args, run, [path, *edits])

    question = _question(desk, asked, standing)
    if args.estimate:
        cost = filing.estimated(args, run, question)
        return replace(cost, output=f"{week}: {cost.output}")
    if asks:
        answer = filing.ask(args, run, question, lambda reply: _problems(reply, asked))
    else:
        answer = Answer(weekly_note.NOTHING, (), "draft", "", Usage())
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict the log is written with a mark")

    reading = tuple(row.short or short_name(row.title) for row in desk.rows if row.status == "reading")
    about = Receipt(weekly_note.source(asked, _kind(desk.history)), reading, desk.review, run.today)

    def log(data: bytes) -> bytes:
        """Once more from what stands there by then: the person may have edited it while Claude wrote."""
        note = weekly_note.build(asked, answer, question, _standing(path, data), about)
        return weekly_note.text(note, desk.contract)

    note = weekly_note.build(asked, answer, question, standing, about)
    change = Change(filing.message_for(note), {}, {path: log, **edits}, inputs)
    report = filing.file(args, run, change, path, note.checks, answer, None)
    report.lines += _kept(note, desk.contract)
    return report


def _asks(desk: Desk, asked: Material, old: WeeklyNote | None) -> bool:
    """Whether there is something for Claude to distil that it has not distilled yet."""
    if desk.who != "claude" or asked.is_quiet:
        return False
    return old is None or desk.args.force or asked.gist != old.distilled


def _with_cut_off(desk: Desk, week: Week, found: tuple[Done, ...], old: WeeklyNote | None) -> tuple[Done, ...]:
    """A shallow clone has forgotten what an earlier run may have seen: that stays in the log."""
    begins = desk.history.begins if desk.history else None
    if old is None or begins is None or week.monday > begins:
        return found
    known = {(done.path, done.title) for done in found}
    return (*(done for done in old.finished.facts if (done.path, done.title) not in known), *found)


def _kind(remembered: History | None) -> str:
    if remembered is None:
        return "没有 git 历史，事实来自笔记 front matter 里的日期"
    if remembered.begins:
        return f"git 历史只到 {remembered.begins}（浅克隆），更早的事实来自 front matter 里的日期"
    return "事实来自 git 历史，只算提交过的内容"


def _edits(
    desk: Desk, path: str, said: Jotted, standing: Standing[WeeklyNote] | None
) -> tuple[Mapping[str, Edit], Mapping[str, str]]:
    """The person's files that change along: the README's progress block, and the inbox without the lines used."""
    run = desk.run
    edits: dict[str, Edit] = {}
    if inside(run.lab, progress.README).exists():
        edits[progress.README] = lambda data: progress.refreshed(
            data, reading_list.rows(read(inside(run.lab, READING_LIST)))
        )
    # Also with no line left to take: a run that was stopped before its commit has taken them out already.
    is_open = bool(said.lines) or bool(standing and filing.left_by_us(run, standing))
    if is_open and inside(run.lab, INBOX).exists():
        edits[INBOX] = lambda data: inbox.without(data, said.lines)
        return edits, {INBOX: path}
    return edits, {}


def _unchanged(
    args: argparse.Namespace,
    run: Run,
    standing: Standing[WeeklyNote],
    edits: Mapping[str, Edit],
    inputs: Mapping[str, str],
) -> Report:
    """Nothing to ask. What a stopped run left is finished, and the progress block may have moved on by itself."""
    note = standing.note
    if note is None or not apply.diff(run.lab, Change("", {}, edits)):
        return filing.already(args, run, standing, edits, inputs)
    filing.preflight(args, run, [standing.path, *edits])
    ours = {standing.path: standing.text.encode()} if filing.left_by_us(run, standing) else {}
    change = Change(filing.message_for(note), ours, edits, inputs)
    report = Report("written", path=standing.path, engine=note.engine, model=note.model, checks=note.checks)
    report.lines.append(f"already done: {standing.path} says all there is to say")
    return (
        filing.dry(run, change, report)
        if args.dry_run
        else filing.applied(run, change, report, commit=filing.commits(args))
    )


def _question(desk: Desk, asked: Material, standing: Standing[WeeklyNote] | None) -> Question[WeeklyReply]:
    kept = [text for text in (standing.note.edited if standing and standing.note else {}).values() if text.strip()]
    values = weekly_note.values(asked, _last_plan(desk, asked.week), desk.rows, kept)
    return Question(
        agent="weekly",
        target=str(asked.week),
        system=desk.contract,
        template=desk.template,
        prompt=fill(desk.template, weekly_note.PROMPT, **values) if desk.template else "",
        source=weekly_note.sources(_texts(desk, asked)) if desk.template else "",
        reply=extended(WeeklyReply, added(desk.contract, "weekly")),
        depends_on=(asked.gist,),
    )


def _texts(desk: Desk, asked: Material) -> list[tuple[str, str]]:
    """The notes and experiments of the week as they stand by now."""
    paths = [(done.title, done.path) for done in asked.facts if done.path]
    root = desk.run.lab.root
    return [
        (title, facts.entry_of(path, (root / path).read_text(encoding="utf-8", errors="replace")).text)
        for title, path in paths
        if (root / path).is_file()
    ]


def _last_plan(desk: Desk, week: Week) -> str:
    before = [known for known in logs(desk.run) if known < week]
    if not before:
        return ""
    with suppress(BrokenNote, OSError, UnicodeDecodeError):
        path = desk.run.lab.root / _path(before[-1])
        chunk = split(path.read_text(encoding="utf-8"), WeeklyNote).ours.get("plan")
        return chunk.body if chunk else ""
    return ""


def _problems(reply: WeeklyReply, asked: Material) -> list[Problem]:
    """What the engine sends back to Claude."""
    marked = weekly_note.marked(reply, asked)
    retold = [
        Problem(f"insights[{n}] only retells what was done: distil what it taught, or leave it out", fatal=False)
        for n, (text, said) in enumerate(zip(marked, reply.insights, strict=True))
        if text != said
    ]
    return [*incomplete(reply, len(asked.stuck)), *retold]


def _kept(note: WeeklyNote, contract: str) -> list[str]:
    """Which sections stay as the person edited them, by the headings that he knows."""
    if not note.edited:
        return []
    names = headings(contract, note.kind)
    shown = "、".join(names.get(anchor, anchor) for anchor in note.edited)
    lines = [f"kept as you edited them: {shown}"]
    if {"finished", "problems"} & note.edited.keys() and (note.done or note.stuck):
        lines.append("what was said stands in the front matter (done, stuck), also where an edited section hides it")
    return lines

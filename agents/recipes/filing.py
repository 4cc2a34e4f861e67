"""How every agent asks and files: the guards around the person's work, the paid call, the commit, the report."""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.cli import SAVED_BUT_INCOMPLETE, Report, warn
from agents.disk import read
from agents.errors import OverwriteError
from agents.lab import apply, git, lock, reading_list
from agents.lab.change import Change, Edit
from agents.lab.find import FORMAT, READING_LIST, inside, resource
from agents.lab.notes import Standing, load_text
from agents.lab.write import backup
from agents.model import engine
from agents.model.question import Answer, Check, Question
from agents.note.mark import SIGN
from agents.note.note import Note
from agents.note.template import asked_for
from agents.recipes.run import Run, max_usd, model
from agents.trust import alone
from agents.trust.outcome import marked, problems

R = TypeVar("R", bound=BaseModel)

_NOTHING = Decimal(0)
_LONGEST_ANSWER = 3000.0  # seconds that another run may need for the same question: three answers of 15 minutes


def preflight(
    args: argparse.Namespace, run: Run, targets: Sequence[str], standing: Standing[Any] | None = None
) -> None:
    """Whatever can be known to be in the way of filing `targets`, before anything is asked or paid; any LabError.

    A note that the person edited is rewritten with --force only, and one that holds uncommitted work of his never.
    """
    git.preflight(run.lab, targets, commit=commits(args))
    if standing is None:
        return
    if holds_own_work(run, standing):
        raise OverwriteError(
            f"{standing.path} has changes of yours that are not committed", "commit it, then run this again"
        )
    if standing.edited and not (args.force or args.estimate):
        hint = "--force rewrites it: a copy goes to .lab/backup/, and what is yours stays"
        raise OverwriteError(f"{standing.path} was edited by you", hint)


def stays(args: argparse.Namespace, standing: Standing[Any], who: str) -> bool:
    """A plain re-run changes nothing, except that Claude rewrites a draft that nobody has edited."""
    if args.force or args.estimate:
        return False
    is_draft = standing.note is not None and standing.note.engine == "draft"
    if is_draft and who == "claude" and standing.edited:
        warn(f"{standing.path} is a draft that you have edited: it stays; --force lets Claude rewrite it")
    return not (is_draft and who == "claude" and not standing.edited)


def holds_own_work(run: Run, standing: Standing[Any]) -> bool:
    """Whether something of the person's in the note is in no commit yet; what we wrote ourselves is not meant."""
    state, path = git.keeping(run.lab), inside(run.lab, standing.path)
    if not git.dirty(state, path):
        return False
    before = git.committed(state, path)
    if standing.edited or standing.note is None:
        return before is None or before.decode("utf-8", "replace") != standing.text
    if before is None:
        return standing.has_own_words
    return standing.own != load_text(standing.path, before.decode("utf-8", "replace"), standing.reader).own


def commits(args: argparse.Namespace) -> bool:
    """Whether this run is to end in a commit."""
    return not (args.no_commit or args.dry_run or args.estimate)


def ask(
    args: argparse.Namespace, run: Run, question: Question[R], check: Check[R], spent: Decimal = _NOTHING
) -> Answer[R]:
    """Claude's checked answer, kept in .lab/replies before anything is done with it.

    `spent`: what this run has paid for other questions: --max-usd is for all of them together.
    """
    name, most = model(args, run.env), max_usd(args, run.env)
    # Two runs that ask the same at the same time: the second one waits, and finds the first one's answer.
    with lock.held(run.lab, _LONGEST_ANSWER, f"replies/{question.key(name)}.lock"):
        answer = engine.ask(
            question,
            lambda reply: [*check(reply), *alone.forged(reply), *problems(alone.outcomes(reply))],
            model=name,
            replies=run.lab.replies,
            env=run.env,
            progress=run.say,
            max_usd=None if most is None else most - spent,
            force=args.force,
        )
    return replace(answer, reply=with_marks(answer.reply))


def with_marks(reply: R, *, is_draft: bool = False) -> R:
    """The reply with the marks of what it does not hold by itself: so they stand in notes of every kind."""
    with suppress(ValidationError):  # a mark that its field does not take: the report names it all the same
        return type(reply).model_validate(marked(reply.model_dump(), alone.outcomes(reply, is_draft=is_draft), reply))
    return reply


def estimated(args: argparse.Namespace, run: Run, question: Question[R]) -> Report:
    """What the first call would cost at most; nothing for the draft engine."""
    if args.engine == "draft":
        return Report("estimate", engine="draft", output="draft: asks no model, 0 USD")
    name = model(args, run.env)
    cost = engine.estimate(question, name, run.env, run.say)
    price = "price unknown" if cost.usd is None else f"{cost.usd:.4f} USD"
    output = f"{name}: {cost.tokens_in} tokens in, at most {cost.tokens_out} out, at most {price} ({cost.how})"
    return Report(
        "estimate", model=name, tokens_in=cost.tokens_in, tokens_out=cost.tokens_out, usd=cost.usd, output=output
    )


def already(
    args: argparse.Namespace,
    run: Run,
    standing: Standing[Any],
    edits: Mapping[str, Edit] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Report:
    """A note that stands: nothing is asked. What we wrote and nobody has committed yet is committed now."""
    note = standing.note
    report = Report("already", path=standing.path, lines=[f"already done: {standing.path}"])
    if note is None:
        return report
    report.engine, report.model, report.checks = note.engine, note.model, note.checks
    report.lines += _asked_for_since(run, note)
    state = git.keeping(run.lab)
    if not commits(args) or not left_by_us(run, standing):
        return report
    path = inside(run.lab, standing.path)
    if git.committed(state, path) is None and (moved := _moved_from(state, run, note)):
        report.lines.append(f"it was {moved} in the last commit: commit the new name yourself")
        return report
    edits = edits or {}
    git.preflight(run.lab, [standing.path, *edits], commit=True)
    change = Change(message_for(note), {standing.path: standing.text.encode()}, edits, inputs or {})
    return applied(run, change, report, commit=True)


def _asked_for_since(run: Run, note: Note) -> list[str]:
    """Sections that CLAUDE.md asks for and this note was written without."""
    there = {section.anchor for section in note.more}
    lacking = [one.heading for one in asked_for(resource(run.lab, FORMAT), note.kind) if one.anchor not in there]
    return [f"CLAUDE.md asks for {'、'.join(lacking)} by now: --force writes it anew"] if lacking else []


def left_by_us(run: Run, standing: Standing[Any]) -> bool:
    """Whether the note stands there uncommitted just as we wrote it: a run was stopped, or was not to commit."""
    return git.dirty(git.keeping(run.lab), inside(run.lab, standing.path)) and not holds_own_work(run, standing)


def known_by(word: str, report: Report, answer: Answer[Any]) -> Report:
    """Claude's answer shows that the note is there under another name: nothing is written, nothing is lost."""
    report.lines.append(
        f"it goes by the name {word!r} too, so no second one was made; the answer is kept: "
        "--slug NAME files it as a note of its own, at no further cost"
    )
    used = answer.usage
    if answer.replayed:
        return report
    price = "price unknown" if used.usd is None else f"{used.usd:.4f} USD"
    report.lines.append(f"this run spent {used.tokens_in} tokens in, {used.output} out, {price}")
    report.tokens_in, report.tokens_out, report.tokens_cached = used.tokens_in, used.output, used.cache_read
    report.usd = used.usd
    return report


def _moved_from(state: git.State, run: Run, note: Note) -> str:
    """The path of a committed file that is gone and that the note's row links to: the person is renaming it."""
    row = reading_list.find(read(inside(run.lab, READING_LIST)), arxiv=getattr(note, "arxiv", ""), title=note.title)
    if row is None or not row.link:
        return ""
    old = inside(run.lab, f"papers/{row.link}")
    return f"papers/{row.link}" if not old.exists() and git.committed(state, old) is not None else ""


def message_for(note: Note) -> str:
    """The commit's subject: what is cut from its end is the title's, not the id."""
    arxiv = getattr(note, "arxiv", "")
    return f"{note.kind}: {arxiv} {note.title}" if arxiv else f"{note.kind}: {note.title}"


def file(
    args: argparse.Namespace,
    run: Run,
    change: Change,
    target: str,
    checks: Mapping[str, tuple[int, int]],
    answer: Answer[R],
    standing: Standing[Any] | None,
    *,
    left_to_you: str = "",
) -> Report:
    """Write and commit a change, or print it; the report says what is left to do.

    `left_to_you`: why the commit is the person's to make, "" where it is ours.
    """
    used, paid = answer.usage, not answer.replayed  # the note keeps what it cost, the report what this run paid
    report = Report(
        "written",
        path=target,
        engine=answer.engine,
        model=answer.model,
        tokens_in=used.tokens_in * paid,
        tokens_out=used.output * paid,
        tokens_cached=used.cache_read * paid,
        usd=used.usd if paid else Decimal(0),
        checks=checks,
        lines=[f"{SIGN} {problem.text}" for problem in answer.problems],
    )
    if answer.replayed:
        report.lines.append("the reply was taken from .lab/replies: nothing was paid this time")
    if args.dry_run:
        return dry(run, change, report)
    report.exit = SAVED_BUT_INCOMPLETE if answer.problems else 0
    if standing and standing.edited:
        kept = backup(run.lab, inside(run.lab, standing.path))
        report.lines.append(f"your edited note is kept as {kept.relative_to(run.lab.root)}")
    if commits(args) and left_to_you:
        return applied(run, change, report, commit=False, why_not=left_to_you)
    return applied(run, change, report, commit=commits(args))


def dry(run: Run, change: Change, report: Report) -> Report:
    """The diff that would be made, and nothing else."""
    diff = apply.diff(run.lab, change)
    return replace(report, status="dry-run", output=diff or "nothing would change")


def applied(
    run: Run, change: Change, report: Report, *, commit: bool, why_not: str = "--no-commit was given"
) -> Report:
    """Carry a change out; the report with its commit, or with what is not committed and why."""
    unchanged = not apply.diff(run.lab, change)
    outcome = apply.apply(run.lab, change, commit=commit, why_not=why_not)
    report.commit = outcome.commit
    report.lines += outcome.left
    if outcome.failed:
        report.lines.append(f"saved, but not committed: {outcome.failed}")
        report.exit = SAVED_BUT_INCOMPLETE
    if report.exit:
        report.status = "incomplete"
    elif unchanged and not outcome.commit:
        report.status = "already"
        report.lines.append(f"already done: {report.path} is as it would be written")
    return report

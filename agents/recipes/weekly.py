"""The recipe of `python -m agents.weekly`: what is typed and jotted, which weeks are due, one report on all of them."""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

from agents.cli import Report, warn
from agents.disk import read
from agents.errors import UsageError
from agents.lab import facts, history, inbox, progress, reading_list
from agents.lab import week as weeks
from agents.lab.find import READING_LIST, inside, resource
from agents.lab.inbox import Jotted
from agents.lab.inventory import INBOX
from agents.model.prompt import fill
from agents.recipes import weekly_note
from agents.recipes.run import Run, begin, contract, max_usd, writer
from agents.recipes.weekly_log import Desk, is_log, logs, one


def recipe(args: argparse.Namespace) -> Report:
    """One week, or all that are due."""
    if args.schedule or args.install:
        return _scheduled(args)
    args.done, args.stuck = list(map(_typed, args.done)), list(map(_typed, args.stuck))
    run = begin(args)
    week = weeks.parse(args.week, run.today) if args.week is not None else weeks.of(run.today)
    desk = _desk(args, run)
    said = _said(args, desk.jotted)
    report = _caught_up(desk, said) if args.catch_up else one(desk, week, desk.facts(week), said)
    if not args.quiet:
        report.lines.append(_reviewed(desk))
    return report


def _reviewed(desk: Desk) -> str:
    if desk.review is None:
        return "there has been no review of the lab yet: python -m agents.review"
    return f"the last review of the lab was {(desk.run.today - desk.review).days} days ago"


def _scheduled(args: argparse.Namespace) -> Report:
    from agents.lab import schedule

    if args.install and args.dry_run:
        raise UsageError("--install has no dry run", "--schedule systemd prints what it puts in place")
    lab = begin(args).lab
    lines = schedule.install(lab) if args.install else []
    lines += [schedule.text(args.schedule, lab)] if args.schedule else []
    return Report("written", output="\n".join(lines))


def _typed(text: str) -> str:
    said = weekly_note.spoken(text) if len(text) <= inbox.LONGEST else ""
    if not said:
        raise UsageError(f"{text[:60]!r} is empty, or longer than {inbox.LONGEST} characters", "say it in one line")
    return said


def _said(args: argparse.Namespace, jotted: Jotted) -> Jotted:
    """What was typed, and then what was jotted, as lines of a note."""
    done = (*args.done, *map(weekly_note.spoken, jotted.done))
    stuck = (*args.stuck, *map(weekly_note.spoken, jotted.stuck))
    return Jotted(tuple(filter(None, done)), tuple(filter(None, stuck)), jotted.lines)


def _desk(args: argparse.Namespace, run: Run) -> Desk:
    """Everything free, read and checked before anything is asked: a damaged progress block is found out here."""
    rows = reading_list.rows(read(inside(run.lab, READING_LIST)))
    progress.refreshed(read(inside(run.lab, progress.README)), rows)
    jotted = inbox.read(read(inside(run.lab, INBOX)))
    who = writer(args, run)
    claude_md, template = contract(run, "weekly"), ""
    if who == "claude":
        template = resource(run.lab, weekly_note.PROMPT)
        fill(template, weekly_note.PROMPT, **dict.fromkeys(weekly_note.VARIABLES, ""))
    remembered = history.load(run.lab)
    if remembered and remembered.begins:
        warn(f"warning: a shallow clone: git knows nothing up to {remembered.begins} (git fetch --unshallow)")
    return Desk(args, run, who, claude_md, template, remembered, rows, jotted, _last_review(run))


def _last_review(run: Run) -> date | None:
    days = []
    for path in (run.lab.root / "notes/reviews").glob("*.md"):
        with suppress(ValueError):
            days.append(date.fromisoformat(path.name[:10]))
    return max((day for day in days if day <= run.today), default=None)


def _caught_up(desk: Desk, said: Jotted) -> Report:
    """The newest log refreshed, then every week since that has something; what is said goes into the newest of them."""
    run, this = desk.run, weeks.of(desk.run.today)
    known = logs(run)
    due = {known[-1]: desk.facts(known[-1])} if known and (known[-1] == this or is_log(run, known[-1])) else {}
    for week in facts.busy(run.lab, desk.history):
        if week <= this and (not known or week > known[-1]) and (found := desk.facts(week)):
            due[week] = found
    if (said.done or said.stuck) and max(due, default=None) in {*known, None}:
        due[this] = desk.facts(this)
    reports: list[Report] = []
    for week in sorted(due):
        report = one(_within_budget(desk, reports), week, due[week], said if week == max(due) else Jotted())
        run.say(f"{week}: {report.status}")
        reports.append(report)
    return _together(reports) if reports else Report("already", lines=["already done: no week has anything to tell"])


def _within_budget(desk: Desk, reports: Sequence[Report]) -> Desk:
    """--max-usd is for the whole run: what earlier weeks have cost is taken off."""
    most = max_usd(desk.args, desk.run.env)
    if most is None or desk.who != "claude":
        return desk
    left = most - sum((report.usd or Decimal(0) for report in reports), Decimal(0))
    return replace(desk, args=argparse.Namespace(**vars(desk.args) | {"max_usd": max(left, Decimal(0))}))


def _together(reports: Sequence[Report]) -> Report:
    """One report on all weeks, the newest one's where there is but one thing to say."""
    last = reports[-1]
    statuses = {report.status for report in reports}
    priced = None not in {report.usd for report in reports}
    return replace(
        last,
        status=next((s for s in ("estimate", "dry-run", "incomplete", "written") if s in statuses), "already"),
        tokens_in=sum(report.tokens_in for report in reports),
        tokens_out=sum(report.tokens_out for report in reports),
        tokens_cached=sum(report.tokens_cached for report in reports),
        usd=sum((report.usd or Decimal(0) for report in reports), Decimal(0)) if priced else None,
        output="\n".join(report.output or report.path for report in reports),
        lines=[line for report in reports for line in report.lines],
        exit=max(report.exit for report in reports),
    )

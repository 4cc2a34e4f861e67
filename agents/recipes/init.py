"""The recipe of `python -m agents.init`: from a folder's name to a lab with its first commit, top to bottom."""

import argparse
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from agents.cli import Report, put
from agents.disk import read
from agents.errors import ConfigError, DataError, TryAgainError, UnavailableError
from agents.lab import git, naming, new, schedule, site, starter
from agents.lab.change import Change
from agents.lab.find import FORMAT, READING_LIST, Lab, resource
from agents.lab.progress import README
from agents.lab.site import Site
from agents.lab.starter import Starter
from agents.model import endpoint
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note.plan import PlanReply, incomplete
from agents.note.problem import Problem
from agents.recipes import filing, init_plan
from agents.recipes.init_plan import PROMPT
from agents.recipes.run import Run, around, writer
from agents.source import arxiv

_NO_MODEL = "export ANTHROPIC_API_KEY=…; without --topic no model is needed: what ships is about multimodal LLMs"


def recipe(args: argparse.Namespace) -> Report:
    """Everything free is checked before Claude is asked, and before the folder is made."""
    topic = "" if args.topic is None else naming.topic(args.topic)
    place = site.survey(args.dir)
    run = around(Lab(place.root), args)
    planning = bool(topic) and not new.has_plan(place.root)
    question = _question(args, run, topic) if planning else None
    if args.estimate:
        return filing.estimated(args, run, question) if question else _free()

    answer, begun = _shipped()
    if question:
        _ready(args, place, [FORMAT, README, READING_LIST])
        answer, begun = _planned(args, run, question)
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict the lab is made with a mark")

    wanted = new.wanted(place, begun, run.today)
    files = new.missing(place.root, wanted) | new.uncommitted(run.lab, wanted)
    if not files:
        return Report("already", path=str(place.root), lines=[f"already done: {place.root} holds a lab"])
    if not args.dry_run:
        _ready(args, place, files)
    change = Change(f"{new.MESSAGE} on {topic}" if planning else new.MESSAGE, files)
    left = _left_alone(place.root, wanted)
    report = filing.file(args, run, change, str(place.root), _checks(begun, question), answer, None)
    report.lines += [f"left alone, as you have it: {', '.join(left)}"] if left else []
    if report.status in {"written", "incomplete"} and not args.quiet:
        _tell_what_next(run, place)
    return report


def _question(args: argparse.Namespace, run: Run, topic: str) -> Question[PlanReply]:
    """What Claude is asked; ConfigError where there is no Claude, or the prompt does not fit."""
    contract, template = resource(run.lab, FORMAT), resource(run.lab, PROMPT)
    question = Question("init", topic, contract, template, fill(template, PROMPT, topic=topic), "", PlanReply)
    if args.estimate:
        return question
    if args.engine == "draft" or (args.engine == "auto" and not endpoint.available(run.env)):
        raise ConfigError("a lab on a topic of your own is planned by Claude: the draft engine cannot", _NO_MODEL)
    writer(args, run)
    return question


def _free() -> Report:
    return Report("estimate", output="the shipped topic: asks no model, 0 USD")


def _shipped() -> tuple[Answer[PlanReply], Starter]:
    begun = starter.shipped()
    return Answer(begun.plan, (), "", "", Usage()), begun


def _planned(args: argparse.Namespace, run: Run, question: Question[PlanReply]) -> tuple[Answer[PlanReply], Starter]:
    """Claude's plan, with every paper as arXiv has it."""
    answer = filing.ask(args, run, question, incomplete)
    begun, trouble = _looked_up(answer.reply, run)
    lost = [paper.title for paper in begun.plan.papers if not paper.arxiv]
    problems = list(answer.problems)
    if trouble:
        later = "to look them up later, delete papers/README.md and run this again: the plan is kept, nothing is paid"
        problems.append(Problem(f"{len(lost)} papers stay unverified: {trouble}; {later}", fatal=False))
    elif lost:
        problems.append(Problem(f"not found on arXiv, so marked: {'; '.join(lost)}", fatal=False))
    return replace(answer, problems=tuple(problems)), begun


def _looked_up(plan: PlanReply, run: Run) -> tuple[Starter, str]:
    """The plan as arXiv knows it, and why arXiv could not be asked about all of it ("" if it could)."""
    found, trouble = {}, ""
    try:
        named = [name for paper in plan.papers if (name := init_plan.named_id(paper))]
        found = init_plan.by_id(plan, arxiv.known(named, run.lab.cache, run.say))
        others = [paper.title for paper in plan.papers if paper.title not in found]
        found |= init_plan.by_title(plan, arxiv.titled(others, run.lab.cache, run.say))
    except (UnavailableError, TryAgainError) as error:  # the plan is paid for: it is used, with marks
        trouble = error.what
    return init_plan.looked_up(plan, found), trouble


def _ready(args: argparse.Namespace, place: Site, names: Iterable[str]) -> None:
    """The folder, with its repository unless this is a dry run, and nothing in the way of these files."""
    if args.dry_run:
        lab = site.made(place)
    else:
        site.refuse(place, commit=filing.commits(args))
        lab = site.prepare(place)
    git.preflight(lab, list(names), commit=filing.commits(args), new=True)


def _left_alone(root: Path, wanted: Mapping[str, bytes]) -> list[str]:
    """Files of the person's where we would have put one of ours."""
    standing = {name: root / name for name in wanted if (root / name).exists()}
    return [name for name, path in standing.items() if not path.is_file() or read(path) != wanted[name]]


def _tell_what_next(run: Run, place: Site) -> None:
    """GitHub reads workflows at the top of a repository only: what is around the lab is not ours to write to."""
    run.say(f"next: cd {shlex.quote(str(place.root))}; lab paper 2301.12597, or a PDF of yours, makes the first note")
    if place.top and not place.is_top:
        run.say(f"for a weekly log by GitHub, save this as {place.top / schedule.WORKFLOW} and commit it:")
        put(schedule.workflow(place.root.relative_to(place.top).as_posix()), sys.stderr)


def _checks(begun: Starter, question: Question[PlanReply] | None) -> dict[str, tuple[int, int]]:
    return {"papers": init_plan.counts(begun)} if question else {}

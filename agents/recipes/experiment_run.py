"""Running a notebook: what fails goes back to Claude, at most twice; then it is closed (experiment_closing.py)."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from agents.cli import Report
from agents.disk import read
from agents.errors import DataError, TryAgainError
from agents.lab import notebooks, runs, sandbox
from agents.lab.change import Change
from agents.lab.find import inside, resource
from agents.lab.notes import Standing
from agents.lab.sandbox import Executed
from agents.lab.write import backup, write
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note import cells, notebook
from agents.note.cutting import BrokenNote
from agents.note.experiment import (
    ExperimentNote,
    ExperimentReply,
    Implemented,
    Repair,
    cells_of,
    repair_model,
    with_cells,
)
from agents.note.problem import Problem
from agents.note.template import headings
from agents.recipes import experiment_closing, experiment_note, filing
from agents.recipes.run import Run, contract, writer
from agents.trust import code

REPAIR = "prompts/experiment-repair.md"
_REPAIRS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What does not change from one attempt at a new notebook to the next."""

    topic: str
    stem: str
    script: str  # the module's name, should there be one
    standing: Standing[ExperimentNote] | None
    question: Question[ExperimentReply]
    formulas: Mapping[str, Implemented]

    @property
    def headings(self) -> dict[str, str]:
        """As the lab's CLAUDE.md words them."""
        return headings(self.question.system, "experiment")


@dataclass(frozen=True, slots=True)
class Done:
    """A notebook that is ready to be filed; `kept` are the runs behind it."""

    text: str
    note: ExperimentNote
    checks: dict[str, tuple[int, int]]
    answer: Answer[Any]  # of all calls together
    reply: ExperimentReply
    kept: tuple[Path, ...] = ()


def wanted(args: argparse.Namespace) -> bool:
    return bool(args.run or args.run_unsandboxed)


def preflight(args: argparse.Namespace, run: Run) -> None:
    """The prompts and the sandbox, before anything is paid."""
    fill(resource(run.lab, REPAIR), REPAIR, title="", packages="")
    experiment_closing.template(run)
    if not args.estimate:
        sandbox.require(sandboxed=not args.run_unsandboxed)


def first(args: argparse.Namespace, run: Run, plan: Plan, answer: Answer[ExperimentReply]) -> Done:
    """The new notebook: as Claude wrote it, or run, mended and concluded."""
    answers: list[Answer[Any]] = [answer]
    causes: list[str] = []
    kept: list[Path] = []
    reply = answer.reply
    while True:
        note = _built(run, plan, answers, reply, causes)
        text = notebook.show(note, plan.headings)
        if not wanted(args):
            return Done(text, note, note.checks, answer, reply)
        scripts = notebooks.scripts(run.lab)
        if program := experiment_note.script_text(reply):
            scripts |= {f"{plan.script}.py": program}
        executed, path = _execute(args, run, text, scripts)
        kept.append(path)
        if not executed.failed:
            break
        if executed.timed_out or len(causes) == _REPAIRS:
            runs.forget(kept)
            raise _given_up(run, plan, text, executed, len(causes))
        repair = _repaired(args, run, plan, reply, executed, spent(answers))
        answers.append(repair)
        causes.append(repair.reply.cause)
        reply = _mended(reply, repair.reply)
    closing = experiment_closing.written(
        args, run, "claude", cells.with_outputs(text, _text(executed)), plan.question.system, spent(answers)
    )
    return Done(
        closing.text, note, note.checks | closing.checks, together([*answers, closing.answer]), reply, tuple(kept)
    )


def again(args: argparse.Namespace, run: Run, standing: Standing[ExperimentNote]) -> Report:
    """Run a notebook that stands as it is; only outputs and closing cells are written anew."""
    who = writer(args, run)
    claude_md = contract(run, "experiment")
    experiment_closing.template(run)
    left_to_you = _preflight(args, run, standing)
    try:
        cells.load(standing.text)
    except BrokenNote as error:
        raise DataError(f"{standing.path}, {error}", "mend the file, or restore it from git") from error
    executed, kept = _execute(args, run, standing.text, notebooks.scripts(run.lab))
    if executed.failed:
        runs.forget([kept])
        raise DataError(
            f"{standing.path}: {_told(run, executed)}", "mend that cell, then run again; the file is as it was"
        )
    closing = experiment_closing.written(args, run, who, cells.with_outputs(standing.text, _text(executed)), claude_md)
    refuse_changed(run, standing.path, standing)
    change = Change(f"experiment: run {closing.title}", {standing.path: closing.text.encode()})
    keep_closing(args, run, standing)
    report = filing.file(
        args, run, change, standing.path, closing.checks, closing.answer, None, left_to_you=left_to_you
    )
    return filed(args, [kept], report)


def _preflight(args: argparse.Namespace, run: Run, standing: Standing[ExperimentNote]) -> str:
    """A notebook may be edited, and the edits not committed yet: then outputs and closing cells wait with them.

    What he wrote into the closing cells has to be committed: these are replaced.
    """
    replaces_his = standing.note is None or standing.note.closing_edited
    forced = argparse.Namespace(**vars(args) | {"force": True})
    filing.preflight(forced, run, [standing.path], standing if replaces_his else None)
    if not filing.holds_own_work(run, standing):
        return ""
    return f"{standing.path} holds changes of yours, commit it with them"


def refuse_changed(run: Run, path: str, standing: Standing[ExperimentNote] | None) -> None:
    """Running and asking take minutes, in which a person may save the notebook that he has open in Jupyter."""
    by_now = read(inside(run.lab, path))
    if by_now != (standing.text.encode() if standing else b""):
        raise TryAgainError(f"{path} was changed meanwhile", "commit that, then run again: what was paid for is kept")


def filed(args: argparse.Namespace, kept: Sequence[Path], report: Report) -> Report:
    """The runs have served; after --dry-run the real run takes them once more."""
    if not args.dry_run:
        runs.forget(kept)
    return report


def keep_closing(args: argparse.Namespace, run: Run, standing: Standing[ExperimentNote] | None) -> None:
    """A copy of a notebook in whose closing cells the person wrote himself: they are about to be replaced."""
    if standing and standing.note and standing.note.closing_edited and not args.dry_run:
        copy = backup(run.lab, inside(run.lab, standing.path))
        run.say(f"you had written into its closing cells: the notebook is kept as {copy.relative_to(run.lab.root)}")


def _built(
    run: Run, plan: Plan, answers: Sequence[Answer[Any]], reply: ExperimentReply, causes: Sequence[str]
) -> ExperimentNote:
    """The note of this attempt; what its calls cost is said whether they were paid in this run or in an earlier one."""
    total = sum((answer.usage for answer in answers), Usage())
    return experiment_note.build(
        replace(answers[0], reply=reply, usage=total),
        plan.question,
        plan.standing,
        topic=plan.topic,
        script=plan.script,
        formulas=plan.formulas,
        repairs=causes,
        today=run.today,
    )


def _execute(args: argparse.Namespace, run: Run, text: str, scripts: Mapping[str, bytes]) -> tuple[Executed, Path]:
    sandboxed = not args.run_unsandboxed
    ours = {name.removesuffix(".py") for name in scripts}
    sandbox.require(sandboxed=sandboxed, modules=sorted(code.needed(cells.codes(cells.load(text))) - ours))
    return runs.execute(run.lab, text, scripts=scripts, sandboxed=sandboxed, progress=run.say)


def _text(executed: Executed) -> str:
    return executed.notebook.decode()


def _told(run: Run, executed: Executed) -> str:
    """The first line of what went wrong; the traceback with --verbose."""
    for line in executed.failed.split("\n")[1:]:
        run.detail(f"  {line}")
    return executed.failed.partition("\n")[0]


def _given_up(run: Run, plan: Plan, text: str, executed: Executed, repairs: int) -> DataError:
    path = run.lab.private / "runs" / f"{plan.stem}.ipynb"
    write(path, cells.with_outputs(text, _text(executed)).encode())
    after = f" after {repairs} repairs" if repairs else ""
    return DataError(
        f"the notebook fails{after}: {_told(run, executed)}",
        f"it is kept as {path.relative_to(run.lab.root)}; --force asks anew, and without --run it is filed as written",
    )


def _repaired(
    args: argparse.Namespace, run: Run, plan: Plan, reply: ExperimentReply, executed: Executed, paid: Decimal
) -> Answer[Repair]:
    """Claude's repair. The key is made of the code and of how it failed: the same failure is paid for once."""
    run.say(f"{executed.failed.partition(chr(10))[0]}: Claude is asked to mend it")
    program = experiment_note.listing(reply)
    template = resource(run.lab, REPAIR)
    packages = "、".join(f"`{package.name}`" for package in reply.environment)
    question = Question(
        agent="experiment",
        target=f"{plan.topic} (repair)",
        system=plan.question.system,
        template=template,
        prompt=fill(template, REPAIR, title=reply.title, packages=packages),
        source=f"{program}\n\n# {executed.failed}",
        reply=repair_model(tuple(cells_of(reply))),
        depends_on=(hashlib.sha256(program.encode()).hexdigest(), executed.failed),
    )
    return filing.ask(args, run, question, lambda repair: _wrong(reply, repair), paid)


def _wrong(reply: ExperimentReply, repair: Repair) -> list[Problem]:
    """The mended notebook keeps to everything that a first one does."""
    mended = _mended(reply, repair)
    same = experiment_note.listing(mended) == experiment_note.listing(reply)
    unchanged = [Problem("cells: nothing was changed, and the code as it stands fails")] if same else []
    return unchanged + experiment_note.incomplete(mended)


def _mended(reply: ExperimentReply, repair: Repair) -> ExperimentReply:
    codes = {fixed.cell: fixed.code for fixed in repair.cells}
    return with_cells(reply, codes, repair.script if reply.script and repair.script else reply.script)


def spent(answers: Sequence[Answer[Any]]) -> Decimal:
    """What this run has paid so far; without a known price --max-usd has refused already."""
    return together(answers).usage.usd or Decimal(0)


def together(answers: Sequence[Answer[Any]]) -> Answer[Any]:
    """All calls as one answer: what this run paid, and every problem that stayed."""
    paid = [answer.usage for answer in answers if not answer.replayed]
    problems = tuple(problem for answer in answers for problem in answer.problems)
    return replace(answers[0], problems=problems, usage=sum(paid, Usage()), replayed=not paid)

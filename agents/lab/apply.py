"""A `Change` carried out: under the lab's lock, files first, then one commit of what is ours."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agents import disk
from agents.errors import TryAgainError
from agents.lab import commit as commits
from agents.lab import git, lock, write
from agents.lab.change import Change, Edit
from agents.lab.find import READING_LIST, Lab, inside
from agents.lab.git import NoRepository, Repository, State, Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `commit` is a short sha, or "" when none was made."""

    commit: str
    left: tuple[str, ...] = ()  # a sentence each: what is not committed, as it should be
    failed: str = ""  # why a commit that was tried did not come about; the files are saved


@dataclass(frozen=True, slots=True)
class _Plan:
    """Every path of a change, with the bytes before (None: no file) and after."""

    before: Mapping[Path, bytes | None]
    after: Mapping[Path, bytes]
    edits: Mapping[Path, Edit]
    inputs: Mapping[Path, Path]


def apply(
    lab: Lab,
    change: Change,
    *,
    commit: bool,
    patience: float = lock.PATIENCE,
    why_not: str = "--no-commit was given",
) -> Outcome:
    """Write the change and commit it. LabError before the first byte is written, DiskError while writing.

    `patience`: seconds to wait for another run of ours, then for git's locks; `why_not`: said where `commit` is false.
    """
    with lock.held(lab, patience):
        plan = _plan(lab, change)
        write.sweep({path.parent for path in plan.after})
        state, found, obstacle = _surroundings(lab, plan, "" if commit else why_not)
        waiting = _waiting(state, found, plan)
        for path, data in plan.after.items():
            if plan.before[path] != data:
                write.write(path, data)
        if obstacle:
            return Outcome("", failed=obstacle)
        if isinstance(state, NoRepository):
            return Outcome("", (f"saved, not committed: {state.why}",))
        return _record(state, found, plan, waiting, message=change.message, patience=patience)


def diff(lab: Lab, change: Change) -> str:
    """What `apply` would change, as a unified diff."""
    plan = _plan(lab, change)
    return "".join(
        _diff(path.relative_to(lab.root).as_posix(), plan.before[path], data) for path, data in plan.after.items()
    )


def _plan(lab: Lab, change: Change) -> _Plan:
    files = {inside(lab, name): data for name, data in change.files.items()}
    edits = {inside(lab, name): edit for name, edit in change.edits.items()}
    before = {path: disk.read(path) if path.exists() else None for path in (*files, *edits)}
    edited = {path: edit(before[path] or b"") for path, edit in edits.items()}
    inputs = {inside(lab, name): inside(lab, into) for name, into in change.inputs.items()}
    return _Plan(before, files | edited, edits, inputs)


def _surroundings(lab: Lab, plan: _Plan, why_not: str) -> tuple[State, Status, str]:
    """The repository, how our paths stand in it before we write, and what is in the way of a commit by now."""
    nothing = Status("", frozenset(), frozenset())
    state: State = NoRepository(why_not) if why_not else git.opened(lab)
    if isinstance(state, NoRepository):
        return state, nothing, ""
    if what := git.busy(state):
        return state, nothing, what
    reading_list = inside(lab, READING_LIST)
    try:
        found = git.status(state, {reading_list, *plan.after})
    except TryAgainError as error:
        return state, nothing, error.what
    if not state.is_own and state.name(reading_list) in found.untracked:
        return NoRepository(f"the repository at {state.root} does not track this lab"), nothing, ""
    return state, found, ""


def _waiting(state: State, found: Status, plan: _Plan) -> dict[Path, bool]:
    """The person's files in which he has uncommitted changes; True where our edit has to wait with them.

    Our own edit, left by a run that was stopped before its commit, is none of his: HEAD with our edit is then what
    stands there. An input waits only where the file that it went into does.
    """
    waiting = {}
    for path, edit in plan.edits.items():
        if isinstance(state, NoRepository) or state.name(path) not in found.changed | found.untracked:
            continue
        in_head, staged = git.committed(state, path), git.committed(state, path, staged=True)
        with_ours = edit(in_head or b"")
        if staged not in {in_head, plan.after[path]} or with_ours != plan.after[path]:
            waiting[path] = with_ours != in_head
    ready = {path for path, into in plan.inputs.items() if into not in waiting}
    held = {path: True for path, into in plan.inputs.items() if into in waiting}
    return {path: ours for path, ours in waiting.items() if path not in ready} | held


def _record(
    repo: Repository, found: Status, plan: _Plan, waiting: Mapping[Path, bool], *, message: str, patience: float
) -> Outcome:
    left = tuple(
        f"{repo.name(path)} has uncommitted changes of yours: our line stands among them, commit it with them"
        for path, ours_too in waiting.items()
        if ours_too
    )
    known = found.changed | found.untracked
    ours = {
        path: data
        for path, data in plan.after.items()
        if path not in waiting and (plan.before[path] != data or repo.name(path) in known)
    }
    if not ours:
        return Outcome("", left)
    sha, failed = commits.tried(repo, ours, message, found.head, patience)
    return Outcome(sha, left, failed)


def _diff(name: str, before: bytes | None, after: bytes) -> str:
    old, new = _lines(before or b""), _lines(after)
    origin = "/dev/null" if before is None else f"a/{name}"
    marked = difflib.unified_diff(old, new, origin, f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in marked)


def _lines(data: bytes) -> list[str]:
    """Cut at line feeds only: `splitlines` would also cut inside a line."""
    lines = data.decode("utf-8", "replace").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])

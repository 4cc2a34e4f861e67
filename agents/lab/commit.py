"""One commit of exactly some paths, by git itself: hooks, signing and the person's staged work are honoured."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agents.errors import BrokenPromise, LabError, TryAgainError
from agents.lab.git import Repository
from agents.lab.run_git import Ran, run_git, run_git_patiently
from agents.note.text import one_line

_REFUSED, _NOT_ADDED = 1, 128  # `git commit` returns 1 for a hook's refusal, and where there is nothing to commit
_LONGEST = 72  # characters of a subject
# What makes a forge call a person or close an issue: "@name", "#12", "owner/repo#12", "GH-12", an address.
_ACTS = re.compile(r"(?<!\w)[@#]+(?=\w)|#+(?=\d)|(?<=\bGH)-(?=\d)|(?<=:)//", re.IGNORECASE)
_RECORD, _FIELD = "\x02", "\x00"


def subject(message: str) -> str:
    """A message as one clean line: nothing a title holds can add a trailer, close an issue or skip a pipeline."""
    line = one_line(message).translate(str.maketrans("[]", "()"))
    line = _ACTS.sub("", line)
    if len(line) <= _LONGEST:
        return line or "lab: update"
    cut = line[: _LONGEST - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[_LONGEST // 2 :] else cut).rstrip(" ,;:") + "…"


def commit(repo: Repository, files: Mapping[Path, bytes], message: str, head: str, patience: float) -> str:
    """Commit `files`, which stand on disk with these bytes, on top of `head` ("" before the first commit).

    The short sha, "" when HEAD has them already. TryAgainError when git or a hook refuses: then the index is as it
    was. BrokenPromise when something else than these paths was committed.
    """
    paths = [repo.spec(path) for path in files]
    try:
        ran = _tried(repo, paths, message, patience)
        if ran.code == _REFUSED and _nothing_to_do(repo, paths):
            return ""
        if ran.code and any(path.read_bytes() != data for path, data in files.items()):
            ran = _tried(repo, paths, message, patience)  # a hook has mended the files and wants to see them again
    except BaseException:
        _release(repo, paths, head)
        raise
    _release(repo, paths, head)
    if ran.code:
        raise TryAgainError(f"git refused: {_reason(ran)}", "mend that, then run the same command again")
    return _made(repo, {repo.name(path) for path in files}, head)


def _tried(repo: Repository, paths: Sequence[str], message: str, patience: float) -> Ran:
    """`add` first: killed in between, it leaves a clean state, where `add -N` would leave a staged deletion."""
    added = run_git_patiently(repo.root, "add", "--", *paths, patience=patience)
    if added.code:
        return replace(added, code=_NOT_ADDED)
    only = ("commit", "--only", "-q", "--cleanup=whitespace", "-F", "-", "--", *paths)
    return run_git_patiently(repo.root, *only, stdin=subject(message).encode() + b"\n", patience=patience)


def _release(repo: Repository, paths: Sequence[str], head: str) -> None:
    """Let the index hold what HEAD has of our paths: the rollback, and after a commit what a hook has added since."""
    if head or run_git(repo.root, "rev-parse", "-q", "--verify", "HEAD").code == 0:
        run_git(repo.root, "reset", "-q", "--", *paths)
    else:
        run_git(repo.root, "rm", "-q", "-f", "--cached", "--ignore-unmatch", "--", *paths)


def _nothing_to_do(repo: Repository, paths: Sequence[str]) -> bool:
    return run_git(repo.root, "diff", "--cached", "--quiet", "--no-ext-diff", "--", *paths).code == 0


def _reason(ran: Ran) -> str:
    if "gpg failed to sign" in ran.err or "failed to write commit object" in ran.err:
        return f"signing failed ({ran.said}); cache the passphrase, or sign with SSH"
    if ran.lock:
        return f"{ran.lock} is there: another git is at work, or one was killed; we do not remove it"
    return ran.said


def _made(repo: Repository, names: set[str], head: str) -> str:
    """The short sha of our commit: the one since `head` with our paths only, for the person may commit meanwhile."""
    since = f"{head}..HEAD" if head else "HEAD"
    show = ("--no-renames", "--no-show-signature", "--name-only", "-z", "--format=%x02%h%x00")
    ran = run_git(repo.root, "-c", "log.showRoot=true", "log", *show, since, "--")
    for record in reversed(os.fsdecode(ran.out).split(_RECORD)[1:]):
        sha, *fields = (field.strip("\n") for field in record.split(_FIELD))
        changed = {name for name in fields if name}
        if changed and changed <= names:
            return sha
    raise BrokenPromise(
        "the commit on top does not hold exactly our files",
        "look at it with git show --stat, and report this with your hooks",
    )


def tried(repo: Repository, files: Mapping[Path, bytes], message: str, head: str, patience: float) -> tuple[str, str]:
    """`commit`, with a refusal as a sentence: (short sha, why it failed)."""
    try:
        return commit(repo, files, message, head, patience), ""
    except BrokenPromise:
        raise
    except LabError as error:
        return "", error.what

"""What git remembers of the lab: every commit's day and the files it touched, within the lab's folder only."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from agents.errors import TryAgainError
from agents.lab import git
from agents.lab.find import Lab
from agents.lab.git import NoRepository, Repository
from agents.lab.run_git import run_git
from agents.lab.week import day_of

FOLDERS = ("papers", "notes", "experiments")  # where work is done; what agents write about it stands elsewhere
_RECORD, _FIELD = "\x02", "\x00"
_ODDS = {"120000", "160000"}  # modes of a symbolic link and of a submodule: no files


@dataclass(frozen=True, slots=True)
class Touch:
    """One file in one commit, by its path in the lab; `before` and `after` name its contents, "" where it is not."""

    path: str
    was: str  # another path than `path` where the commit renamed it
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Commit:
    day: date  # of the committer, in the person's time zone
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class History:
    """`commits` from the oldest on, merges left out: what they bring together, others have done."""

    root: Path
    commits: tuple[Commit, ...]
    begins: date | None = None  # a shallow clone knows nothing of the days up to this one

    def contents(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The texts that were named, by their names; what is not UTF-8 is left out."""
        wanted = sorted(set(ids) - {""})
        ran = run_git(self.root, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
        return dict(_texts(ran.out)) if wanted else {}


def load(lab: Lab) -> History | None:
    """The lab's history; None where no repository keeps it, or it has no commit yet."""
    repo = git.keeping(lab)
    if isinstance(repo, NoRepository) or run_git(repo.root, "rev-parse", "-q", "--verify", "HEAD").code:
        return None
    is_shallow = run_git(repo.root, "rev-parse", "--is-shallow-repository").out.strip() == b"true"
    prefix = repo.name(lab.root)
    commits, begins = [], None
    for day, parents, raw in _log(repo, prefix):
        if is_shallow and not parents:
            begins = max(begins or day, day)
        else:
            commits.append(Commit(day, tuple(_touches(raw, "" if prefix == "." else f"{prefix}/"))))
    return History(repo.root, tuple(commits), begins)


def _log(repo: Repository, prefix: str) -> Iterator[tuple[date, str, list[str]]]:
    """Day, parents and raw fields of each commit."""
    config = ("-c", "log.showRoot=true", "-c", "log.follow=false")
    order = ("--no-merges", "--date-order", "--reverse", "--no-show-signature")
    show = ("--raw", "--no-abbrev", "-M", "-z", "--format=%x02%ct%x00%P")
    folders = [repo.spec(repo.root / prefix / folder) for folder in FOLDERS]
    ran = run_git(repo.root, *config, "log", *order, *show, "HEAD", "--", *folders)
    if ran.code:
        raise TryAgainError(f"git log failed: {ran.said}", "mend the repository")
    for record in os.fsdecode(ran.out).split(_RECORD)[1:]:
        moment, parents, *fields = record.split(_FIELD)
        yield day_of(int(moment)), parents, [field.lstrip("\n") for field in fields]


def _touches(fields: list[str], prefix: str) -> Iterator[Touch]:
    """`:100644 100644 <before> <after> R100` and one path, or two where it is a rename."""
    rest = iter(fields)
    for field in rest:
        if not field.startswith(":"):
            continue
        old_mode, new_mode, before, after, kind = field[1:].split(" ")
        was = next(rest)
        path = next(rest) if kind[0] in "RC" else was
        if not {old_mode, new_mode} & _ODDS and _is_shown(path.removeprefix(prefix)):
            yield Touch(path.removeprefix(prefix), was.removeprefix(prefix), _named(before), _named(after))


def _named(blob: str) -> str:
    """The name of a content; git writes zeros where there is none."""
    return blob if blob.strip("0") else ""


def _is_shown(path: str) -> bool:
    return not any(part.startswith(".") for part in PurePosixPath(path).parts)


def _texts(out: bytes) -> Iterator[tuple[str, str]]:
    """What `cat-file --batch` prints: `<name> blob <size>`, the bytes, a line feed; `<name> missing` for none."""
    at = 0
    while (end := out.find(b"\n", at)) >= 0:
        name, *rest = out[at:end].decode("ascii", "replace").split(" ")
        at = end + 1
        if len(rest) == 2:
            data = out[at : at + int(rest[1])]
            at += len(data) + 1
            try:
                yield name, data.decode("utf-8-sig")
            except UnicodeDecodeError:
                continue

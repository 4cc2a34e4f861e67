"""The repository around a lab: found and read by GitPython (its only door), looked over before anything is paid.

GitPython's own index is never used: it sweeps in what the person has staged, skips hooks and signing, and invents an
author. What changes the repository is in `commit.py`.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agents import disk
from agents.errors import ConfigError, DiskError, LabError, TryAgainError
from agents.lab import lock, write
from agents.lab.find import READING_LIST, Lab, inside
from agents.lab.run_git import LOCAL, Ran, has_git, run_git

_NEEDED = 64 * 2**20  # bytes free: a note, git's objects, and room for what others write meanwhile
_POLL = 0.1
_BUSY = {  # what stands in the git directory while the person is in the middle of something
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or am",
    "BISECT_LOG": "a bisect",
    "sequencer": "a cherry-pick or revert",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that keeps the lab: paths are absolute, those given to git are relative to `root`."""

    root: Path  # top of the working tree
    git_dir: Path  # of this working tree
    is_detached: bool
    is_own: bool  # the lab's own, not that of a bigger tree around it

    def name(self, path: Path) -> str:
        """A path as git names it."""
        return path.relative_to(self.root).as_posix()

    def spec(self, path: Path) -> str:
        """A path as git is told it: `*.md` is one file. GIT_LITERAL_PATHSPECS would also reach the person's hooks."""
        return f":(literal){self.name(path)}"


@dataclass(frozen=True, slots=True)
class NoRepository:
    """Nothing to commit to; `why` completes the sentence "not committed: …"."""

    why: str


State = Repository | NoRepository


@dataclass(frozen=True, slots=True)
class Status:
    """What git says of some paths: the commit on top ("" before the first one), and which paths differ from it."""

    head: str
    changed: frozenset[str]  # staged or not, conflicts included
    untracked: frozenset[str]  # also the ignored ones


def opened(lab: Lab) -> State:
    """The repository around the lab, without starting a git process. ConfigError when it is bare or broken."""
    if not has_git():
        return NoRepository("git is not installed")
    with _nobody_elses_repository():
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        import git

        try:
            repo = git.Repo(lab.root, search_parent_directories=True, expand_vars=False)
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            return NoRepository("this is not a git repository")
        with closing(repo):
            if repo.bare or repo.working_tree_dir is None:
                raise ConfigError(f"{repo.git_dir} is a bare repository", "use a clone of it, or --no-commit")
            root = Path(repo.working_tree_dir).resolve()
            try:
                is_detached = repo.head.is_detached
            except ValueError as error:
                raise ConfigError(f"{repo.git_dir}/HEAD is damaged", "mend it, or use --no-commit") from error
            return Repository(root, Path(repo.git_dir).resolve(), is_detached, root == lab.root)


@contextmanager
def _nobody_elses_repository() -> Iterator[None]:
    """GitPython obeys GIT_WORK_TREE and its like, which are set inside a hook and mean another repository."""
    aside = {name: os.environ.pop(name) for name in LOCAL if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(aside)


def status(repo: Repository, paths: Iterable[Path]) -> Status:
    """How `paths` stand against HEAD and the index. TryAgainError when git cannot say."""
    flags = ("--porcelain=v2", "--branch", "-z", "-uall", "--no-renames", "--ignored=matching")
    ran = run_git(repo.root, "status", *flags, "--", *map(repo.spec, paths))
    if ran.code:
        raise TryAgainError(f"git status failed: {ran.said}", "mend the repository, or use --no-commit")
    head, changed, untracked = "", set(), set()
    for record in os.fsdecode(ran.out).split("\0"):
        kind, _, rest = record.partition(" ")
        if kind in {"?", "!"}:
            untracked.add(rest)
        elif kind == "1":
            changed.add(rest.split(" ", 7)[7])
        elif kind == "u":
            changed.add(rest.split(" ", 9)[9])
        elif record.startswith("# branch.oid ") and not record.endswith("(initial)"):
            head = record.removeprefix("# branch.oid ")
    return Status(head, frozenset(changed), frozenset(untracked))


def committed(state: State, path: Path, *, staged: bool = False) -> bytes | None:
    """The file as it is in HEAD (or staged), as a checkout would write it; None where it is not."""
    if isinstance(state, NoRepository):
        return None
    ran = run_git(state.root, "cat-file", "--filters", f"{':0' if staged else 'HEAD'}:{state.name(path)}")
    return ran.out if ran.code == 0 else None


def dirty(state: State, path: Path) -> bool:
    """Whether something stands at `path` that is not in HEAD as it stands. Without a repository nothing is."""
    if isinstance(state, NoRepository):
        return False
    found = status(state, [path])
    return state.name(path) in found.changed | found.untracked


def busy(repo: Repository) -> str:
    """What the person is in the middle of, so that no commit may be made now; "" for nothing."""
    for name, what in _BUSY.items():
        if (repo.git_dir / name).exists():
            return f"{what} is in progress"
    return "HEAD is detached, a commit would be on no branch" if repo.is_detached else ""


def keeping(lab: Lab) -> State:
    """The repository that keeps this lab, not merely one around it. Starts one git process."""
    repo = opened(lab)
    if isinstance(repo, NoRepository):
        return repo
    why = _not_kept(repo, inside(lab, READING_LIST))
    return NoRepository(why) if why else repo


def preflight(
    lab: Lab, paths: Sequence[str], *, commit: bool, patience: float = lock.PATIENCE, new: bool = False
) -> State:
    """Everything that can stop the filing of `paths`, found before anything is paid; raises the LabError of it.

    `patience`: seconds to wait for a lock of git's to go away. `new`: the lab is being made, so that a repository
    around it cannot track it yet. Starts three git processes where all is well.
    """
    targets = [inside(lab, path) for path in paths]
    folders = {standing(target.parent) for target in targets}
    for folder in folders | {lab.private}:
        refuse_full_or_closed(folder)
    for target in targets:
        write.mode(target)
    if write.stale(folders):
        with lock.held(lab, patience):
            write.sweep(folders)
    if not commit:
        return NoRepository("--no-commit was given")
    repo = opened(lab) if new else keeping(lab)
    if isinstance(repo, NoRepository):
        return repo
    if what := busy(repo):
        raise TryAgainError(what, "finish that first, or use --no-commit")
    _refuse_locked(repo, patience)
    refuse_full_or_closed(repo.git_dir)
    refuse_nobody(repo.root)
    _refuse_ignored(repo, targets)
    return repo


def standing(folder: Path) -> Path:
    """The nearest folder upwards that exists: where a new one would be made."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def refuse_full_or_closed(folder: Path) -> None:
    """DiskError where nothing can be written, or next to nothing."""
    try:
        free = shutil.disk_usage(folder).free
        with tempfile.TemporaryFile(dir=folder):  # without a name where the system can do that
            pass
    except OSError as error:
        raise disk.failed(folder, error) from error
    if free < _NEEDED:
        raise DiskError(f"only {free // 2**20} MB are free in {folder}", "free at least 64 MB")


def _not_kept(repo: Repository, reading_list: Path) -> str:
    """Why the repository does not keep this lab; "" when it does. It keeps a lab whose reading list it tracks."""
    ran = run_git(repo.root, "ls-files", "-v", "-z", "--", repo.spec(reading_list))
    if ran.code:
        raise _unusable(ran)
    tag = ran.out[:1].decode("ascii", "replace")
    if tag.upper() == "S":
        raise TryAgainError(f"{READING_LIST} is outside your sparse checkout", "add papers/ to it, or use --no-commit")
    if tag and not reading_list.exists():
        raise TryAgainError(f"{READING_LIST} is tracked but absent", f"restore it: git checkout -- {READING_LIST}")
    return "" if tag or repo.is_own else f"the repository at {repo.root} does not track this lab"


def _unusable(ran: Ran) -> LabError:
    if "dubious ownership" in ran.err:
        advice = [line.strip() for line in ran.err.splitlines() if line.strip().startswith("git config")]
        return ConfigError(
            "git refuses this repository: another user owns it", "; ".join(advice) or "git status says more"
        )
    return TryAgainError(f"git cannot read this repository: {ran.said}", "mend it, or use --no-commit")


def _refuse_locked(repo: Repository, patience: float) -> None:
    path = repo.git_dir / "index.lock"
    until = time.monotonic() + patience
    while path.exists():
        if time.monotonic() >= until:
            raise TryAgainError(
                f"{path} has been there for {patience:.0f} s: another git is at work, or one was killed",
                "let it finish; if there is none, remove that file (we do not)",
            )
        time.sleep(_POLL)


def refuse_nobody(folder: Path) -> None:
    """ConfigError where git knows no committer; nor an author, where the environment may name one of the two only."""
    named = any(name.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_")) for name in os.environ)
    for role in ("COMMITTER", "AUTHOR") if named else ("COMMITTER",):
        if run_git(folder, "var", f"GIT_{role}_IDENT").code:
            raise ConfigError(
                "git does not know who you are",
                'git config --global user.name "Your Name"; git config --global user.email you@example.com',
            )


def _refuse_ignored(repo: Repository, targets: Sequence[Path]) -> None:
    """`git add` would stage the other paths before it refuses this one."""
    names = b"".join(os.fsencode(repo.name(target)) + b"\0" for target in targets)
    ran = run_git(repo.root, "check-ignore", "-z", "--stdin", stdin=names)
    if ran.code == 0:
        name = os.fsdecode(ran.out.split(b"\0")[0])
        raise ConfigError(f"{name} is ignored by .gitignore", "change the ignore rule, or use --no-commit")

"""Where a new lab is to stand: which folder, and which repository will keep it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from agents.errors import ConfigError, DiskError, OverwriteError, UsageError
from agents.lab.find import FORMAT, Lab
from agents.lab.git import refuse_full_or_closed, refuse_nobody, standing
from agents.lab.run_git import has_git, run_git

_HIDDEN = {".git", ".lab"}
_HINT = "name a folder for the lab: one to be made, an empty one, or one that holds files of yours"


@dataclass(frozen=True, slots=True)
class Site:
    """A folder, made or not, and how it stands to git."""

    root: Path  # resolved
    top: Path | None  # of the work tree that holds the folder; None: the lab gets a repository of its own

    @property
    def is_top(self) -> bool:
        """Whether the lab is a whole repository: GitHub reads `.github/` there only."""
        return self.top is None or self.top == self.root


def survey(given: str) -> Site:
    """The place that was named. UsageError or OverwriteError where no lab can stand; nothing is made."""
    try:
        path = Path(given).expanduser()
        root = path.resolve()
        is_there, is_folder, is_link = root.exists(), root.is_dir(), path.is_symlink()
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, links in a circle, `~nobody`, NUL
        raise UsageError(f"{given[:60]!r} is no folder: {error}", _HINT) from error
    if not given.strip() or (is_there and not is_folder):
        raise UsageError(f"{given!r} is no folder", _HINT)
    if is_link and not is_there:
        raise UsageError(f"{given!r} is a symbolic link that leads nowhere", _HINT)
    if inner := next((part for part in root.parts if part.casefold() in _HIDDEN), ""):
        raise OverwriteError(f"{root} is inside {inner}", "name a folder outside of it")
    return Site(root, _top(root) if has_git() else None)


def _top(root: Path) -> Path | None:
    """The work tree that would take the lab's files; not one that ignores them."""
    if (root / ".git").exists():
        return root
    here = standing(root)
    ran = run_git(here, "rev-parse", "--is-inside-git-dir", "--show-toplevel")
    if ran.out.startswith(b"true"):
        raise OverwriteError(f"{root} is inside a git directory", "name a folder outside of it")
    if ran.code or run_git(here, "check-ignore", "-q", "--", str(root / FORMAT)).code == 0:
        return None
    return Path(ran.out.decode("utf-8", "surrogateescape").split("\n")[1]).resolve()


def refuse(site: Site, *, commit: bool) -> None:
    """What stands in the way of a lab here, found out before its folder is made: the disk, and who commits."""
    here = standing(site.root)
    refuse_full_or_closed(here)
    if not commit or not has_git():
        return
    if site.top:
        refuse_nobody(here)
        return
    # The person may have told git who he is for repositories in this place only (includeIf "gitdir:…").
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=here) as probe:
        _init(Path(probe))
        refuse_nobody(Path(probe))


def made(site: Site) -> Lab:
    """The folder."""
    try:
        site.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"cannot make {site.root}: {error.strerror}", "name another folder") from error
    return Lab(site.root)


def prepare(site: Site, identity: tuple[str, str] | None = None) -> Lab:
    """The folder, and its repository where it is to have one; `identity` is for that one only."""
    lab = made(site)
    if has_git() and site.top is None:
        _init(site.root)
    if has_git() and site.is_top:
        for key, value in zip(("user.name", "user.email"), identity or (), strict=False):
            run_git(site.root, "config", "--local", key, value)
    return lab


def _init(folder: Path) -> None:
    made = run_git(folder, "init", "-q", "-b", "main")
    if made.code:
        raise ConfigError(f"git init failed: {made.said}", "mend that, or name another folder")

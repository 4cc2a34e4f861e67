"""Which folder is the lab, what it says about its own format, and which paths are inside it."""

import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import agents
from agents.errors import ConfigError, DiskError, OverwriteError

FORMAT = "CLAUDE.md"
READING_LIST = "papers/README.md"
_PRIVATE = ".lab"
_PERSONS = "README.md"  # files of this name are the person's own, wherever they stand
_LARGEST = 1_000_000  # bytes of CLAUDE.md or a prompt: all of it is sent with every call


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab by its folder. What is private to this machine stands in `.lab/`, which is made when first asked for."""

    root: Path  # resolved

    @property
    def private(self) -> Path:
        """`.lab/`: closed to others, and ignored by git through a `.gitignore` of its own."""
        return _private(self.root / _PRIVATE)

    @property
    def cache(self) -> Path:
        """What can be fetched again."""
        return self.private / "cache"

    @property
    def replies(self) -> Path:
        """What was paid for: raw answers."""
        return self.private / "replies"

    @property
    def backup(self) -> Path:
        """What was rewritten at the person's own risk."""
        return self.private / "backup"


def _private(folder: Path) -> Path:
    if folder.is_symlink():
        raise OverwriteError(f"{folder} is a symbolic link", "put a folder in its place: paid replies are kept there")
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not ignore.exists():
            ignore.write_bytes(b"*\n")
    except OSError as error:
        raise DiskError(f"cannot make {folder}: {error.strerror}", "mend the folder's permissions") from error
    return folder


def find(flag: str | None, env: Mapping[str, str], cwd: Path) -> Lab:
    """The lab of `--lab`, of LAB_DIR, or the nearest one from `cwd` upwards. ConfigError when there is none."""
    if flag is not None:
        return _named("--lab", flag, cwd)
    if env.get("LAB_DIR"):
        return _named("LAB_DIR", env["LAB_DIR"], cwd)
    here = cwd.resolve()
    for folder in (here, *here.parents):
        if _is_file(folder / FORMAT) and _is_file(folder / READING_LIST):
            return Lab(folder)
    raise ConfigError(
        f"no lab here: no folder from {here} upwards holds {FORMAT} and {READING_LIST}",
        "go into a lab, or name one with --lab DIR",
    )


def _named(origin: str, given: str, cwd: Path) -> Lab:
    """A lab that was named may lack its reading list: whether that was deleted is for the git checks to say."""
    try:
        root = (cwd / Path(given).expanduser()).resolve()
        is_lab = bool(given) and _is_file(root / FORMAT) and (root / READING_LIST).parent.is_dir()
    except (OSError, RuntimeError, ValueError):  # a name too long, `~nobody`, NUL
        is_lab = False
    if not is_lab:
        raise ConfigError(
            f"{origin} {given!r} is no lab: {FORMAT} and {READING_LIST} should stand there",
            "check the path, or make a lab there first",
        )
    return Lab(root)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder upwards that we may not look into
        return False


def shipped() -> Path:
    """The folder that holds the shipped CLAUDE.md and prompts/: beside the code in a wheel, above it in a checkout."""
    package = Path(agents.__file__).parent
    installed = package / "_shipped"
    return installed if installed.is_dir() else package.parent


def resource(lab: Lab, name: str) -> str:
    """The text of `CLAUDE.md` or `prompts/….md`: the lab's own where it has one. ConfigError when it is unusable."""
    own = lab.root / name
    path = own if own.exists() or own.is_symlink() else shipped() / name
    hint = f"mend or restore {path}"
    if path == own and not _resolved(own).is_relative_to(lab.root):
        raise ConfigError(f"{name} is a link out of the lab", "put a file in its place: all of it is sent to Claude")
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if path.is_file() and size <= _LARGEST else ""
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8", f"save {path} as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {error.strerror}", hint) from error
    if size > _LARGEST:
        raise ConfigError(f"{name} is larger than {_LARGEST // 1_000_000} MB", f"shorten {path}: it is sent whole")
    if not text.strip():
        raise ConfigError(f"{name} is empty or no file", hint)
    return text


def inside(lab: Lab, relative: str) -> Path:
    """Where a file of the lab stands or will stand, OverwriteError when that is no place to write to.

    Symlinks are followed within the lab for a README, which is the person's own; a note is never behind one (git
    would refuse it, "beyond a symbolic link").
    """
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or relative.endswith("/") or ".." in parts or "\0" in relative:
        raise _outside(relative)
    path = lab.root / relative
    target = _resolved(path)
    if not target.is_relative_to(lab.root) or _is_hidden(target.relative_to(lab.root)):
        raise _outside(relative)
    if target != path and path.name != _PERSONS:
        raise OverwriteError(f"{relative} is behind a symbolic link", "put a real folder or file in its place")
    _refuse_odd(target, relative)
    return target


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise OverwriteError(f"{path} leads nowhere: {error}", "remove the symbolic link") from error


def _is_hidden(relative: Path) -> bool:
    return any(part.casefold() in {".git", _PRIVATE} for part in relative.parts)


def _outside(relative: str) -> OverwriteError:
    hint = "put a real file or folder of the lab in its place"
    return OverwriteError(f"{relative!r} is outside the lab, or not for notes", hint)


def _refuse_odd(target: Path, relative: str) -> None:
    """A folder, a FIFO, a name that another one equals on a disk that ignores case."""
    try:
        if not stat.S_ISREG(target.lstat().st_mode):
            raise OverwriteError(f"{relative} is not a regular file", "move it away, then run again")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise OverwriteError(f"cannot write to {relative}: {error.strerror}", "check the path") from error
    if not target.parent.is_dir():
        return
    for name in (entry.name for entry in target.parent.iterdir()):
        if name != target.name and _folded(name) == _folded(target.name):
            raise OverwriteError(f"{relative} differs from {name} only by case", "rename one of the two")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()

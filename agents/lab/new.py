"""A new lab: its files, and one first commit of exactly what was made."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from agents.disk import read
from agents.errors import TryAgainError
from agents.lab import git, readme, schedule, shelves, site, starter
from agents.lab.apply import apply
from agents.lab.change import Change
from agents.lab.find import FORMAT, READING_LIST, Lab
from agents.lab.find import shipped as shipped_files
from agents.lab.progress import README
from agents.lab.site import Site
from agents.lab.starter import Starter

AREAS = ("fundamentals", "vision-language", "multimodal-arch", "training", "applications")
FOLDERS = (*(f"notes/{area}" for area in AREAS), "experiments/notebooks", "experiments/scripts", "weekly-log")
AWESOME = "resources/awesome-*.md"
MESSAGE = "lab: a new learning lab"
_KEEP = ".gitkeep"
_IGNORED = b"# keys, and what this machine keeps for itself\n.env\n.lab\n.ipynb_checkpoints/\n__pycache__/\n"


def create(root: Path, identity: tuple[str, str] | None = None, today: date | None = None) -> Lab:
    """Make a lab of the shipped topic in `root`. What stands there already is left as it is, and is not committed.

    `identity`: name and e-mail for this repository only, which is then the lab's own, whatever is around it; without
    it, git must know the person (else ConfigError).
    """
    day = today or date.today()  # noqa: DTZ011 - the person's time zone is the system's
    place = site.survey(str(root))
    if identity and not place.is_top:
        place = Site(place.root, None)
    if not identity:
        site.refuse(place, commit=True)
    lab = site.prepare(place, identity)
    files = missing(lab.root, wanted(place, starter.shipped(), day))
    git.preflight(lab, list(files), commit=True, new=True)
    outcome = apply(lab, Change(MESSAGE, files), commit=True)
    if outcome.failed:
        raise TryAgainError(f"the lab is made, its first commit is not: {outcome.failed}", "commit it by hand")
    return lab


def fixed() -> dict[str, bytes]:
    """The files that are the same in every new lab, wherever it stands."""
    prompts = sorted((shipped_files() / "prompts").glob("*.md"))
    return {
        FORMAT: read(shipped_files() / FORMAT),
        **{f"prompts/{prompt.name}": read(prompt) for prompt in prompts},
        ".gitignore": _IGNORED,
        **{f"{folder}/{_KEEP}": b"" for folder in FOLDERS},
    }


def planned(begun: Starter, today: date) -> dict[str, bytes]:
    """The files that depend on the topic."""
    return {
        README: readme.text(begun, today).encode(),
        READING_LIST: shelves.papers(begun).encode(),
        begun.awesome: shelves.awesome(begun).encode(),
    }


def wanted(place: Site, begun: Starter, today: date) -> dict[str, bytes]:
    """All files of a lab here. One that has its plan gets no second one."""
    plan = planned(begun, today)
    if has_plan(place.root):
        plan = {name: data for name, data in plan.items() if (place.root / name).exists()}
    workflow = {schedule.WORKFLOW: schedule.workflow().encode()} if place.is_top else {}
    return fixed() | workflow | plan


def has_plan(root: Path) -> bool:
    """Whether every file that depends on the topic stands already, so that no plan is needed."""
    return all((root / name).exists() for name in (README, READING_LIST)) and any(root.glob(AWESOME))


def missing(root: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the files that do not stand; a folder with something in it needs no file to keep it."""
    return {name: data for name, data in files.items() if not _stands(root, name)}


def uncommitted(lab: Lab, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those that stand as we made them and are in no commit: an earlier run was stopped, or told not to commit."""
    state = git.opened(lab)
    ours = {lab.root / name: name for name, data in files.items() if _is_ours(lab.root / name, data)}
    if isinstance(state, git.NoRepository) or not ours:
        return {}
    untracked = git.status(state, ours).untracked
    return {name: files[name] for path, name in ours.items() if state.name(path) in untracked}


def _is_ours(path: Path, data: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and read(path) == data


def _stands(root: Path, name: str) -> bool:
    path = root / name
    if path.name == _KEEP and path.parent.is_dir():
        return any(path.parent.iterdir())
    return path.exists() or path.is_symlink()

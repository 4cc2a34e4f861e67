"""A new lab in a folder: the tree, its own repository, and one first commit of exactly what was made."""

from collections.abc import Mapping
from pathlib import Path

from agents.errors import ConfigError, DiskError, TryAgainError
from agents.lab import reading_list
from agents.lab.apply import apply
from agents.lab.change import Change
from agents.lab.find import FORMAT, READING_LIST, Lab, shipped
from agents.lab.git import preflight
from agents.lab.run_git import has_git, run_git
from agents.lab.write import read

AREAS = ("fundamentals", "vision-language", "multimodal-arch", "training", "applications")
TOPICS = ("基础模型", "多模态模型", "训练方法")
FOLDERS = (
    *(f"notes/{area}" for area in AREAS),
    "experiments/notebooks",
    "experiments/scripts",
    "resources",
    "weekly-log",
)

_README = """\
# 学习 Lab

这里是我的学习笔记：论文、概念、实验和周记都在这个 git 仓库里，格式由 [CLAUDE.md](CLAUDE.md) 规定。

- [papers/](papers/README.md)：论文笔记与阅读清单
- [notes/](notes/)：概念笔记
- [experiments/](experiments/)：代码实验
- [resources/](resources/)：资源汇总
- [weekly-log/](weekly-log/)：周记

在这个目录里运行 `lab paper 2301.12597`，就会多出一篇核对过的论文笔记、阅读清单里的一行和一次提交。
"""


def create(root: Path, identity: tuple[str, str] | None = None) -> Lab:
    """Make a lab in `root`. Files that stand there already are left as they are, and are not committed.

    `identity`: name and e-mail for this repository only; without it, git must know the person (else ConfigError).
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"cannot make {root}: {error.strerror}", "name another folder") from error
    lab = Lab(root.resolve())
    if has_git():
        _init(lab, identity)
    files = {name: data for name, data in contents().items() if not (lab.root / name).exists()}
    preflight(lab, list(files), commit=True)
    outcome = apply(lab, Change("lab: a new learning lab", files), commit=True)
    if outcome.failed:
        raise TryAgainError(f"the lab is made, its first commit is not: {outcome.failed}", "commit it by hand")
    return lab


def contents() -> Mapping[str, bytes]:
    """The files of a new lab: what this project ships, and a frame for the rest."""
    prompts = sorted((shipped() / "prompts").glob("*.md"))
    return {
        FORMAT: read(shipped() / FORMAT),
        **{f"prompts/{prompt.name}": read(prompt) for prompt in prompts},
        "README.md": _README.encode(),
        READING_LIST: _reading_list().encode(),
        ".gitignore": b".lab\n.env\n",
        **{f"{folder}/.gitkeep": b"" for folder in FOLDERS},
    }


def _reading_list() -> str:
    legend = " / ".join(" ".join(marks) for marks in reading_list.STATUSES.values())
    sections = "".join(f"\n## {topic}\n\n{reading_list.table_header()}" for topic in (*TOPICS, reading_list.UNSORTED))
    return f"# 论文阅读清单\n\n状态：{legend}\n{sections}"


def _init(lab: Lab, identity: tuple[str, str] | None) -> None:
    """A repository of the lab's own, also inside another one; one that it has already is kept."""
    if not (lab.root / ".git").exists():
        made = run_git(lab.root, "init", "-q", "-b", "main")
        if made.code:
            raise ConfigError(f"git init failed: {made.said}", "mend that, or name another folder")
    for key, value in zip(("user.name", "user.email"), identity or (), strict=False):
        run_git(lab.root, "config", "--local", key, value)

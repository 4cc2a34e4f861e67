"""What every test stands on: no network, no home folder, no keys; and a lab in a real repository."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.arxiv_server import ArxivServer
from findings import filled, world
from guard import raise_wall
from real_git import run_git

from agents.lab.find import Lab

READING_LIST = """\
# 论文阅读清单

## 基础模型

| 状态 | 论文 | arXiv | 年份 | 阶段 | 笔记 |
| --- | --- | --- | --- | --- | --- |
| ⬜ 未读 | Attention Is All You Need | [1706.03762](https://arxiv.org/abs/1706.03762) | 2017 | 1 |  |

## 未分类

| 状态 | 论文 | arXiv | 年份 | 阶段 | 笔记 |
| --- | --- | --- | --- | --- | --- |
"""
Git = Callable[..., str]


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        raise_wall(patch)
        yield


def _become_nobody(patch: pytest.MonkeyPatch, home: Path) -> None:
    """No keys, no configuration of the person's; a proxy on loopback would be a way round the guard."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "GIT_", "LAB_")) or name.lower().endswith("_proxy"):
            patch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ANTHROPIC_CONFIG_DIR"):
        folder = home / name.lower()
        folder.mkdir()
        patch.setenv(name, str(folder))
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(autouse=True)
def _nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    _become_nobody(monkeypatch, tmp_path_factory.mktemp("nobody"))


@pytest.fixture(scope="session")
def made_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab that `lab` is a copy of: made once, before any test's own environment is there."""
    with pytest.MonkeyPatch.context() as patch:
        _become_nobody(patch, tmp_path_factory.mktemp("nobody"))
        return _made_lab(tmp_path_factory.mktemp("template") / "lab")


def _made_lab(root: Path) -> Path:
    (root / "papers").mkdir(parents=True)
    (root / "CLAUDE.md").write_text("# 格式\n", encoding="utf-8")
    (root / "papers" / "README.md").write_text(READING_LIST, encoding="utf-8")
    run_git(root, "init", "-q", "-b", "main")
    run_git(root, "config", "user.name", "A Reader")
    run_git(root, "config", "user.email", "reader@example.com")
    run_git(root, "add", ".")
    run_git(root, "commit", "-q", "-m", "a lab")
    return root


@pytest.fixture
def lab(made_lab: Path, tmp_path: Path) -> Lab:
    """A lab with a reading list and one commit."""
    return Lab(shutil.copytree(made_lab, tmp_path / "lab", symlinks=True).resolve())


@pytest.fixture
def git(lab: Lab) -> Git:
    """Runs git in the lab, as the person does: `git("status", "--short")` -> its stdout."""
    return lambda *arguments, check=True: run_git(lab.root, *arguments, check=check)


@pytest.fixture
def valid_reply() -> dict[str, Any]:
    """The valid reply of tests/data/replies/paper.json, free to be damaged."""
    text = (Path(__file__).parent / "data" / "replies" / "paper.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.fixture
def concept_reply() -> dict[str, Any]:
    """The valid reply of tests/data/replies/concept.json, free to be damaged."""
    text = (Path(__file__).parent / "data" / "replies" / "concept.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.fixture
def at_arxiv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[ArxivServer], ArxivServer]:
    """Makes a loopback server the arXiv of this test, with a home folder of its own for the pace."""

    def point(server: ArxivServer) -> ArxivServer:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
        return server

    return point


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder for what can be fetched again; not made yet."""
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def filled_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab that `linted` is a copy of."""
    with pytest.MonkeyPatch.context() as patch:
        _become_nobody(patch, tmp_path_factory.mktemp("nobody"))
        return filled(tmp_path_factory.mktemp("filled") / "lab")


@pytest.fixture
def linted(filled_lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> SimpleNamespace:
    """A lab with a note of a paper and one of a concept, and lint to run on it."""
    return world(Lab(shutil.copytree(filled_lab, tmp_path / "a lab", symlinks=True).resolve()), capsys)

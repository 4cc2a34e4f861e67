import shutil
from pathlib import Path

import pytest
from real_git import run_git

from agents.errors import ConfigError, TryAgainError
from agents.lab.find import find, resource, shipped
from agents.lab.new import AREAS, create
from agents.lab.reading_list import Row, rows, upsert

ME = ("A Reader", "reader@example.com")


def test_a_new_lab_is_a_whole_tree_in_one_commit(tmp_path):
    lab = create(tmp_path / "my lab", ME)
    assert lab.root == (tmp_path / "my lab").resolve()
    assert (
        run_git(lab.root, "log", "--format=%an <%ae> %s") == "A Reader <reader@example.com> lab: a new learning lab\n"
    )
    assert run_git(lab.root, "status", "--short") == ""
    assert {
        "CLAUDE.md",
        "README.md",
        "papers/README.md",
        "resources/awesome-mllm.md",
        ".gitignore",
        ".github/workflows/weekly-log.yml",
        *(path.relative_to(shipped()).as_posix() for path in (shipped() / "prompts").glob("*.md")),
    } == {name for name in run_git(lab.root, "ls-files").split() if not name.endswith("/.gitkeep")}
    assert not (lab.root / "agents").exists()
    for folder in (
        *(f"notes/{area}" for area in AREAS),
        "experiments/notebooks",
        "experiments/scripts",
        "resources",
        "weekly-log",
    ):
        assert (lab.root / folder).is_dir()
    assert find(None, {}, lab.root / "notes") == lab
    for name in ("CLAUDE.md", "prompts/paper.md"):
        assert resource(lab, name) == (shipped() / name).read_text(encoding="utf-8")


def test_its_reading_list_takes_a_row(tmp_path):
    data = (create(tmp_path / "lab", ME).root / "papers/README.md").read_bytes()
    assert len(rows(data)) == 58
    assert upsert(data, Row("A", "2501.00001")).startswith(data)


def test_its_keys_and_cache_are_ignored(tmp_path):
    lab = create(tmp_path / "lab", ME)
    (lab.root / ".env").write_text("ANTHROPIC_API_KEY=x")
    assert lab.cache.parent.is_dir()
    assert run_git(lab.root, "status", "--short") == ""


def test_what_stands_there_is_neither_changed_nor_committed(tmp_path):
    root = tmp_path / "lab"
    root.mkdir()
    (root / "CLAUDE.md").write_text("mine")
    (root / "thesis.tex").write_text("mine")
    create(root, ME)
    assert (root / "CLAUDE.md").read_text() == "mine"
    assert run_git(root, "status", "--short") == "?? CLAUDE.md\n?? thesis.tex\n"


def test_a_second_time_changes_nothing(tmp_path):
    create(tmp_path, ME)
    head = run_git(tmp_path, "rev-parse", "HEAD")
    create(tmp_path, ME)
    assert run_git(tmp_path, "rev-parse", "HEAD") == head


def test_a_lab_with_an_identity_of_its_own_is_its_own_also_inside_another_repository(tmp_path):
    run_git(tmp_path, "init", "-q")
    create(tmp_path / "inner", ME)
    assert (tmp_path / "inner/.git").is_dir()
    assert run_git(tmp_path, "status", "--short") == "?? inner/\n"


def test_the_identity_is_this_labs_only(tmp_path, monkeypatch):
    create(tmp_path / "a", ME)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "0")
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    with pytest.raises(ConfigError, match="who you are"):
        create(tmp_path / "b")
    assert config.read_text() == "[user]\n\tuseConfigOnly = true\n"
    assert not (tmp_path / "b/CLAUDE.md").exists()


def test_a_first_commit_that_fails_is_said(tmp_path, monkeypatch):
    hooks = tmp_path / "template/hooks"
    hooks.mkdir(parents=True)
    (hooks / "pre-commit").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(hooks.parent))
    with pytest.raises(TryAgainError, match="its first commit is not: git refused: no"):
        create(tmp_path / "lab", ME)


def test_without_git_a_lab_is_made_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    lab = create(tmp_path / "lab", ME)
    assert (lab.root / "papers/README.md").is_file()
    assert shutil.which("git") is None


def test_the_shipped_files_are_there():
    assert (shipped() / "CLAUDE.md").is_file()
    assert isinstance(shipped(), Path)

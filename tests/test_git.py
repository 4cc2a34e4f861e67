"""What is found out about a repository before anything is paid, on real ones."""

import os
import shutil
import subprocess
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from real_git import run_git as person

from agents.errors import ConfigError, DiskError, OverwriteError, TryAgainError
from agents.lab import git as lab_git
from agents.lab import run_git as runner
from agents.lab.find import Lab
from agents.lab.git import NoRepository, Repository, committed, dirty, opened, preflight
from agents.lab.run_git import run_git

TARGETS = ["papers/a.md", "papers/README.md"]


def look(lab, *, commit=True, patience=0.0):
    return preflight(lab, TARGETS, commit=commit, patience=patience)


@pytest.fixture
def processes(monkeypatch):
    """The git commands that we start, in order; those that GitPython starts when it is imported left out."""
    import git  # noqa: F401

    seen = []
    start = subprocess.Popen

    def counted(command, *args, **kwargs):
        seen.append(command)
        return start(command, *args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", counted)
    return seen


def conflict(git, lab, *how):
    """Two branches that disagree about README, brought together by `how`."""
    git("checkout", "-q", "-b", "other")
    (lab.root / "papers/README.md").write_text("theirs\n")
    git("commit", "-q", "-am", "theirs")
    git("checkout", "-q", "main")
    (lab.root / "papers/README.md").write_text("ours\n")
    git("commit", "-q", "-am", "ours")
    git(*how, check=False)


def test_all_is_well_in_a_clean_lab_at_three_processes(lab, processes):
    assert look(lab) == Repository(lab.root, lab.root / ".git", is_detached=False, is_own=True)
    assert len(processes) == 3


@pytest.mark.parametrize(
    ("how", "what"),
    [
        (("merge", "other"), "a merge"),
        (("rebase", "other"), "a rebase"),
        (("cherry-pick", "other"), "a cherry-pick"),
        (("revert", "HEAD~1"), "a revert"),
        (("bisect", "start"), "a bisect"),
    ],
)
def test_work_in_progress_is_left_alone(how, what, lab, git):
    conflict(git, lab, *how)
    with pytest.raises(TryAgainError, match=what):
        look(lab)


def test_a_merge_whose_conflicts_are_resolved_is_still_in_progress(lab, git):
    conflict(git, lab, "merge", "other")
    git("add", ".")
    with pytest.raises(TryAgainError, match="a merge"):
        look(lab)


def test_a_detached_head_is_refused(lab, git):
    git("checkout", "-q", "--detach")
    with pytest.raises(TryAgainError, match="detached"):
        look(lab)


def test_a_damaged_head_or_config_is_said_so(lab):
    head, config = lab.root / ".git/HEAD", lab.root / ".git/config"
    was = config.read_bytes()
    config.write_bytes(was + b"[core\n")
    with pytest.raises(TryAgainError, match="bad config"):
        look(lab)
    config.write_bytes(was)
    head.write_bytes(b"ref: refs/heads/main\n"[:9])
    assert not isinstance(opened_or_error(lab), Repository)


def opened_or_error(lab):
    try:
        return opened(lab)
    except ConfigError as error:
        return error


def test_a_lock_of_gits_is_waited_for_but_not_removed(lab):
    lock = lab.root / ".git/index.lock"
    lock.touch()
    with pytest.raises(TryAgainError, match=r"index\.lock"):
        look(lab, patience=0.2)
    assert lock.exists()
    timer = threading.Timer(0.2, lock.unlink)
    timer.start()
    assert isinstance(look(lab, patience=10), Repository)
    timer.join()


def test_git_must_know_who_commits(lab, git, monkeypatch):
    git("config", "user.useConfigOnly", "true")
    git("config", "--unset", "user.name")
    git("config", "--unset", "user.email")
    with pytest.raises(ConfigError, match="who you are") as caught:
        look(lab)
    assert "user.email" in caught.value.hint
    monkeypatch.setenv("GIT_AUTHOR_NAME", "A")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "a@example.com")
    with pytest.raises(ConfigError, match="who you are"):
        look(lab)
    monkeypatch.setenv("GIT_COMMITTER_NAME", "A")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "a@example.com")
    look(lab)
    monkeypatch.delenv("GIT_AUTHOR_EMAIL")
    with pytest.raises(ConfigError, match="who you are"):
        look(lab)


def test_an_ignored_target_is_refused_before_git_stages_the_others(lab):
    (lab.root / ".gitignore").write_text("papers/a.md\n")
    with pytest.raises(ConfigError, match=r"papers/a\.md is ignored") as caught:
        look(lab)
    assert "--no-commit" in caught.value.hint
    assert look(lab, commit=False) == NoRepository("--no-commit was given")


def test_a_repository_of_another_owner_is_refused_with_gits_own_advice(lab, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ConfigError, match="another user owns it") as caught:
        look(lab)
    assert "safe.directory" in caught.value.hint


def test_a_bare_repository_is_refused(lab, git):
    git("config", "core.bare", "true")
    with pytest.raises(ConfigError, match="bare"):
        look(lab)


def test_a_reading_list_out_of_a_sparse_checkout_is_refused(lab, git):
    git("update-index", "--skip-worktree", "papers/README.md")
    (lab.root / "papers/README.md").unlink()
    with pytest.raises(TryAgainError, match="sparse"):
        look(lab)


def test_a_reading_list_that_was_deleted_is_not_made_anew(lab):
    (lab.root / "papers/README.md").unlink()
    with pytest.raises(TryAgainError, match="tracked but absent"):
        look(lab)


def test_a_full_disk_is_noticed(lab, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 60 * 2**20))
    with pytest.raises(DiskError, match="60 MB are free"):
        look(lab)


@pytest.mark.parametrize("closed", ["papers", ".git"])
def test_a_folder_that_we_may_not_write_in_is_named(closed, lab, request):
    if os.geteuid() == 0:
        for path in [*lab.root.rglob("*"), lab.root]:
            os.chown(path, 65534, -1, follow_symlinks=False)
        for folder in lab.root.parents[:3]:
            request.addfinalizer(partial(folder.chmod, folder.stat().st_mode))
            folder.chmod(0o755)
        request.addfinalizer(lambda: os.seteuid(0))
        os.seteuid(65534)
    (lab.root / closed).chmod(0o500)
    with pytest.raises((DiskError, ConfigError), match=f"cannot write .*{closed}"):
        look(lab)
    (lab.root / closed).chmod(0o700)


def test_a_path_out_of_the_lab_is_refused_first(lab):
    with pytest.raises(OverwriteError):
        preflight(lab, ["../x.md"], commit=False)


def test_what_a_killed_run_left_is_swept(lab, git):
    (lab.root / "papers/.tmp-0123").write_text("half a note")
    look(lab)
    assert git("status", "--short") == ""


@pytest.mark.parametrize("commit", [True, False])
def test_without_a_repository_the_reason_is_given(commit, lab):
    shutil.rmtree(lab.root / ".git")
    state = look(lab, commit=commit)
    assert state == NoRepository("this is not a git repository" if commit else "--no-commit was given")
    assert not dirty(state, lab.root / "papers/README.md")
    assert committed(state, lab.root / "papers/README.md") is None


def test_without_git_the_reason_is_given(lab, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert look(lab) == NoRepository("git is not installed")


def test_a_lab_that_the_repository_around_it_does_not_track_has_none(lab, git, tmp_path):
    shutil.rmtree(lab.root / ".git")
    person(tmp_path, "init", "-q")
    assert look(lab) == NoRepository(f"the repository at {tmp_path} does not track this lab")
    (tmp_path / ".gitignore").write_text("lab/\n")
    assert look(lab) == NoRepository(f"the repository at {tmp_path} does not track this lab")


def test_a_folder_of_a_bigger_repository_is_a_lab(lab, tmp_path):
    shutil.rmtree(lab.root / ".git")
    person(tmp_path, "init", "-q")
    for key in ("user.name", "user.email"):
        person(tmp_path, "config", key, "a@example.com")
    person(tmp_path, "add", "lab")
    state = look(lab)
    assert isinstance(state, Repository)
    assert (state.root, state.is_own) == (tmp_path, False)
    assert state.name(lab.root / "papers/a.md") == "lab/papers/a.md"


def test_a_linked_worktree_is_a_repository_of_its_own_state(lab, git, tmp_path):
    git("worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    state = look(Lab(tmp_path / "second"))
    assert isinstance(state, Repository)
    assert state.git_dir == lab.root / ".git/worktrees/second"


def test_another_repositorys_variables_are_not_obeyed(lab, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    person(other, "init", "-q")
    for name, value in {"GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index"}.items():
        monkeypatch.setenv(name, str(other / value))
    state = look(lab)
    assert isinstance(state, Repository)
    assert state.root == lab.root
    assert os.environ["GIT_DIR"] == str(other / ".git")
    assert not (other / ".git/index").exists()


def test_dirty_and_committed_tell_the_persons_changes(lab, git):
    state, path = opened(lab), lab.root / "papers/README.md"
    was = path.read_bytes()
    assert not dirty(state, path)
    assert not dirty(state, lab.root / "papers/none.md")
    path.write_bytes(b"edited")
    assert dirty(state, path)
    git("add", ".")
    path.write_bytes(was)  # staged, then taken back on disk
    assert dirty(state, path)
    assert committed(state, path) == was
    assert committed(state, path, staged=True) == b"edited"
    (lab.root / "papers/*.md").write_bytes(b"x")
    assert dirty(state, lab.root / "papers/*.md")
    assert not dirty(state, lab.root / "papers/q.md")
    assert committed(state, lab.root / "papers/*.md") is None


def test_hooks_and_git_see_no_key_and_no_foreign_variable(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")
    for name in subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], check=True, capture_output=True, text=True
    ).stdout.split():
        monkeypatch.setenv(name, "odd")
    seen = runner.environment(os.environ)
    assert "sk-canary" not in seen.values()
    assert "odd" not in seen.values()
    assert seen["GIT_TERMINAL_PROMPT"] == "0"


def test_a_child_that_a_hook_leaves_behind_does_not_hold_us_up(lab, git):
    git("config", "alias.slow", "!sleep 5 & echo started")
    begun = time.monotonic()
    assert run_git(lab.root, "slow").out == b"started\n"
    assert time.monotonic() - begun < 3


def test_a_command_that_hangs_is_interrupted_never_killed(lab, git, monkeypatch):
    monkeypatch.setattr(runner, "TIMEOUT", 0.3)
    git("config", "alias.hang", "!trap 'echo cleaned > cleaned; exit 1' INT; sleep 30 & wait")
    with pytest.raises(TryAgainError, match="git hang did not finish"):
        run_git(lab.root, "hang")
    assert Path(lab.root / "cleaned").read_text() == "cleaned\n"


def test_what_git_complains_of_is_one_clean_line():
    said = runner.Ran(1, b"", "one\n\n\x1b[31mtwo\x1b[0m\x07\r\nthree\nfour\u202e\n").said
    assert said == "two / three / four"
    assert runner.Ran(3, b"", " \n").said == "git ended with 3"


def test_gitpythons_index_is_never_used():
    for path in Path(lab_git.__file__).parent.glob("*.py"):
        assert ".index." not in path.read_text(encoding="utf-8")

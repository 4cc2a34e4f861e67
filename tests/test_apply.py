"""A change on disk and in git: exactly ours, in every state a person's repository can be in."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from changes import NOTE, README, ROW, change, do, in_head, tree
from real_git import run_git as person

from agents.errors import DataError, DiskError, OverwriteError, TryAgainError
from agents.lab import lock, write
from agents.lab.apply import Outcome, diff
from agents.lab.change import Change
from agents.lab.find import Lab
from agents.lab.reading_list import find, upsert


def test_a_note_and_its_row_are_one_commit(lab, git):
    head = git("rev-parse", "HEAD").strip()
    outcome = do(lab)
    assert outcome == Outcome(git("rev-parse", "--short", "HEAD").strip())
    assert sorted(in_head(git)) == [README, "papers/a.md"]
    assert git("rev-parse", "HEAD~1").strip() == head
    assert git("show", "--numstat", "--format=%s", "HEAD", "--", README).split() == ["paper:", "a", "1", "0", README]
    assert git("status", "--short") == ""


def test_the_same_change_again_is_no_commit(lab, git):
    do(lab)
    head = git("rev-parse", "HEAD")
    assert do(lab) == Outcome("")
    assert git("rev-parse", "HEAD") == head


def test_a_whole_run_starts_eight_git_processes_at_most(lab, monkeypatch):
    import git  # noqa: F401

    from agents.lab.git import preflight

    seen = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **kwargs: seen.append(command) or start(command, **kwargs))
    preflight(lab, ["papers/a.md", README], commit=True)
    do(lab)
    assert len(seen) == 8


@pytest.mark.parametrize("staged", [True, False])
def test_a_reading_list_at_work_keeps_its_changes_and_our_row_among_them(staged, lab, git):
    path = lab.root / README
    mine = path.read_bytes() + b"\nmy own line\n"
    path.write_bytes(mine)
    if staged:
        git("add", README)
    index = git("ls-files", "-s", README)
    outcome = do(lab)
    assert outcome.commit
    assert len(outcome.left) == 1
    assert README in outcome.left[0]
    assert in_head(git) == ["papers/a.md"]
    assert git("ls-files", "-s", README) == index
    assert path.read_bytes() == upsert(mine, ROW)
    assert do(lab) == Outcome("", outcome.left)


def test_staged_lines_that_were_taken_back_on_disk_are_work_too(lab, git):
    path = lab.root / README
    was = path.read_bytes()
    path.write_bytes(was + b"\nstaged\n")
    git("add", README)
    path.write_bytes(was)
    assert do(lab).left
    assert git("show", f":{README}").endswith("staged\n")


def test_a_row_that_is_committed_leaves_nothing_to_say(lab, git):
    do(lab)
    with (lab.root / README).open("a") as file:
        file.write("\nmine\n")
    assert do(lab) == Outcome("")
    assert git("status", "--short") == f" M {README}\n"


@pytest.mark.parametrize("staged", [True, False])
def test_our_row_of_a_run_that_was_stopped_is_committed_by_the_next(staged, lab, git):
    do(lab, commit=False)
    if staged:
        git("add", README, "papers/a.md")
    assert do(lab).commit
    assert sorted(in_head(git)) == [README, "papers/a.md"]
    assert git("status", "--short") == ""


def test_a_note_that_is_not_committed_yet_is_committed(lab, git):
    (lab.root / "papers/a.md").write_bytes(NOTE)
    assert do(lab, Change("paper: a", {"papers/a.md": NOTE})).commit
    assert in_head(git) == ["papers/a.md"]


def test_no_commit_and_no_repository_save_and_say_so(lab, git):
    assert do(lab, commit=False) == Outcome("", ("saved, not committed: --no-commit was given",))
    assert git("log", "--oneline").count("\n") == 1
    shutil.rmtree(lab.root / ".git")
    assert do(lab, change("b")).left == ("saved, not committed: this is not a git repository",)
    assert (lab.root / "papers/b.md").read_bytes() == NOTE


def test_no_git_binary_saves_and_says_so(lab, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert do(lab).left == ("saved, not committed: git is not installed",)


def test_only_the_row_of_a_crlf_list_changes(lab, git):
    path = lab.root / README
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    git("commit", "-q", "-am", "crlf")
    do(lab)
    assert git("show", "--numstat", "--format=", "HEAD", "--", README).split() == ["1", "0", README]
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")


def test_a_reading_list_behind_a_symlink_stays_behind_it(lab, git):
    path = lab.root / README
    path.rename(lab.root / "list.md")
    path.symlink_to("../list.md")
    git("add", ".")
    git("commit", "-q", "-m", "moved")
    assert do(lab).commit
    assert path.is_symlink()
    assert sorted(in_head(git)) == ["list.md", "papers/a.md"]


def test_an_edit_that_cannot_be_made_writes_nothing(lab):
    (lab.root / README).write_bytes(b"caf\xe9")
    before = tree(lab.root)
    with pytest.raises(DataError):
        do(lab)
    assert tree(lab.root) == before


def test_a_path_out_of_the_lab_writes_nothing(lab):
    before = tree(lab.root)
    with pytest.raises(OverwriteError):
        do(lab, Change("x", {"papers/a.md": NOTE, "../b.md": NOTE}))
    assert tree(lab.root) == before


def test_a_mode_is_kept_and_a_new_one_obeys_the_umask(lab):
    (lab.root / README).chmod(0o640)
    old = os.umask(0o027)
    try:
        do(lab, commit=False)
    finally:
        os.umask(old)
    assert stat.S_IMODE((lab.root / README).stat().st_mode) == 0o640
    assert stat.S_IMODE((lab.root / "papers/a.md").stat().st_mode) == 0o640


def test_a_file_made_read_only_stays(lab):
    (lab.root / README).chmod(0o444)
    before = (lab.root / README).read_bytes()
    with pytest.raises(DiskError, match="read-only"):
        do(lab)
    assert (lab.root / README).read_bytes() == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_no_temporary(code, call, lab, monkeypatch):
    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*((os, "fsync", fail) if call == "fsync" else (Path, "replace", fail)))
    before = tree(lab.root)
    with pytest.raises(DiskError, match=os.strerror(code)):
        do(lab)
    assert tree(lab.root) == before


def test_a_file_is_durable_before_it_is_in_its_place(lab, monkeypatch):
    order = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(
        os, "fsync", lambda fd: order.append("folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file") or sync(fd)
    )
    monkeypatch.setattr(Path, "replace", lambda path, to: order.append("rename") or replace(path, to))
    write.write(lab.root / "papers/a.md", NOTE)
    assert order == ["file", "rename", "folder"]


def test_a_lock_that_another_run_holds_is_named(lab):
    with lock.held(lab), pytest.raises(TryAgainError, match=r"\.lab/lock"):
        do(lab, patience=0.1)
    assert do(lab).commit


RUN = """
import sys
from agents.lab.apply import apply
from agents.lab.change import Change
from agents.lab.find import Lab
from agents.lab.reading_list import Row, upsert
from pathlib import Path
name = sys.argv[2]
row = Row(name, f"2301.0000{name}", 2023, f"{name}.md", "reading")
change = Change(f"paper: {name}", {f"papers/{name}.md": b"x"}, {"papers/README.md": lambda b: upsert(b, row)})
print(apply(Lab(Path(sys.argv[1])), change, commit=True).commit)
"""


def test_runs_at_the_same_time_all_come_through(lab, git):
    project = Path(write.__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(lab.root), name], cwd=project, stdout=subprocess.PIPE, text=True
        )
        for name in "123"
    ]
    shas = {process.communicate()[0].strip() for process in started}
    assert len(shas - {""}) == 3
    assert git("log", "--oneline").count("\n") == 4
    data = (lab.root / README).read_bytes()
    assert all(find(data, arxiv=f"2301.0000{name}") for name in "123")
    assert git("status", "--short") == ""


def killed_at(stop, lab):
    """Run in a child that is killed at its n-th write or process start; whether it got through before that."""
    child = os.fork()
    if child == 0:
        left = [stop]

        def watch(event, args):
            if event in {"os.rename", "subprocess.Popen"} or (event == "open" and args[2] & os.O_CREAT):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            do(lab)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def test_a_run_killed_anywhere_can_be_repeated(made_lab, tmp_path):
    """SIGKILL at the n-th write or process start, n = 1, 2, ... until none comes; then the same run again."""
    for stop in range(1, 60):
        lab = Lab(shutil.copytree(made_lab, tmp_path / f"lab{stop}").resolve())
        got_through = killed_at(stop, lab)
        outcome = do(lab)
        assert (outcome.left, outcome.failed) == ((), ""), stop
        assert person(lab.root, "log", "--oneline").count("\n") == 2, stop
        assert person(lab.root, "status", "--short") == "", stop
        assert sorted(person(lab.root, "show", "--format=", "--name-only").split()) == [README, "papers/a.md"]
        if got_through:
            break
    assert got_through
    assert stop > 10


def test_a_diff_shows_what_would_change_and_changes_nothing(lab, git):
    before = tree(lab.root)
    shown = diff(
        lab, Change("x", {"papers/a.md": "新\nb".encode()}, {README: lambda data: data.replace(b"2017", b"2018")})
    )
    assert shown.startswith(
        "--- /dev/null\n+++ b/papers/a.md\n@@ -0,0 +1,2 @@\n+新\n+b\n\\ No newline at end of file\n"
    )
    assert shown.count("\n-|") == shown.count("\n+|") == 1
    assert tree(lab.root) == before
    assert git("apply", "--check", "-", check=False) == ""


def test_a_backup_is_kept_once(lab):
    path = lab.root / "papers/a.md"
    path.write_bytes(NOTE)
    copy = write.backup(lab, path)
    assert copy.read_bytes() == NOTE
    assert copy.is_relative_to(lab.backup)
    assert write.backup(lab, path) == copy
    path.write_bytes(b"else")
    assert write.backup(lab, path) != copy


BOX = "inbox.md"


def from_inbox(name="a"):
    """A file that took a line out of the inbox."""
    taken = {BOX: lambda data: data.replace(b"taken\n", b"")}
    return Change("log", {}, {f"papers/{name}.md": lambda data: data or NOTE, **taken}, {BOX: f"papers/{name}.md"})


@pytest.mark.parametrize("state", ["untracked", "changed", "staged", "committed"])
def test_what_is_not_committed_of_an_input_is_committed_with_the_file_that_took_it(state, lab, git):
    path = lab.root / BOX
    if state == "changed":
        path.write_bytes(b"# inbox\n")
        git("add", BOX)
        git("commit", "-q", "-m", "inbox")
    path.write_bytes(b"# inbox\ntaken\nnot yet\n")
    if state in {"staged", "committed"}:
        git("add", BOX)
    if state == "committed":
        git("commit", "-q", "-m", "inbox")
    outcome = do(lab, from_inbox())
    assert outcome.commit and outcome.left == ()
    assert sorted(in_head(git)) == [BOX, "papers/a.md"]
    assert git("show", f"HEAD:{BOX}") == path.read_text() == "# inbox\nnot yet\n"
    assert git("status", "--short") == ""
    assert do(lab, from_inbox()) == Outcome("")


def test_an_input_waits_with_a_file_that_the_person_is_at_work_in(lab, git):
    do(lab, Change("log", {"papers/a.md": NOTE}))
    (lab.root / "papers/a.md").write_bytes(b"mine\n")
    (lab.root / BOX).write_bytes(b"taken\n")
    head = git("rev-parse", "HEAD")
    change = from_inbox()
    change.edits["papers/a.md"] = lambda data: data + b"taken\n"
    outcome = do(lab, change)
    assert (outcome.commit, len(outcome.left)) == ("", 2)
    assert git("rev-parse", "HEAD") == head
    assert (lab.root / "papers/a.md").read_bytes() == b"mine\ntaken\n"

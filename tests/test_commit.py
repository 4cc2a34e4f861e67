"""The commit: exactly ours, in every state a person's repository can be in."""

import shutil
import threading

import pytest
from changes import NOTE, README, change, do, hook, in_head, tree
from real_git import run_git as person

from agents.errors import BrokenPromise
from agents.lab import commit as commits
from agents.lab import run_git as runner
from agents.lab.apply import Outcome
from agents.lab.change import Change
from agents.lab.commit import subject
from agents.lab.find import Lab


@pytest.fixture
def theirs(lab, git):
    """The person at work on other files: one staged, one staged and edited again, one edited, one new, one deleted."""
    for name in ("staged", "both", "edited", "deleted", "removed"):
        (lab.root / name).write_text("1\n")
    git("add", ".")
    git("commit", "-q", "-m", "theirs")
    for name in ("staged", "both"):
        (lab.root / name).write_text("2\n")
    (lab.root / "staged new").write_text("2\n")
    git("add", "staged", "both", "staged new")
    git("rm", "-q", "--cached", "removed")
    for name in ("both", "edited"):
        (lab.root / name).write_text("3\n")
    (lab.root / "untracked").write_text("3\n")
    (lab.root / "deleted").unlink()
    ours = ("papers/a.md", README)

    def seen():
        index = [line for line in git("ls-files", "-s").splitlines() if not line.endswith(ours)]
        return index, {name: digest for name, digest in tree(lab.root).items() if name not in ours}

    return seen


def test_the_persons_other_work_stays_as_it_was(lab, git, theirs):
    before = theirs()
    assert do(lab).commit
    assert theirs() == before
    assert sorted(in_head(git)) == [README, "papers/a.md"]


def test_it_also_stays_when_a_hook_refuses(lab, git, theirs):
    before, head = theirs(), git("rev-parse", "HEAD")
    hook(lab, "pre-commit", "printf '\\033[31mno\\033[0m numbers without units\\n' >&2; exit 1")
    outcome = do(lab)
    assert outcome.commit == ""
    assert "no numbers without units" in outcome.failed
    assert "\x1b" not in outcome.failed
    assert theirs() == before
    assert git("rev-parse", "HEAD") == head
    assert git("status", "--short", "papers") == " M papers/README.md\n?? papers/a.md\n"
    hook(lab, "pre-commit", "exit 0")
    assert do(lab).commit  # the same command again commits what was left
    assert theirs() == before
    assert git("status", "--short", "papers") == ""


def test_nothing_is_committed_into_a_repository_that_does_not_track_the_lab(lab, tmp_path):
    shutil.rmtree(lab.root / ".git")
    person(tmp_path, "init", "-q")
    for key in ("user.name", "user.email"):
        person(tmp_path, "config", key, "a@example.com")
    (tmp_path / "dotfile").write_text("x")
    person(tmp_path, "add", "dotfile")
    person(tmp_path, "commit", "-q", "-m", "dotfiles")
    outcome = do(lab)
    assert outcome.commit == ""
    assert "does not track this lab" in outcome.left[0]
    assert person(tmp_path, "status", "--short", "-uno") == ""


def test_a_lab_in_a_bigger_repository_is_committed_there(lab, tmp_path):
    shutil.rmtree(lab.root / ".git")
    person(tmp_path, "init", "-q")
    for key in ("user.name", "user.email"):
        person(tmp_path, "config", key, "a@example.com")
    person(tmp_path, "add", "lab")
    person(tmp_path, "commit", "-q", "-m", "all")
    (tmp_path / "other").write_text("x")
    person(tmp_path, "add", "other")
    assert do(lab).commit
    assert sorted(person(tmp_path, "show", "--format=", "--name-only").split()) == [
        "lab/papers/README.md",
        "lab/papers/a.md",
    ]
    assert person(tmp_path, "status", "--short") == "A  other\n"


@pytest.mark.parametrize("how", ["merge", "rebase"])
def test_a_merge_or_rebase_that_began_meanwhile_is_not_disturbed(how, lab, git):
    git("checkout", "-q", "-b", "other")
    (lab.root / "CLAUDE.md").write_text("theirs\n")
    git("commit", "-q", "-am", "theirs")
    git("checkout", "-q", "main")
    (lab.root / "CLAUDE.md").write_text("ours\n")
    git("commit", "-q", "-am", "ours")
    git(how, "other", check=False)
    index, head = git("ls-files", "-s"), git("rev-parse", "HEAD")
    outcome = do(lab)
    assert how in outcome.failed
    assert (lab.root / "papers/a.md").read_bytes() == NOTE
    assert (git("ls-files", "-s"), git("rev-parse", "HEAD")) == (index, head)


def test_the_first_commit_of_all_is_ours_alone(lab, git):
    shutil.rmtree(lab.root / ".git")
    git("init", "-q")
    for key in ("user.name", "user.email"):
        git("config", key, "a@example.com")
    git("add", "CLAUDE.md")
    outcome = do(lab)
    assert outcome.commit
    assert README in outcome.left[0]  # it was the person's, and in no commit
    assert in_head(git) == ["papers/a.md"]
    assert git("status", "--short") == "A  CLAUDE.md\n?? papers/README.md\n"


def test_a_first_commit_that_fails_leaves_the_index_as_it_was(lab, git):
    shutil.rmtree(lab.root / ".git")
    git("init", "-q")
    for key in ("user.name", "user.email"):
        git("config", key, "a@example.com")
    hook(lab, "pre-commit", "exit 1")
    assert do(lab).failed
    assert git("ls-files") == ""


def test_a_hook_that_formats_and_adds_leaves_nothing_behind(lab, git):
    hook(lab, "pre-commit", "echo formatted >> papers/a.md; git add papers/a.md")
    assert do(lab).commit
    assert git("status", "--short") == ""
    assert git("show", "HEAD:papers/a.md") == "# a note\nformatted\n"


def test_a_hook_that_mends_our_file_and_refuses_once_is_asked_again(lab, git):
    hook(lab, "pre-commit", "grep -q mended papers/a.md && exit 0; echo mended >> papers/a.md; echo changed; exit 1")
    assert do(lab).commit
    assert git("show", "HEAD:papers/a.md") == "# a note\nmended\n"
    assert git("status", "--short") == ""


def test_a_hook_that_is_never_content_is_asked_twice(lab, git):
    hook(lab, "pre-commit", "echo x >> papers/a.md; echo x >> .git/calls; exit 1")
    assert do(lab).failed
    assert (lab.root / ".git/calls").read_text() == "x\nx\n"
    assert git("diff", "--cached", "--name-only") == ""


def test_a_hook_sees_no_key_and_its_own_path_patterns_work(lab, git, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")
    hook(lab, "pre-commit", "env > .git/seen; git diff --cached --name-only -- '*.md' >> .git/seen")
    assert do(lab).commit
    seen = (lab.root / ".git/seen").read_text()
    assert "sk-canary" not in seen
    assert "papers/a.md" in seen


def test_a_hook_that_hangs_is_interrupted_and_the_index_rolled_back(lab, git, monkeypatch):
    monkeypatch.setattr(runner, "TIMEOUT", 0.5)
    hook(lab, "pre-commit", "sleep 30")
    assert "did not finish" in do(lab).failed
    assert not list((lab.root / ".git").glob("*.lock"))
    assert git("diff", "--cached", "--name-only") == ""


def test_a_hook_that_asks_the_terminal_gets_none(lab):
    hook(lab, "pre-commit", "read answer; exec < /dev/tty")
    assert do(lab).failed


def test_signing_without_a_key_fails_and_is_not_gone_round(lab, git):
    git("config", "commit.gpgsign", "true")
    git("config", "user.signingkey", "0xDEADBEEF")
    git("config", "gpg.program", "/bin/false")
    outcome = do(lab)
    assert outcome.failed.startswith("git refused: signing failed")
    assert git("log", "--oneline").count("\n") == 1
    assert git("diff", "--cached", "--name-only") == ""


def test_a_hook_that_adds_another_file_to_the_commit_is_noticed(lab):
    hook(lab, "pre-commit", "git add CLAUDE.md")
    (lab.root / "CLAUDE.md").write_text("changed\n")
    with pytest.raises(BrokenPromise, match="exactly our files"):
        do(lab)


def test_a_commit_that_the_person_makes_at_the_same_moment_is_no_fault(lab, git):
    hook(lab, "post-commit", "test -e .git/once && exit 0; touch .git/once; git commit -q --allow-empty -m mine")
    outcome = do(lab)
    assert git("rev-parse", "--short", "HEAD~1").strip() == outcome.commit


@pytest.mark.parametrize("name", ["index.lock", "HEAD.lock", "refs/heads/main.lock"])
def test_a_lock_that_stays_is_named_and_not_removed(name, lab, git):
    path = lab.root / ".git" / name
    path.touch()
    outcome = do(lab, patience=0.3)
    assert name in outcome.failed
    assert path.exists()
    path.unlink()
    assert git("diff", "--cached", "--name-only") == ""
    assert do(lab).commit


def test_a_lock_that_goes_away_is_waited_for(lab):
    path = lab.root / ".git/index.lock"
    path.touch()
    timer = threading.Timer(0.4, path.unlink)
    timer.start()
    assert do(lab, patience=10).commit
    timer.join()


def test_nothing_to_commit_after_filters_is_no_failure(lab, git):
    git("config", "core.autocrlf", "input")
    do(lab)
    assert do(lab, Change("paper: a", {"papers/a.md": b"# a note\r\n"})) == Outcome("")


@pytest.mark.parametrize("how", ["safecrlf", "ignored", "sparse"])
def test_a_file_that_git_does_not_take_is_said_so(how, lab, git):
    data = NOTE
    if how == "safecrlf":
        git("config", "core.autocrlf", "input")
        git("config", "core.safecrlf", "true")
        data = b"# a\r\n"
    elif how == "ignored":
        (lab.root / ".git/info/exclude").write_text("papers/a.md\n")
    else:
        git("sparse-checkout", "set", "--no-cone", "/CLAUDE.md", "/papers/README.md")
    outcome = do(lab, change(data=data))
    assert outcome.failed
    assert not outcome.commit
    assert (lab.root / "papers/a.md").read_bytes() == data
    assert git("diff", "--cached", "--name-only") == ""


def test_a_broken_index_saves_the_files_and_says_why(lab):
    (lab.root / ".git/index").write_bytes(b"garbage" * 10)
    outcome = do(lab)
    assert "git status failed" in outcome.failed
    assert (lab.root / "papers/a.md").exists()


def test_another_repositorys_index_is_not_written(lab, git, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    person(other, "init", "-q")
    (other / "x").write_text("x")
    person(other, "add", "x")
    before = tree_of_git(other)
    for name, value in {"GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index"}.items():
        monkeypatch.setenv(name, str(other / value))
    outcome = do(lab)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert outcome.commit == git("rev-parse", "--short", "HEAD").strip()
    assert tree_of_git(other) == before


def tree_of_git(folder):
    return {path: path.read_bytes() for path in (folder / ".git").rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["*.md", "--all.md", "-a.md", ":(top).md", "空 格.md", 'quote".md', "new\nline.md"])
def test_an_odd_name_is_one_file(name, lab, git):
    (lab.root / "papers/other.md").write_text("x")
    assert do(lab, Change("paper", {f"papers/{name}": NOTE})).commit
    assert git("show", "--format=", "--name-only", "-z", "HEAD").strip("\0\n") == f"papers/{name}"
    assert git("status", "--short") == "?? papers/other.md\n"


def test_a_title_is_one_clean_subject(lab, git):
    title = "# Fixes #12 @user [skip ci]\x1b[31m\n\nSigned-off-by: me\u202e\0 --amend"
    assert do(lab, Change(title, {"papers/a.md": NOTE})).commit
    assert git("log", "-1", "--format=%B").strip() == "# Fixes 12 user (skip ci) (31m Signed-off-by: me --amend"
    assert git("log", "-1", "--format=%(trailers)").strip() == ""


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("", "lab: update"),
        ("word " * 20, "word word word word word word word word word word word word word word…"),
        ("字" * 80, "字" * 71 + "…"),
        ("DINO @ CVPR: R@1", "DINO @ CVPR: R@1"),
    ],
)
def test_a_subject_is_short(message, wanted):
    assert subject(message) == wanted
    assert len(subject(message)) <= 72


def test_an_interrupt_rolls_the_index_back(lab, git, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    real = commits.run_git_patiently
    monkeypatch.setattr(
        commits,
        "run_git_patiently",
        lambda *args, **kwargs: (real if args[1] == "add" else interrupted)(*args, **kwargs),
    )
    with pytest.raises(KeyboardInterrupt):
        do(lab)
    assert git("diff", "--cached", "--name-only") == ""


def test_a_linked_worktree_gets_the_commit_on_its_branch(lab, git, tmp_path):
    git("worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    outcome = do(Lab(tmp_path / "second"))
    assert git("rev-parse", "--short", "second").strip() == outcome.commit
    assert git("log", "--oneline", "main").count("\n") == 1

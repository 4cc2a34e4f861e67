"""GitHub's workflows: accepted by its schema, safe from what variables hold, and their scripts run for real."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from real_git import run_git

from agents.lab.find import shipped
from agents.lab.schedule import WORKFLOW, workflow

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WEEKLY = yaml.safe_load(workflow())
STEPS = WEEKLY["jobs"]["write"]["steps"]


def steps(document):
    return [step for job in document["jobs"].values() for step in job["steps"]]


def script(name):
    [step] = [step for step in STEPS if step.get("name") == name]
    return step["run"]


def bash(run, folder, **env):
    """Run a step as GitHub does; git's identity is the workflow's."""
    identity = {name: value for name, value in WEEKLY["jobs"]["write"]["env"].items() if name.startswith("GIT_")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run],
        cwd=folder,
        env={**os.environ, **identity, "LAB_DIR": ".", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_two():
    assert [path.name for path in FILES] == ["ci.yml", "weekly-log.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_githubs_schema_accepts_it(path):
    check = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path]
    ran = subprocess.run([sys.executable, *check], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bash_accepts_its_scripts_and_no_expression_is_pasted_into_them(path):
    scripts = [step["run"] for step in steps(yaml.safe_load(path.read_text())) if "run" in step]
    assert scripts
    for run in scripts:
        assert "${{" not in run
        subprocess.run(["bash", "-n", "-c", run], check=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_actions_are_githubs_own_by_major_version(path):
    used = [step["uses"] for step in steps(yaml.safe_load(path.read_text())) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z/-]+@v[0-9]+", name) for name in used)


def test_only_the_job_that_pushes_may_write():
    assert WEEKLY["permissions"] == {}
    assert {name: job["permissions"] for name, job in WEEKLY["jobs"].items()} == {"write": {"contents": "write"}}
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert ci["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in ci["jobs"].values())
    assert "secrets." not in (ROOT / ".github/workflows/ci.yml").read_text()


def test_only_the_step_that_writes_sees_the_key():
    seeing = [step.get("name") for step in STEPS if "secrets." in str(step)]
    assert seeing == ["Write the log"]
    assert "secrets." not in str({**WEEKLY, "jobs": {}}) + str(WEEKLY["jobs"]["write"]["env"])


def test_it_runs_on_friday_evenings_of_shanghai_one_at_a_time_and_by_hand():
    on = WEEKLY[True]  # YAML 1.1 reads `on` so
    minute, hour, *days = on["schedule"][0]["cron"].split()
    assert (int(hour) + 8, days) == (20, ["*", "*", "5"])
    assert 0 < int(minute) < 60
    assert "workflow_dispatch" in on
    assert WEEKLY["concurrency"] == {"group": "weekly-log", "cancel-in-progress": False}
    assert WEEKLY["jobs"]["write"]["env"]["TZ"] == "${{ vars.LAB_TZ || 'Asia/Shanghai' }}"
    assert STEPS[0]["with"]["fetch-depth"] == 0


def test_the_shipped_workflow_is_the_projects_own():
    assert (shipped() / WORKFLOW).read_text(encoding="utf-8") == workflow()
    assert 'LAB_DIR: "."' in workflow()


def test_ci_runs_everything_on_each_python_that_the_project_names():
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    named = re.findall(r"Python :: (3\.\d+)\"", (ROOT / "pyproject.toml").read_text())
    assert ci["jobs"]["everything"]["strategy"]["matrix"]["python"] == named
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


# installing


@pytest.fixture
def python(tmp_path, monkeypatch):
    """Makes a `python` that notes its arguments and ends with a code; returns what gives them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(code=0):
        stand_in = folder / "python"
        stand_in.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{tmp_path}/arguments'\nexit {code}\n")
        stand_in.chmod(0o755)
        return lambda: (tmp_path / "arguments").read_text().splitlines()

    return make


def test_a_lab_without_the_package_variable_is_told_its_name(tmp_path, python):
    python()
    ran = bash(script("Install the agents"), tmp_path, LAB_PACKAGE="")
    assert ran.returncode == 1
    assert ran.stdout.startswith("::error") and "Set the variable LAB_PACKAGE" in ran.stdout
    assert not (tmp_path / "arguments").exists()


@pytest.mark.parametrize("package", ["git+https://example.com/o/r", "'; touch pwned; '", "$(touch pwned)", "--pre x"])
def test_the_package_is_one_argument_whatever_it_holds(tmp_path, python, package):
    arguments = python()
    ran = bash(script("Install the agents"), tmp_path, LAB_PACKAGE=package)
    assert ran.returncode == 0, ran.stderr
    assert arguments() == ["-m", "pip", "install", "--disable-pip-version-check", "--", package]
    assert not (tmp_path / "pwned").exists()


def test_the_project_itself_installs_what_it_has_locked(tmp_path, python):
    arguments = python()
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents/weekly.py").touch()
    (tmp_path / "requirements.txt").touch()
    assert bash(script("Install the agents"), tmp_path, LAB_PACKAGE="").returncode == 0
    assert arguments()[-3:] == ["--require-hashes", "-r", "requirements.txt"]


# writing


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (3, 0), (1, 1), (75, 75), (77, 77)])
def test_saved_but_incomplete_goes_on_and_everything_else_fails(tmp_path, python, code, expected):
    arguments = python(code)
    ran = bash(script("Write the log"), tmp_path, LAB_DIR="my lab")
    assert ran.returncode == expected
    assert arguments() == ["-m", "agents.weekly", "--lab", "my lab", "--catch-up"]
    assert ("::warning::" in ran.stdout) == (code == 3)


# pushing: a lab's repository at GitHub, the runner's clone of it, and the person's


@pytest.fixture
def remote(lab, tmp_path):
    return Path(shutil.copytree(lab.root / ".git", tmp_path / "remote.git"))


@pytest.fixture
def clone(remote, tmp_path):
    """Clones the remote as the checkout action does; each clone can commit a file, and push."""
    run_git(remote, "config", "core.bare", "true")

    def make(name):
        run_git(tmp_path, "clone", "-q", str(remote), name)
        run_git(tmp_path / name, "config", "user.name", name)
        run_git(tmp_path / name, "config", "user.email", f"{name}@example.com")
        return tmp_path / name

    return make


def commit(folder, name, text):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    run_git(folder, "add", name)
    run_git(folder, "commit", "-q", "-m", f"write {name}")


def subjects(remote):
    return run_git(remote, "log", "--format=%s", "main").splitlines()


def test_nothing_is_pushed_when_nothing_was_committed(remote, clone):
    runner = clone("runner")
    before = run_git(remote, "reflog", "main", check=False), subjects(remote)
    ran = bash(script("Push it"), runner, GIT_TRACE="1")
    assert ran.returncode == 0, ran.stderr
    assert "nothing is pushed" in ran.stdout
    assert "git push" not in ran.stderr
    assert (run_git(remote, "reflog", "main", check=False), subjects(remote)) == before


def test_what_was_committed_is_pushed(remote, clone):
    runner = clone("runner")
    commit(runner, "weekly-log/2026-W48.md", "log\n")
    ran = bash(script("Push it"), runner)
    assert ran.returncode == 0, ran.stderr
    assert subjects(remote) == ["write weekly-log/2026-W48.md", "a lab"]


def test_a_push_that_is_refused_goes_on_top_of_what_came_meanwhile(remote, clone):
    runner, person = clone("runner"), clone("person")
    commit(runner, "weekly-log/2026-W48.md", "log\n")
    commit(person, "notes.md", "mine\n")
    run_git(person, "push", "-q")
    ran = bash(script("Push it"), runner)
    assert ran.returncode == 0, ran.stderr
    assert subjects(remote) == ["write weekly-log/2026-W48.md", "write notes.md", "a lab"]
    assert run_git(remote, "log", "-1", "--format=%an, %cn", "main") == "runner, github-actions[bot]\n"


def test_what_the_person_wrote_meanwhile_is_never_pushed_over(remote, clone):
    runner, person = clone("runner"), clone("person")
    commit(runner, "weekly-log/2026-W48.md", "log\n")
    commit(person, "weekly-log/2026-W48.md", "mine\n")
    run_git(person, "push", "-q")
    before = run_git(remote, "rev-parse", "main")
    ran = bash(script("Push it"), runner)
    assert ran.returncode == 1
    assert "::error::" in ran.stdout and "run this workflow again" in ran.stdout
    assert run_git(remote, "rev-parse", "main") == before
    assert not (runner / ".git/rebase-merge").exists()
    assert "--force" not in script("Push it")


def test_a_remote_that_refuses_twice_is_a_failure(remote, clone):
    runner = clone("runner")
    commit(runner, "weekly-log/2026-W48.md", "log\n")
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    ran = bash(script("Push it"), runner)
    assert ran.returncode != 0
    assert ran.stderr.count("remote: protected") == 2
    assert subjects(remote) == ["a lab"]


def test_a_log_that_was_written_but_not_committed_is_not_lost_in_silence(remote, clone):
    runner = clone("runner")
    commit(runner, "weekly-log/2026-W47.md", "log\n")
    (runner / "weekly-log/2026-W48.md").write_text("log\n")
    ran = bash(script("Push it"), runner)
    assert ran.returncode == 1
    assert "weekly-log/2026-W48.md" in ran.stdout and "::error::Written, but not committed" in ran.stdout
    assert subjects(remote) == ["write weekly-log/2026-W47.md", "a lab"]


def test_what_was_paid_for_is_kept_for_the_next_run_when_one_fails():
    restored, saved = (
        next(step for step in STEPS if step.get("uses", "").startswith(f"actions/cache/{what}@"))
        for what in ("restore", "save")
    )
    assert restored["with"]["path"] == saved["with"]["path"] == "${{ env.LAB_DIR }}/.lab/replies"
    assert saved["with"]["key"].startswith(restored["with"]["restore-keys"])
    assert saved["if"] == "failure()"
    order = [step.get("name") or step["uses"] for step in STEPS]
    assert (
        order.index(restored["uses"])
        < order.index("Write the log")
        < order.index("Push it")
        < order.index(saved["uses"])
    )
    [push] = [step for step in STEPS if step.get("name") == "Push it"]
    assert push["if"] == "success() || failure()"

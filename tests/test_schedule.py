"""The texts for schedulers, each read by what reads it in life: systemd-analyze, plistlib, cron's rule and sh, PyYAML."""

import os
import plistlib
import shutil
import subprocess
import sys

import pytest
import yaml
from real_git import run_git
from schedulers import ODD, cron_command, recorded, stub

from agents.errors import ConfigError
from agents.lab import job
from agents.lab.find import Lab
from agents.lab.schedule import KINDS, text, workflow

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@pytest.fixture
def odd_lab(tmp_path):
    """A lab whose path holds whatever a shell, systemd, cron or XML takes for its own."""
    root = tmp_path / f"{ODD}<&>"
    root.mkdir()
    return Lab(root)


@pytest.fixture
def odd_python(tmp_path, monkeypatch):
    """A stub in the place of this Python, with an odd path of its own; what it records stands in `record`."""
    python = stub(tmp_path / "a venv 50% (ü) it's" / "bin/python", tmp_path / "record")
    monkeypatch.setattr(sys, "executable", str(python))
    return python


def call(lab):
    return ["-m", "agents.weekly", "--lab", str(lab.root), "--catch-up"]


def written(lab, folder):
    """The units of a lab as files, as the printed text separates them."""
    parts = text("systemd", lab).split("# lab-weekly-")
    assert parts[0] == ""
    for part in parts[1:]:
        name, _, content = part.partition("\n")
        (folder / f"lab-weekly-{name}").write_text(content, encoding="utf-8")
    return sorted(folder.glob("lab-weekly-*"))


def verified(units, runtime):
    """(exit code, complaints) of systemd-analyze; it wants a folder for what a running systemd would keep."""
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *units],
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


@needs_systemd
@pytest.mark.parametrize("where", ["lab", "odd_lab"])
def test_systemd_accepts_the_units(where, request, tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    service, timer = written(request.getfixturevalue(where), folder)
    assert (service.suffix, timer.suffix) == (".service", ".timer")
    assert verified([service, timer], tmp_path) == (0, "")


@needs_systemd
def test_systemd_analyze_would_have_found_a_fault(lab, tmp_path):
    service, _ = written(lab, tmp_path)
    service.write_text(service.read_text().replace("oneshot", "weekly"))
    _, complaints = verified([service], tmp_path)
    assert "weekly" in complaints


@needs_systemd
def test_the_timer_is_for_friday_evenings_and_makes_up_for_missed_ones(lab, tmp_path):
    _, timer = written(lab, tmp_path)
    lines = timer.read_text().splitlines()
    assert "Persistent=true" in lines and "WantedBy=timers.target" in lines
    [when] = [line.removeprefix("OnCalendar=") for line in lines if line.startswith("OnCalendar=")]
    ran = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=True)
    assert "Normalized form: Fri *-*-* 20:00:00" in ran.stdout


def test_saved_but_incomplete_is_no_failure_for_systemd(lab):
    assert "SuccessExitStatus=3\n" in text("systemd", lab)


def test_the_plist_calls_this_python_with_every_character_in_its_place(odd_lab, odd_python):
    job_ = plistlib.loads(text("launchd", odd_lab).encode())
    assert job_["ProgramArguments"] == [str(odd_python), *call(odd_lab)]
    assert job_["StartCalendarInterval"] == {"Weekday": 5, "Hour": 20, "Minute": 0}
    assert "RunAtLoad" not in job_
    assert job_["Label"] == job.name(odd_lab)
    assert job_["WorkingDirectory"] == "/"


def test_the_plist_says_where_it_belongs(lab):
    assert f"~/Library/LaunchAgents/{job.name(lab)}.plist" in text("launchd", lab)


def test_the_cron_line_runs_in_a_bare_environment_with_every_character_in_its_place(odd_lab, odd_python, tmp_path):
    comment, line = text("cron", odd_lab).splitlines()
    assert comment.startswith("#")
    assert line.startswith("0 20 * * 5 ")
    bare = ["env", "-i", "PATH=/usr/bin:/bin", "sh", "-c", cron_command(line)]
    subprocess.run(bare, check=True, cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert recorded(tmp_path / "record") == ("/", job.path(), call(odd_lab))


def test_a_percent_sign_unescaped_would_end_the_cron_line():
    assert cron_command("0 20 * * 5 echo a\\%b 100% more") == "echo a%b 100"
    assert cron_command("0 20 * * 5 echo a\\\\%b") == "echo a\\\\"


def test_git_is_found_where_it_is_here(lab, tmp_path, monkeypatch):
    stub(tmp_path / "own bin/git", tmp_path / "record")
    monkeypatch.setenv("PATH", f"{tmp_path}/own bin:/usr/bin")
    assert job.path() == f"{tmp_path}/own bin:/usr/local/bin:/usr/bin:/bin"
    assert f'Environment="PATH={job.path()}"\n' in text("systemd", lab)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert job.path() == "/usr/local/bin:/usr/bin:/bin"


@pytest.mark.parametrize("character", ["\n", "\x1b", "\udcff"])
@pytest.mark.parametrize("kind", ["systemd", "launchd", "cron"])
def test_a_path_that_no_scheduler_can_hold_is_refused(kind, character, tmp_path):
    with pytest.raises(ConfigError, match="no scheduler can be told of") as refused:
        text(kind, Lab(tmp_path / f"a{character}b"))
    assert "\n" not in refused.value.what


def test_each_lab_has_a_name_of_its_own(tmp_path):
    names = {job.name(Lab(tmp_path / folder)) for folder in ("a/lab", "b/lab", "学习", "笔记")}
    assert len(names) == 4
    assert all(name.isascii() and " " not in name for name in names)
    assert job.name(Lab(tmp_path / "a/lab")).startswith("lab-weekly-lab-")


def test_the_workflow_is_told_where_in_its_repository_the_lab_stands(tmp_path):
    run_git(tmp_path, "init", "-q")
    folder = tmp_path / 'notes "a": #'
    folder.mkdir()
    made = yaml.safe_load(text("github", Lab(folder.resolve())))
    assert made["jobs"]["write"]["env"]["LAB_DIR"] == 'notes "a": #'


def test_the_workflow_of_a_lab_with_its_own_repository_is_the_projects(lab, tmp_path):
    assert text("github", lab) == workflow()
    without_git = tmp_path / "elsewhere"
    without_git.mkdir()
    assert text("github", Lab(without_git)) == workflow()


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_ends_in_one_line_feed_and_holds_no_key(kind, lab, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary-in-the-environment")
    (lab.root / ".env").write_text("ANTHROPIC_API_KEY=sk-canary-in-the-file\n")
    made = text(kind, lab)
    assert made.endswith("\n") and not made.endswith("\n\n")
    assert "sk-canary" not in made

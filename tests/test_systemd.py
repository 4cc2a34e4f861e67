"""The user timer: put in place by a fake systemctl that notes its calls, by one that fails, and by a real systemd."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from schedulers import ODD, recorded, stub

from agents.errors import ConfigError, OverwriteError
from agents.lab import job
from agents.lab.find import Lab
from agents.lab.schedule import install
from agents.lab.systemd import units

FAKE = """#!/bin/sh
echo "$@" >> '{calls}'
case " $* " in *" {refused} "*) echo 'Failed to connect to bus: No medium found' >&2; exit 1;; esac
"""
NOTHING = "nothing is refused"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The folder in which the user's units stand."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config/systemd/user"


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """Makes a systemctl that fails at one of its commands; returns what gives its calls so far."""
    folder, calls = tmp_path / "fake bin", tmp_path / "calls"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(refused=NOTHING):
        (folder / "systemctl").write_text(FAKE.format(calls=calls, refused=refused))
        (folder / "systemctl").chmod(0o755)
        calls.write_text("")
        return lambda: calls.read_text().splitlines()

    return make


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_the_units_are_written_loaded_and_started(lab, config, systemctl):
    calls = systemctl()
    said = install(lab)
    name = job.name(lab)
    assert set(files(config)) == {f"{name}.service", f"{name}.timer"}
    for file, text in units(lab).items():
        head, _, rest = (config / file).read_text(encoding="utf-8").partition("\n")
        assert head.startswith("# Written by llm-learning-lab") and rest == text
    assert calls() == [
        "--user show --property=Version",
        "--user daemon-reload",
        f"--user enable --now {name}.timer",
    ]
    assert any("loginctl enable-linger" in sentence for sentence in said)
    assert any(f"disable --now {name}.timer" in sentence for sentence in said)
    assert any(str(lab.root / ".env") in sentence for sentence in said)
    assert all("\n" not in sentence for sentence in said)


def test_a_second_time_writes_nothing(lab, config, systemctl):
    systemctl()
    install(lab)
    before = {path: path.stat().st_ino for path in config.iterdir()}
    install(lab)
    assert {path: path.stat().st_ino for path in config.iterdir()} == before


def test_a_new_python_takes_the_place_of_the_old_one(lab, config, systemctl, tmp_path, monkeypatch):
    systemctl()
    install(lab)
    monkeypatch.setattr(sys, "executable", str(stub(tmp_path / "new/bin/python", tmp_path / "record")))
    install(lab)
    assert str(tmp_path / "new/bin/python") in (config / f"{job.name(lab)}.service").read_text()


def test_two_labs_have_two_timers(lab, config, systemctl, tmp_path):
    systemctl()
    other = Lab(shutil.copytree(lab.root, tmp_path / "other/lab"))
    install(lab)
    install(other)
    assert len(files(config)) == 4


@pytest.mark.parametrize("unit", ["service", "timer"])
@pytest.mark.parametrize(
    "edit", [lambda text: text + "Nice=10\n", lambda _: "[Unit]\n", lambda _: "", lambda _: "\udcff"]
)
def test_what_was_edited_or_is_not_ours_stays(lab, config, systemctl, unit, edit):
    calls = systemctl()
    install(lab)
    path = config / f"{job.name(lab)}.{unit}"
    path.write_text(edit(path.read_text()), errors="surrogateescape")
    before, said = files(config), calls()
    with pytest.raises(OverwriteError, match="is not as we wrote it") as refused:
        install(lab)
    assert str(path) in refused.value.what
    assert (files(config), calls()) == (before, said)


def test_a_link_in_the_place_of_a_unit_is_not_followed(lab, config, systemctl, tmp_path):
    systemctl()
    install(lab)
    path = config / f"{job.name(lab)}.timer"
    own = path.replace(tmp_path / "own.timer")
    path.symlink_to(own)  # what `systemctl mask`, or a manager of dot files, does
    with pytest.raises(OverwriteError):
        install(lab)
    own.unlink()
    with pytest.raises(OverwriteError):
        install(lab)
    assert path.is_symlink()


def test_without_a_systemd_of_the_users_nothing_is_written(lab, config, systemctl):
    calls = systemctl(refused="show")
    with pytest.raises(ConfigError, match=r"no systemd of yours is running here: .*No medium found") as refused:
        install(lab)
    assert "--schedule cron" in refused.value.hint
    assert not config.exists()
    assert calls() == ["--user show --property=Version"]


def test_without_systemctl_nothing_is_written(lab, config, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="no systemd of yours is running here: there is no systemctl") as refused:
        install(lab)
    assert "launchd" in refused.value.hint
    assert not config.exists()


@pytest.mark.parametrize("refused", ["daemon-reload", "enable"])
def test_what_fails_half_way_leaves_nothing(lab, config, systemctl, refused):
    calls = systemctl(refused=refused)
    with pytest.raises(ConfigError, match=f"{refused} failed"):
        install(lab)
    assert files(config) == {}
    assert calls()[-2:] == [f"--user disable --now {job.name(lab)}.timer", "--user daemon-reload"]


@pytest.mark.parametrize("refused", ["daemon-reload", "enable"])
def test_what_fails_half_way_leaves_the_units_that_stood_there(lab, config, systemctl, refused, tmp_path, monkeypatch):
    systemctl()
    install(lab)
    before = files(config)
    calls = systemctl(refused=refused)
    monkeypatch.setattr(sys, "executable", str(stub(tmp_path / "new/bin/python", tmp_path / "record")))
    with pytest.raises(ConfigError):
        install(lab)
    assert files(config) == before
    assert not any("disable" in call for call in calls())


def test_a_disk_that_refuses_leaves_nothing(lab, config, systemctl, monkeypatch):
    systemctl()
    config.mkdir(parents=True)
    real = os.fsync
    written = []

    def fsync(descriptor):
        written.append(stat.S_ISREG(os.fstat(descriptor).st_mode))
        if written.count(True) == 2:  # the timer, when the service stands already
            raise OSError(28, "No space left on device")
        return real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Exception, match="No space left"):
        install(lab)
    assert written.count(True) == 2
    assert files(config) == {}


def test_a_python_that_would_not_find_the_package_is_refused(lab, config, systemctl, tmp_path, monkeypatch):
    systemctl()
    monkeypatch.setattr(sys, "executable", str(stub(tmp_path / "bin/python", tmp_path / "record", code=1)))
    with pytest.raises(ConfigError, match="does not find the package"):
        install(lab)
    assert not config.exists()


def test_a_relative_config_folder_does_not_count(lab, tmp_path, monkeypatch, systemctl):
    systemctl()
    monkeypatch.setenv("XDG_CONFIG_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    install(lab)
    assert len(files(tmp_path / "home/.config/systemd/user")) == 2


def test_no_key_reaches_the_units(lab, config, systemctl, monkeypatch):
    systemctl()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")
    install(lab)
    assert not any(b"canary" in data for data in files(config).values())


@pytest.mark.parametrize("venv", ["venv", "50% (ü) = a;b", "it's", 'a "b"', "$HOME", "${HOME}", "a\\nb"])
def test_a_real_systemd_calls_the_agent_with_every_character_in_its_place(venv, tmp_path, monkeypatch):
    if not Path("/lib/systemd/systemd").exists() or os.geteuid() != 0:
        pytest.skip("a private systemd needs root, and one that is installed")
    here = Path(__file__).parent
    lab, record, python = tmp_path / ODD, tmp_path / "record", tmp_path / venv / "bin/python"
    lab.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHONPATH", str(here))
    unshare = ["unshare", "--mount", "--propagation", "private", "bash", here / "private_systemd.sh"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False, timeout=60).returncode:
        pytest.skip("no private systemd can be started here")
    command = [sys.executable, here / "real_timer.py", python, lab, record]
    ran = subprocess.run([*unshare, *command], capture_output=True, text=True, check=False, timeout=60)
    assert not ran.returncode, ran.stderr
    enabled, active, calendar, *starts = ran.stdout.splitlines()
    assert (enabled, active) == ("is-enabled: enabled", "is-active: active"), ran.stderr
    assert "OnCalendar=Fri *-*-* 20:00:00" in calendar
    assert starts == ["start: 0", "start: 0", "start: 1"]  # ended with 0, 3, 75
    assert recorded(record) == ("/", job.path(), ["-m", "agents.weekly", "--lab", str(lab), "--catch-up"])

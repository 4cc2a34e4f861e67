import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agents.errors import DiskError
from agents.model.replies import Turn, keep, load, reject

ROOT = Path(__file__).resolve().parents[1]

TURN = Turn('{"title": "对比"}', "end_turn", "claude-sonnet-5-5", "req_1", 16000, input=7, output=3, cache_write=5)
ABOUT = {"agent": "paper", "target": "2301.12597v3", "model": "claude-sonnet-5-5"}


def test_what_is_kept_is_what_is_loaded(tmp_path):
    path = tmp_path / "replies" / "k.json"
    keep(path, [TURN, TURN], ABOUT)
    assert load(path) == [TURN, TURN]
    assert json.loads(path.read_text("utf-8"))["about"] == ABOUT


def test_nothing_kept_is_no_turns(tmp_path):
    assert load(tmp_path / "absent" / "k.json") == []


def test_only_the_owner_can_read_a_reply(tmp_path):
    path = tmp_path / "replies" / "k.json"
    keep(path, [TURN], ABOUT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_file_and_its_folder_are_synced_before_keep_returns(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append(stat.S_ISDIR(os.fstat(fd).st_mode)), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda *names: (events.append("replace"), replace(*names)))
    keep(tmp_path / "k.json", [TURN], ABOUT)
    assert events == [False, "replace", True]


def test_a_reply_that_cannot_be_written_is_a_disk_error_and_the_old_one_stays(tmp_path, monkeypatch):
    path = tmp_path / "k.json"
    keep(path, [TURN], ABOUT)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match="No space left"):
        keep(path, [TURN, TURN], ABOUT)
    monkeypatch.undo()
    assert load(path) == [TURN]
    assert [file.name for file in tmp_path.iterdir()] == ["k.json"]


def test_a_writer_that_is_killed_leaves_the_old_reply_whole(tmp_path):
    path = tmp_path / "k.json"
    keep(path, [TURN], ABOUT)
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from agents.model.replies import load, keep\n"
        "path = Path(sys.argv[1])\n"
        "os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)\n"
        "keep(path, load(path) * 2, {})\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False, cwd=ROOT).returncode == -9
    assert load(path) == [TURN]


def test_a_rejected_reply_stays_readable_and_is_not_loaded_again(tmp_path):
    path = tmp_path / "k.json"
    for expected in ("k.rejected.json", "k.rejected-2.json", "k.rejected-3.json"):
        keep(path, [TURN], ABOUT)
        aside = reject(path)
        assert aside.name == expected
        assert load(aside) == [TURN]
        assert load(path) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"turns": [{"text": 1}]}', b'{"turns": "x"}', b"\xff\xfe"])
def test_a_file_that_cannot_be_understood_is_set_aside_not_lost(tmp_path, content):
    path = tmp_path / "k.json"
    path.write_bytes(content)
    assert load(path) == []
    assert (tmp_path / "k.rejected.json").read_bytes() == content


def test_a_lone_surrogate_in_a_reply_does_not_stop_it_from_being_kept(tmp_path):
    path = tmp_path / "k.json"
    keep(path, [Turn("\ud800", "end_turn", "m", "r", 1)], ABOUT)
    assert len(load(path)) == 1

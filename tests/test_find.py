import os
import stat
from pathlib import Path

import pytest

from agents.errors import ConfigError, OverwriteError
from agents.lab import environment, notes
from agents.lab.find import Lab, find, inside, resource, shipped


def test_the_nearest_lab_upwards_is_found(lab):
    deep = lab.root / "notes" / "training"
    deep.mkdir(parents=True)
    assert find(None, {}, deep) == lab
    assert find(None, {"LAB_DIR": ""}, lab.root) == lab


def test_a_folder_with_only_half_of_a_lab_is_none(lab, tmp_path):
    half = lab.root / "experiments"
    half.mkdir()
    (half / "CLAUDE.md").write_text("x")
    assert find(None, {}, half) == lab
    with pytest.raises(ConfigError, match="no lab here"):
        find(None, {}, tmp_path)


def test_the_flag_wins_over_lab_dir_and_that_over_the_folder(lab, tmp_path):
    other = tmp_path / "other lab é"
    (other / "papers").mkdir(parents=True)
    (other / "CLAUDE.md").write_text("x")
    assert find("other lab é", {"LAB_DIR": str(lab.root)}, tmp_path).root == other  # relative to where the person is
    assert find(None, {"LAB_DIR": str(other)}, lab.root).root == other


@pytest.mark.parametrize("given", ["", "nowhere", "~nobody-at-all/x", "a\0b", "x" * 5000])
def test_a_named_folder_that_is_no_lab_is_said_so(given, lab):
    with pytest.raises(ConfigError, match="--lab"):
        find(given, {}, lab.root)


def test_the_private_folder_is_closed_and_ignores_itself(lab, git):
    assert stat.S_IMODE(lab.private.stat().st_mode) == 0o700
    assert (lab.private / ".gitignore").read_bytes() == b"*\n"
    assert git("status", "--short") == ""
    assert [path.parent for path in (lab.cache, lab.replies, lab.backup)] == [lab.private] * 3


def test_the_labs_own_text_wins_over_the_shipped_one(lab):
    assert resource(lab, "CLAUDE.md") == "# 格式\n"
    assert resource(lab, "prompts/paper.md") == (shipped() / "prompts/paper.md").read_text(encoding="utf-8")
    (lab.root / "prompts").mkdir()
    (lab.root / "prompts/paper.md").write_bytes(b"\xef\xbb\xbfmine\r\n")
    assert resource(lab, "prompts/paper.md") == "mine\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"", "empty"), (b" \n", "empty"), (b"caf\xe9", "not UTF-8"), (b"x" * 1_000_001, "larger than 1 MB")],
)
def test_an_unusable_text_is_named(data, what, lab):
    (lab.root / "CLAUDE.md").write_bytes(data)
    with pytest.raises(ConfigError, match=f"CLAUDE.md is {what}"):
        resource(lab, "CLAUDE.md")


def test_a_missing_text_and_one_outside_the_lab_are_refused(lab, tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read prompts/none\.md"):
        resource(lab, "prompts/none.md")
    (tmp_path / "secret").write_text("key")
    (lab.root / "CLAUDE.md").unlink()
    (lab.root / "CLAUDE.md").symlink_to(tmp_path / "secret")
    with pytest.raises(ConfigError, match="link out of the lab"):
        resource(lab, "CLAUDE.md")


def test_a_path_in_the_lab_is_where_it_says(lab):
    assert inside(lab, "papers/a.md") == lab.root / "papers/a.md"
    assert inside(lab, "notes/training/lora.md") == lab.root / "notes/training/lora.md"


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x.md", "papers/../../x.md", "papers/", ".git/hooks/x", "notes/.GIT/x", ".lab/x", "a\0.md"],
)
def test_a_path_out_of_the_lab_is_refused(path, lab):
    with pytest.raises(OverwriteError):
        inside(lab, path)


def test_a_note_is_never_behind_a_symlink(lab, tmp_path):
    (lab.root / "real").mkdir()
    (lab.root / "notes").symlink_to(lab.root / "real")
    (lab.root / "elsewhere").symlink_to(tmp_path)
    (lab.root / "papers/b.md").symlink_to(lab.root / "CLAUDE.md")
    (lab.root / "papers/loop.md").symlink_to("loop.md")
    for path in ("notes/a.md", "elsewhere/a.md", "papers/b.md", "papers/loop.md"):
        with pytest.raises(OverwriteError):
            inside(lab, path)


def test_a_readme_that_is_a_symlink_is_followed_within_the_lab_only(lab, tmp_path):
    readme = lab.root / "papers/README.md"
    readme.rename(lab.root / "list.md")
    readme.symlink_to("../list.md")
    assert inside(lab, "papers/README.md") == lab.root / "list.md"
    for target in (tmp_path / "x", lab.root / ".git/config"):
        readme.unlink()
        readme.symlink_to(target)
        with pytest.raises(OverwriteError, match="outside the lab"):
            inside(lab, "papers/README.md")


def test_only_a_regular_file_is_written_to(lab):
    (lab.root / "papers/folder.md").mkdir()
    os.mkfifo(lab.root / "papers/fifo.md")
    (lab.root / "papers/file").write_text("x")
    for path in ("papers/folder.md", "papers/fifo.md", "papers/file/x.md"):
        with pytest.raises(OverwriteError):
            inside(lab, path)


def test_two_names_that_differ_only_by_case_are_refused(lab):
    (lab.root / "papers/BLIP-2.md").write_text("x")
    with pytest.raises(OverwriteError, match="only by case"):
        inside(lab, "papers/blip-2.md")


def test_env_file_adds_the_known_names_and_the_process_wins(lab, git):
    (lab.root / ".gitignore").write_text(".env\n")
    (lab.root / ".env").write_bytes(
        b'\xef\xbb\xbf# keys\r\nexport ANTHROPIC_API_KEY="sk #1"  # mine\r\nLAB_MODEL = a-model # comment\r\n'
        b"LAB_MAX_USD='0.5'\nLAB_ARXIV_URL=http://127.0.0.1:1/#x\nPATH=/evil\nLAB_DIR=/evil\nnonsense\nLAB_ARXIV_DELAY=\n"
    )
    env, warning = environment.load(lab, {"PATH": "/bin", "LAB_MODEL": ""})
    assert warning == ""
    assert env == {
        "PATH": "/bin",
        "LAB_MODEL": "",
        "ANTHROPIC_API_KEY": "sk #1",
        "LAB_MAX_USD": "0.5",
        "LAB_ARXIV_URL": "http://127.0.0.1:1/#x",
        "LAB_ARXIV_DELAY": "",
    }


def test_an_env_file_that_git_would_commit_is_warned_of(lab, git, monkeypatch):
    assert environment.load(lab, {}) == ({}, "")
    (lab.root / ".env").write_text("LAB_MODEL=x")
    assert "not ignored by git" in environment.load(lab, {})[1]
    (lab.root / ".gitignore").write_text("*\n")
    assert environment.load(lab, {})[1] == ""
    git("add", "-f", ".env")
    assert "not ignored by git" in environment.load(lab, {})[1]
    monkeypatch.setenv("PATH", "/nowhere")
    assert environment.load(lab, {}) == ({"LAB_MODEL": "x"}, "")


def test_an_env_file_that_is_no_text_does_not_show_what_it_holds(lab):
    (lab.root / ".env").write_bytes(b"ANTHROPIC_API_KEY=sk-\xff")
    with pytest.raises(ConfigError, match="not UTF-8") as caught:
        environment.load(lab, {})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_relative_root_is_no_trouble(lab, monkeypatch):
    monkeypatch.chdir(lab.root / "papers")
    assert find("..", {}, Path()) == Lab(lab.root)


def test_a_note_is_found_by_a_title_that_holds_quotation_marks(lab):
    text = '---\ntitle: "Why \\"Attention\\" Works"\narxiv: ""\n---\n'
    (lab.root / "papers" / "why.md").write_text(text, encoding="utf-8")
    assert notes.find(lab, title='Why "Attention" Works').path == "papers/why.md"
    assert notes.others(lab, "", "0") == {"why": 'Why "Attention" Works'}

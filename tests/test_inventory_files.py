"""What the lab is found to hold: every note that can be read, whoever wrote it and however it looks by now."""

import os
from datetime import date

import pytest
from small_lab import BLIP_2, CROSS, fill

from agents.lab.inventory import entries, modified, note, notebook, scan


@pytest.fixture
def put(lab):
    def write(path, content):
        file = lab.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def test_notes_that_we_wrote_are_known_by_their_front_matter(lab):
    fill(lab)
    found = {entry.path: entry for entry in entries(lab)}
    assert len(found) == 5
    assert (found[BLIP_2].kind, found[BLIP_2].aliases, found[BLIP_2].front["arxiv"]) == (
        "paper",
        ("BLIP-2",),
        "2301.12597",
    )
    assert found[CROSS].title == "Cross-Attention"
    assert found[CROSS].line == "像在图书馆里按关键词找书。"
    assert not found[CROSS].text.startswith("---")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# 手写的\n\n正文\n", "手写的", "# 手写的\n\n正文\n"),
        ("没有标题\n", "x", "没有标题\n"),
        ("", "x", ""),
        ("---\ntitle: [broken\n---\n# 标题\n正文\n", "标题", "# 标题\n正文\n"),
        ("---\ntitle: 没有关上\n# 标题\n", "标题", "---\ntitle: 没有关上\n# 标题\n"),
        ("---\n---\n# 标题\n", "标题", "# 标题\n"),
        ("---\n- a list\n---\n# 标题\n", "标题", "# 标题\n"),
        ("---\ntitle: 2301.12590\n---\n", "2301.12590", ""),
        ("---\ntitle: [a, b]\n---\n# 标题\n", "标题", "# 标题\n"),
        ("# \\*escaped\\* \\[title\\]\n", "*escaped* [title]", "# \\*escaped\\* \\[title\\]\n"),
    ],
    ids=["no front matter", "no title", "empty", "broken yaml", "never closed", "empty front matter", "a list", "an id", "title no word", "escaped"],
)  # fmt: skip
def test_a_note_counts_whatever_its_front_matter_is(text, title, body):
    entry = note("notes/x.md", text)
    assert (entry.title, entry.text) == (title, body)
    assert entry.kind == ""


def test_windows_line_ends_and_a_byte_order_mark_hide_nothing(lab, put):
    put(
        "notes/training/a.md",
        b"\xef\xbb\xbf---\r\ntitle: A\r\nkind: concept\r\ntags:\r\n- x\r\naliases: y\r\n---\r\n# A\r\n",
    )
    (entry,) = entries(lab)
    assert (entry.kind, entry.title, entry.tags, entry.aliases) == ("concept", "A", ("x",), ("y",))


def test_what_is_no_text_is_named_and_left_out(lab, put):
    put("notes/latin.md", "caf\xe9".encode("latin-1"))
    put("experiments/notebooks/no.ipynb", "[]")
    put("experiments/notebooks/bad.ipynb", "{")
    put("notes/huge.md", b"x" * 5_000_001)
    put("notes/good.md", "# good\n")
    found, left_out = scan(lab)
    assert [entry.path for entry in found] == ["notes/good.md"]
    assert sorted(left_out) == [
        "experiments/notebooks/bad.ipynb",
        "experiments/notebooks/no.ipynb",
        "notes/huge.md",
        "notes/latin.md",
    ]


def test_links_out_of_the_lab_hidden_folders_and_readmes_are_no_notes(lab, put, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("# not of this lab\n", encoding="utf-8")
    put("notes/README.md", "# a readme\n")
    put("notes/.obsidian/template.md", "# hidden\n")
    put("weekly-log/inbox.md", "- jotted\n")
    (lab.root / "notes/link.md").symlink_to(outside / "secret.md")
    (lab.root / "notes/folder").symlink_to(outside)
    (lab.root / "experiments").mkdir()
    (lab.root / "experiments/notebooks").symlink_to(outside)
    os.mkfifo(lab.root / "notes/pipe.md")
    assert scan(lab) == ([], [])


def test_a_whole_folder_that_is_a_link_out_of_the_lab_is_not_read(lab, tmp_path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "a.md").write_text("# a\n", encoding="utf-8")
    (lab.root / "notes").symlink_to(outside)
    assert entries(lab) == []


def test_links_in_a_circle_hold_nothing(lab):
    (lab.root / "notes").symlink_to(lab.root / "notes")
    (lab.root / "papers/a.md").symlink_to("a.md")
    assert scan(lab) == ([], [])


def test_a_notebook_is_its_cells_joined():
    entry = notebook(
        "experiments/notebooks/a.ipynb",
        '{"cells": [{"source": ["# CLIP\\n", "目标"]}, {"source": "x = 1"}, {}], "metadata": {"lab": {"kind": "experiment", "tags": ["clip"]}}}',
    )
    assert (entry.title, entry.kind, entry.tags, entry.text) == (
        "CLIP",
        "experiment",
        ("clip",),
        "# CLIP\n目标\n\nx = 1\n\n",
    )


def test_a_notebook_of_another_tool_counts_too():
    assert notebook("a/b.ipynb", '{"cells": [], "metadata": {"lab": "not ours"}}').title == "b"


def test_a_note_is_as_old_as_its_file_says(lab, put):
    file = put("notes/a.md", "# a\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    (entry,) = entries(lab)
    assert modified(lab, entry) in {date(2023, 11, 14), date(2023, 11, 15)}  # the person's time zone

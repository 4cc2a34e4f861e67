"""What the lab holds, as all agents see it: notes of ours, files by hand, notebooks, and what is none of these."""

import json

import pytest

from agents.lab.inventory import entries, note, notebook


@pytest.fixture
def shelf(lab):
    files = {
        "papers/a.md": '---\ntitle: "A: b"\nkind: "paper"\ntags: ["x"]\naliases: Solo\narxiv: 2301.12590\n---\n\n# A: b\n\n## 一句话总结\n\n讲 A 的。\n',
        "notes/fundamentals/by-hand.md": "# 手写 \\[笔记\\]\n\n```bash\n# 不是标题\nls\n```\n\n- 第一点\n",
        "notes/fundamentals/no-title.md": "```\n# 代码\n```\n一句话。\n",
        "notes/deep/er/x.md": "---\n: broken yaml [\n---\n# X\n",
        "notes/.obsidian/hidden.md": "# hidden\n",
        "weekly-log/inbox.md": "- jotted\n",
        "weekly-log/2026-W48.md": "# 2026-W48\n",
        "resources/awesome.md": "# no note\n",
        "experiments/notebooks/ok.ipynb": json.dumps({"metadata": {"lab": {"kind": "experiment", "title": "实验"}}, "cells": [{"cell_type": "markdown", "source": ["# 另一个\n", "文字"]}, {"cell_type": "code", "source": "x = 1"}]}),
        "experiments/notebooks/broken.ipynb": "{",
        "experiments/notebooks/list.ipynb": "[]",
    }  # fmt: skip
    for path, text in files.items():
        target = lab.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (lab.root / "papers/latin.md").write_bytes("# caf\xe9".encode("latin-1"))
    (lab.root / "papers/link.md").symlink_to("a.md")
    (lab.root / "papers/folder.md").mkdir()
    return {entry.path: entry for entry in entries(lab)}


def test_notes_and_notebooks_are_there_and_nothing_else_is(shelf):
    assert sorted(shelf) == [
        "experiments/notebooks/ok.ipynb",
        "notes/deep/er/x.md",
        "notes/fundamentals/by-hand.md",
        "notes/fundamentals/no-title.md",
        "papers/a.md",
        "weekly-log/2026-W48.md",
    ]


def test_a_note_of_ours_says_what_it_is(shelf):
    found = shelf["papers/a.md"]
    assert (found.kind, found.title, found.tags, found.aliases) == ("paper", "A: b", ("x",), ("Solo",))
    assert found.front["arxiv"] == "2301.12590"
    assert found.line == "讲 A 的。"
    assert found.names == {"ab", "solo"}


def test_a_file_by_hand_has_the_title_of_its_heading_else_its_name_and_code_is_neither(shelf):
    by_hand = shelf["notes/fundamentals/by-hand.md"]
    assert (by_hand.kind, by_hand.title, by_hand.line) == ("", "手写 [笔记]", "")
    assert (shelf["notes/fundamentals/no-title.md"].title, shelf["notes/fundamentals/no-title.md"].line) == (
        "no-title",
        "一句话。",
    )
    assert shelf["notes/deep/er/x.md"].title == "X"


def test_a_notebook_is_its_cells_with_code_between_fences(shelf):
    found = shelf["experiments/notebooks/ok.ipynb"]
    assert (found.kind, found.title) == ("experiment", "实验")
    assert found.text == "# 另一个\n文字\n\n```python\nx = 1\n```"


def test_a_comment_in_a_notebook_s_code_is_not_its_title():
    cells = [
        {"cell_type": "code", "source": ["# imports\n", "import os"]},
        {"cell_type": "markdown", "source": "# 真标题"},
    ]
    assert notebook("experiments/notebooks/a.ipynb", json.dumps({"cells": cells})).title == "真标题"


@pytest.mark.parametrize("cells", [[1], [{"source": 3}], [{"source": None}], [{}], []])
def test_odd_cells_and_odd_metadata_are_no_crash(cells):
    assert notebook("x/odd.ipynb", json.dumps({"cells": cells, "metadata": []})).title == "odd"


@pytest.mark.parametrize("aliases", ["", "[]", "[1, 2]", "{a: b}", "null"])
def test_aliases_are_strings_whatever_stands_there(aliases):
    found = note("papers/x.md", f"---\naliases: {aliases}\n---\n# X\n")
    assert all(isinstance(alias, str) and alias for alias in found.aliases)

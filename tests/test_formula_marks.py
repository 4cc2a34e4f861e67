"""Formulas of a reply against the paper, from the command line: what comes back to Claude, and what the note shows."""

import json
import re
from types import SimpleNamespace

import pytest
from fakes.arxiv_server import ArxivServer
from fakes.claude_server import ClaudeServer, good
from record import REPLY
from test_source_receipt import ID, TINY

from agents import paper
from agents.note.markdown import parse
from agents.note.paper import PaperNote
from agents.trust import alone, formulas

SIMILARITY = r"s_{ij} = \frac{f(x_i)^\top g(y_j)}{\lVert f(x_i)\rVert \lVert g(y_j)\rVert}"
_NAMES = {"id", "source", "target", "arxiv", "title"}
ROWS = ["s_{ij}", "f", "g", "x_i", "y_j"]


def reply(*items):
    """The reply of another paper with this one's formulas; what it quotes and counts is not here, so it is left out."""

    def bare(value, key=""):
        if isinstance(value, dict):
            left_out = {"quote": "", "cells": [], "rows": []}
            return {name: left_out.get(name, bare(one, name)) for name, one in value.items()}
        if isinstance(value, list):
            return [bare(one, key) for one in value]
        return re.sub(r"\d", "", value) if isinstance(value, str) and key not in _NAMES else value

    made = bare(json.loads(REPLY.read_text(encoding="utf-8")))
    made["echo"] = {"title": TINY.title, "first_author": TINY.authors[0], "last_heading": "References"}
    made["assessment"]["comparison"] = {"items": [], "none": "本 lab 里没有可比的论文。"}
    made["method"]["formulas"] = {"items": list(items), "none": ""}
    return made


def item(tex, rows, number="1"):
    table = [{"symbol": row, "meaning": "含义"} for row in rows]
    return {"tex": tex, "equation": number, "page": 9, "meaning": "余弦相似度。", "symbols": table}


@pytest.fixture
def asked(lab, at_arxiv, capsys, monkeypatch):
    def run(made):
        with ArxivServer([TINY]) as arxiv, ClaudeServer([good(json.dumps(made))], model="claude-sonnet-5-5") as claude:
            at_arxiv(arxiv)
            monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
            code = paper.main([ID, "--lab", str(lab.root)])
            said = capsys.readouterr()
            (file,) = (path for path in (lab.root / "papers").glob("*.md") if path.name != "README.md")
            text = file.read_text(encoding="utf-8")
            back = [request.body["messages"][-1]["content"] for request in claude.requests[1:]]
        return SimpleNamespace(code=code, err=said.err, text=text, note=parse(text, PaperNote), back=back)

    return run


def test_a_formula_that_is_the_paper_s_with_all_its_symbols_is_counted_and_gets_its_page(asked):
    done = asked(reply(item(SIMILARITY, ROWS)))
    assert (done.code, done.back) == (0, []), done.err
    assert {name: done.note.checks[name] for name in ("formulas", "symbols")} == {"formulas": (1, 1), "symbols": (5, 5)}
    assert done.note.method.formulas.items[0].page == 1
    assert "公式：1/1 个与原文的 TeX 一致（空格与写法的差别不计）。" in done.note.provenance
    assert "符号：公式里的 5/5 个符号在各自的符号表里有解释。" in done.note.provenance


def test_a_changed_formula_and_a_lost_row_go_back_to_claude_and_are_marked_in_the_note(asked):
    done = asked(reply(item(SIMILARITY.replace("g(y_j)}{", "g(x_j)}{"), ROWS[:2] + ROWS[3:])))
    assert done.code == 3
    assert "is not equation (1) of the paper" in done.back[0]
    assert "not in its table of symbols: g" in done.back[0]
    meaning = done.note.method.formulas.items[0].meaning
    assert meaning.startswith("余弦相似度。") and "⚠ 与原文公式不同" in meaning and "⚠ 未解释：$g$" in meaning
    assert done.note.checks["symbols"] == (4, 5)
    assert "4/5 个符号在各自的符号表里有解释。其余 1 处标了 ⚠。" in done.text
    again = {one.name: (one.right, one.of) for one in alone.outcomes(done.note)}
    assert again["symbols"] == (4, 5)
    assert formulas.MARK in done.text

"""Two versions of a paper: what changed between them, computed; and what a run says of a newer one without asking."""

from dataclasses import replace
from types import SimpleNamespace

import digest
import pytest
from fakes.arxiv_server import ArxivServer, Paper
from markup import CELLS, PDF

from agents import paper
from agents.note.markdown import parse
from agents.note.paper import PaperNote
from agents.recipes.paper_versions import told
from agents.source.document import Section
from agents.source.versions import Number, changes

ID = "2301.12597"
BLIP2 = Paper(ID, title=digest.TITLE, authors=digest.AUTHORS, abstract=digest.ABSTRACT, version=1, pdf=digest.make())
OLD = replace(PDF, tables=(replace(CELLS, rows=(("ITC + ITM", "84.5", "96.2"), ("all", "85.4", "97.0"))),))


def test_the_same_version_twice_has_no_changes():
    assert told(changes(OLD, OLD)) == "小节、表格与摘要里的数字都没有变"


def test_sections_are_added_removed_and_renamed():
    new = replace(
        OLD,
        sections=(
            Section("1", "The Frozen Bridge", 1, 1),
            Section("2", "Ablation Study", 1, 2),
            Section("3", "Limits", 1, 2),
        ),
    )
    found = changes(OLD, new)
    assert found.renamed == (("1 The Bridge", "1 The Frozen Bridge"),)
    assert (found.added, found.removed) == (("3 Limits",), ("References",))


def test_a_section_that_only_got_another_number_is_the_same():
    new = replace(OLD, sections=(Section("1", "Preface", 1, 1), Section("2", "The Bridge", 1, 1), *OLD.sections[1:]))
    found = changes(OLD, new)
    assert (found.added, found.removed, found.renamed) == (("1 Preface",), (), ())


def test_a_changed_number_is_named_with_its_row_and_column():
    rows = (("all", "85.4", "97.3"), ("ITC + ITM", "84.5", "96.2"), ("new row", "1.0", "2.0"))
    new = replace(OLD, tables=(replace(CELLS, label="Table 3", rows=rows),))
    assert changes(OLD, new).numbers == (Number("Table 3", "all", "R@5", "97.0", "97.3"),)
    assert "数字改动 Table 3 all，R@5：97.0 → 97.3" in told(changes(OLD, new))


def test_the_numbers_of_the_abstract_are_compared():
    before, after = (replace(OLD, abstract=f"We gain {n} points in 2023.") for n in ("8.7", "9.1"))
    assert changes(before, after).abstract == (("8.7",), ("9.1",))


def test_many_changes_are_cut_and_counted():
    new = replace(OLD, sections=tuple(Section(str(n), f"Chapter {chr(64 + n) * 9}", 1, n) for n in range(1, 20)))
    assert "等 19 处" in told(changes(replace(OLD, sections=()), new))


@pytest.fixture
def world(lab, at_arxiv, capsys):
    with ArxivServer([BLIP2]) as server:
        at_arxiv(server)

        def run(*args, which=ID):
            code = paper.main([which, "--engine", "draft", *args, "--lab", str(lab.root)])
            text = (lab.root / "papers/blip-2.md").read_text(encoding="utf-8")
            return SimpleNamespace(code=code, err=capsys.readouterr().err, text=text, note=parse(text, PaperNote))

        yield SimpleNamespace(run=run, server=server, lab=lab)


def newer_version(world):
    changed = digest.make(table_6=(*digest.TABLE_6[:2], ("ITC + ITM + ITG", "86.9", "97.0", "68.3", "87.7")))
    world.server.papers[ID] = replace(BLIP2, version=2, pdf=changed)


def test_update_writes_the_note_of_the_newer_version_and_says_what_changed(world, git):
    first = world.run()
    assert first.note.version == 1
    path = world.lab.root / "papers/blip-2.md"
    path.write_text(first.text + "读了两遍。", encoding="utf-8")
    git("commit", "-qam", "mine")
    newer_version(world)
    done = world.run("--update")
    assert (done.code, done.note.version) == (0, 2), done.err
    assert done.text.endswith("读了两遍。")
    (line,) = [line for line in done.note.provenance if line.startswith("版本变化")]
    assert "v1 → v2" in line and "85.4 → 86.9" in line


def test_update_without_a_newer_version_leaves_the_note(world):
    first = world.run()
    assert world.run("--update").text == first.text


def test_without_the_old_pdf_nothing_is_compared_and_the_note_says_so(world):
    world.run()
    (world.lab.cache / "pdf" / f"{ID}v1.pdf").unlink()
    newer_version(world)
    done = world.run("--update")
    assert "版本变化：v1 → v2，旧版本的 PDF 不在缓存里，没有比较。" in done.note.provenance


def test_a_plain_run_names_a_newer_version_that_is_known_and_asks_nobody(world):
    newer_version(world)
    world.run(which=f"{ID}v1")
    assert "arXiv has version" not in world.run().err
    world.run("--update", "--dry-run")
    asked = len(world.server.requests)
    done = world.run()
    assert (done.code, done.note.version) == (0, 1)
    assert "arXiv has version 2, the note is about version 1: --update rewrites it" in done.err
    assert len(world.server.requests) == asked

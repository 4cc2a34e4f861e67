"""Lint on what notes say of their papers: against the source that was kept, without arXiv."""

import gzip
import json
import shutil

import pytest
from fakes.arxiv_server import ArxivServer, Paper
from findings import NOTE, PDF, line_of, only, told

from agents.source import gather, kept, pdf, places
from agents.source.ids import ArxivId, classify

QUOTE = "We do not claim"


def kept_file(root):
    (file,) = (root / ".lab/cache/source").glob("*.json.gz")
    return file


def source_of(root):
    sha256, read = kept_file(root).name.split(".")[:2]
    return sha256, read


# The source, kept


def test_gathering_keeps_the_paper_as_it_was_read_small_and_once(cache):
    source = gather.gather(classify(str(PDF), title=False), cache, stdin=None, choose=None, progress=print)
    (file,) = (cache / "source").iterdir()
    found = kept.find(source.sha256, source.read, cache)
    assert found and found.source == source and found.is_current
    assert file.stat().st_size < 60_000
    before = file.stat().st_mtime_ns
    kept.keep(source, cache)
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("data", [b"", b"{}", gzip.compress(b"{}"), gzip.compress(b"[" * 9), b"\x1f\x8b\x08\x00zzzz"])
def test_a_kept_paper_that_is_damaged_is_none(linted, data):
    sha256, read = source_of(linted.root)
    kept_file(linted.root).write_bytes(data)
    assert kept.find(sha256, read, linted.lab.cache) is None
    done = linted.run()
    assert (done.code, {f["rule"] for f in done.all}) == (0, {"draft", "source"})


def test_a_kept_paper_that_is_cut_is_none(linted):
    sha256, read = source_of(linted.root)
    data = kept_file(linted.root).read_bytes()
    for part in (data[: len(data) // 2], data[:-4], data[:50] + b"\xff" + data[51:]):
        kept_file(linted.root).write_bytes(part)
        assert kept.find(sha256, read, linted.lab.cache) is None


@pytest.mark.parametrize("sha256", ["", "x" * 64, "../" * 20, "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_checksum_names_no_file(cache, sha256):
    assert places.source(sha256, "pdf", cache) is None
    assert places.source("a" * 64, "../pdf", cache) is None


def test_what_an_older_reader_kept_is_read_once_more_where_the_pdf_is_there_and_else_taken(cache, monkeypatch):
    arxiv = ArxivId("2301.00001", 2)
    place = places.pdf(arxiv, cache)
    place.parent.mkdir(parents=True)
    shutil.copy(PDF, place)
    sha256 = gather.checksum(place)
    first = gather.again(sha256, "pdf", arxiv, cache)
    assert first and (first.arxiv, first.version, first.document.pages) == ("2301.00001", 2, 4)

    monkeypatch.setattr(pdf, "read", None)  # not needed: it is kept
    assert gather.again(sha256, "pdf", arxiv, cache) == first
    monkeypatch.undo()

    file = places.source(sha256, "pdf", cache)
    older = json.loads(gzip.decompress(file.read_bytes()))
    older["reader"], older["source"]["document"]["blocks"] = "older", []
    file.write_bytes(gzip.compress(json.dumps(older).encode()))
    assert gather.again(sha256, "pdf", arxiv, cache) == first
    file.write_bytes(gzip.compress(json.dumps(older).encode()))
    place.unlink()
    assert gather.again(sha256, "pdf", arxiv, cache).document.blocks == ()


def test_another_pdf_of_that_name_is_not_taken_for_it(cache):
    place = places.pdf(ArxivId("2301.00001", 2), cache)
    place.parent.mkdir(parents=True)
    shutil.copy(PDF, place)
    assert gather.again("0" * 64, "pdf", ArxivId("2301.00001", 2), cache) is None


def test_a_source_with_tex_is_read_again_with_its_tex_and_without_it_not_at_all(lab, at_arxiv):
    tex = b"\\documentclass{article}\\begin{document}\\section{One}$x$\\end{document}"
    with ArxivServer(
        [
            Paper(
                "2301.00001",
                title="Tiny CLIP: Contrastive Picture-Caption Learning on One CPU Thread",
                pdf=PDF.read_bytes(),
                src=tex,
            )
        ]
    ) as server:
        at_arxiv(server)
        request = classify("2301.00001", title=False)
        source = gather.gather(request, lab.cache, stdin=None, choose=None, progress=print, want="tex")
    paper_id = ArxivId("2301.00001", source.version)
    places.source(source.sha256, "pdf+tex", lab.cache).unlink()
    again = gather.again(source.sha256, "pdf+tex", paper_id, lab.cache)
    assert again == source
    places.source(source.sha256, "pdf+tex", lab.cache).unlink()
    shutil.rmtree(lab.cache / "src")
    assert gather.again(source.sha256, "pdf+tex", paper_id, lab.cache) is None


# What notes say


def test_a_note_as_it_was_made_holds_against_its_paper(linted):
    assert {f["rule"] for f in linted.run().all} == {"draft"}


def test_a_quote_that_was_edited_is_an_error_on_its_line_and_undone_it_is_none(linted):
    text = linted.change(NOTE, ("：“We do not claim", "：“We do boldly claim"))
    only(linted.run(), NOTE, "quotes", "error", line=line_of(text, "We do boldly claim"), says="not found in the paper")
    linted.change(NOTE, ("：“We do boldly claim", "：“We do not claim"))
    assert told(linted.run()) == []


def test_a_quote_with_another_page_is_an_error(linted):
    text = linted.read()
    line = next(line for line in text.split("\n") if QUOTE in line)
    assert "原文 p. 1：" in line
    text = linted.change(NOTE, (line, line.replace("p. 1", "p. 3")))
    only(
        linted.run(), NOTE, "quotes", "error", line=line_of(text, "p. 3：“We do not claim"), says="on p. 1, not on p. 3"
    )


def test_a_doubt_that_the_note_marks_is_the_mark_and_no_error(linted):
    linted.change(NOTE, ("  - 原文 p. 1：“We do not claim", "  - ⚠ 原文未找到：“We do boldly claim"))
    only(linted.run(), NOTE, "marked", "warning", says="We do boldly claim")


def test_a_note_whose_paper_is_not_kept_is_a_warning_that_says_what_was_not_checked(linted):
    kept_file(linted.root).unlink()
    linted.change(NOTE, ("：“We do not claim", "：“We do boldly claim"))
    done = linted.run()
    (source,) = [f for f in done.all if f["rule"] == "source"]
    assert (done.code, source["path"], source["weight"]) == (0, NOTE, "warning: ")
    assert "not in .lab/cache: numbers, quotes and references were not checked" in source["message"]
    assert int(source["line"]) == line_of(linted.read(), "sha256: ")


def test_many_notes_without_a_paper_are_one_line(linted):
    text = linted.read()
    for n in range(9):
        note = text.replace('arxiv: ""', f'arxiv: "2301.{n:05}"').replace('sha256: "', f'sha256: "{n}')
        linted.write(f"papers/p{n}.md", note)
    done = linted.run()
    (source,) = [f for f in done.all if f["rule"] == "source"]
    assert source["path"] == "papers/p0.md" and "and so 8 more notes" in source["message"]


def test_only_what_is_named_is_held_against_its_paper(linted, monkeypatch):
    monkeypatch.setattr("agents.recipes.lint_checks.again", None)
    assert told(linted.run(linted.root / "notes")) == []

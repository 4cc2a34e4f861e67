"""--figures: the figures that matter most, cut out of their pages, beside the text that Claude is sent."""

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.claude_server import ClaudeServer, good
from record import REPLY

from agents import paper
from agents.model import engine
from agents.model.prices import picture_tokens
from agents.model.question import Question
from agents.note.markdown import parse
from agents.note.paper import PaperNote, PaperReply
from agents.source import pdf
from agents.source.document import Block, Document, Figure
from agents.source.figures import caption_of, main_figures, region

SAMPLE = Path(__file__).parents[1] / "examples/tiny-clip/paper.pdf"
CORPUS = Path(__file__).parents[2] / "shared/corpus/pdf"
CAPTION = (100.0, 400.0, 300.0, 420.0)
ABOVE, BELOW = (90.0, 100.0, 310.0, 200.0), (90.0, 450.0, 310.0, 600.0)  # paragraphs


def size(png):
    """Width and height as the file's own header has them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def texts(*said):
    return tuple(Block("text", text, 1, (0.0, 0.0, 0.0, 0.0)) for text in said)


def test_the_figures_that_the_text_speaks_of_most_are_chosen_in_the_order_of_the_paper():
    figures = tuple(Figure(f"Figure {n}", f"Figure {n}: x", n) for n in range(1, 6))
    said = texts("See Figure 4 and Fig. 4.", "As in Figures 2 shows; 图 4", "Figure 11 is none of them")
    document = Document("T", (), "", said, (), figures, (), (), (), pages=9)
    assert [figure.label for figure in main_figures(document, 3)] == ["Figure 1", "Figure 2", "Figure 4"]
    assert main_figures(document, 99) == list(figures)


def test_a_caption_is_known_by_its_number_and_a_tables_is_no_figures():
    table, own = (Block("caption", text, 2, CAPTION) for text in ("Table 2: b", "FIG. 2. a"))
    assert caption_of(Figure("Figure 2", "", 2), (table, own)) is own
    assert caption_of(Figure("Figure 2", "", 3), (table, own)) is None


def test_a_figure_is_what_is_drawn_between_the_text_above_and_its_caption():
    drawn = [(150.0, 220.0, 250.0, 300.0), (120.0, 310.0, 280.0, 390.0), (100.0, 20.0, 300.0, 90.0)]
    axis = (140.0, 205.0, 160.0, 215.0)
    assert region(CAPTION, [ABOVE, BELOW], drawn, [axis]) == (116.0, 201.0, 284.0, 394.0)


def test_a_caption_may_stand_above_its_figure():
    assert region(CAPTION, [ABOVE], [(150.0, 430.0, 250.0, 500.0)], []) == (146.0, 426.0, 254.0, 504.0)


def test_rules_and_what_lies_under_text_are_no_figure():
    rule, background = (100.0, 250.0, 300.0, 251.0), (80.0, 90.0, 320.0, 210.0)
    assert region(CAPTION, [ABOVE, BELOW], [rule, background], []) is None


def test_a_figure_that_text_flows_around_ends_where_the_text_begins():
    caption, beside = (300.0, 400.0, 400.0, 420.0), (50.0, 250.0, 290.0, 500.0)
    assert region(caption, [beside], [(200.0, 260.0, 700.0, 390.0)], []) == (290.0, 256.0, 704.0, 394.0)


def test_the_figures_of_a_paper_are_cut_out_of_its_pages():
    document = pdf.read(SAMPLE)
    pictures = pdf.crop(SAMPLE, document, document.figures)
    assert [(picture.label, picture.page) for picture in pictures] == [("Figure 1", 3), ("Figure 2", 3)]
    for picture in pictures:
        assert size(picture.png) == (picture.width, picture.height)
        assert 300 < max(picture.width, picture.height) <= 1568


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_figure_of_the_corpus_is_found_above_its_caption():
    for path in sorted(CORPUS.glob("*.pdf")):
        document = pdf.read(path, scan=False)
        pictures = pdf.crop(path, document, document.figures)
        assert [picture.label for picture in pictures] == [figure.label for figure in document.figures], path.name


@pytest.fixture
def world(lab, monkeypatch, capsys):
    reply = json.loads(REPLY.read_text(encoding="utf-8"))
    document = pdf.read(SAMPLE)
    reply["echo"] |= {"title": document.title, "last_heading": document.sections[-1].heading}
    with ClaudeServer([good(json.dumps(reply))], model="claude-sonnet-5-5") as claude:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)

        def run(*args, of=str(SAMPLE)):
            code = paper.main([of, *args, "--source", "pdf", "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        yield SimpleNamespace(run=run, claude=claude, lab=lab)


def content(claude):
    return claude.requests[0].body["messages"][0]["content"]


def test_claude_sees_the_figures_between_the_text_and_the_prompt_and_the_note_says_which(world):
    done = world.run("--figures", "1")
    assert done.code == 3, done.err  # the reply is about another paper: its quotes are marked
    source, label, picture, prompt = content(world.claude)
    assert label["text"].startswith("Figure 1 of the source (page 3)") and "[p. 3]" in source["text"]
    assert picture["source"]["media_type"] == "image/png" and prompt["type"] == "text"
    assert max(size(base64.b64decode(picture["source"]["data"]))) <= 1568
    (path,) = [path for path in (world.lab.root / "papers").glob("*.md") if path.name != "README.md"]
    note = parse(path.read_text(encoding="utf-8"), PaperNote)
    assert "图：给模型看了从 PDF 里裁出的 Figure 1（p. 3）；图里读出的内容没有逐字核对。" in note.provenance


def test_without_the_flag_no_figure_is_sent_and_with_it_another_question_is_asked(world):
    world.run()
    assert [block["type"] for block in content(world.claude)] == ["text", "text"]
    asked = len(world.claude.requests)
    world.run("--force", "--figures", "2")
    assert [block["type"] for block in world.claude.requests[asked].body["messages"][0]["content"]].count("image") == 2


def test_the_pixels_are_counted_where_the_api_cannot_be_asked(world):
    document = pdf.read(SAMPLE)
    pictures = tuple(pdf.crop(SAMPLE, document, document.figures))
    plain = Question("paper", "x", "system", "template", "prompt", "source", PaperReply)
    with_figures = replace(plain, pictures=pictures)
    few, many = (engine.estimate(one, "claude-sonnet-5-5", {}, print).tokens_in for one in (plain, with_figures))
    pixels = sum(picture_tokens(one.width, one.height) for one in pictures)
    assert 1000 < pixels <= many - few <= pixels + 100  # the labels


def test_an_estimate_sends_the_figures_to_be_counted(world):
    done = world.run("--estimate", "--figures", "2")
    assert done.code == 0 and "counted by the API" in done.out
    (counted,) = world.claude.counts
    assert [block["type"] for block in counted.body["messages"][0]["content"]].count("image") == 2
    assert world.claude.requests == []


def test_the_draft_engine_looks_at_no_figure_and_says_so(world):
    done = world.run("--engine", "draft", "--figures", "2")
    assert done.code == 0 and "--figures is for Claude" in done.err


@pytest.mark.parametrize("number", ["0", "-1", "all", ""])
def test_a_number_of_figures_that_is_none_is_2(world, number):
    done = world.run(f"--figures={number}")
    assert done.code == 2 and "error: " in done.err and world.claude.requests == []


def test_a_paper_without_figures_is_told(world, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("A Title\n\nAn abstract of some words, about nothing.\n"))
    done = world.run("--figures", "1", "--estimate", of="-")
    assert done.code == 0 and "no figure was found in this paper" in done.err

"""A paper cut to a number of tokens: which sections go first, what always stays, and that the note says what was cut."""

import json
import re
from types import SimpleNamespace

import digest
import pytest
from fakes.arxiv_server import ArxivServer, Paper
from fakes.claude_server import ClaudeServer, good
from record import ID, REPLY

from agents import paper
from agents.errors import UsageError
from agents.model.prices import tokens
from agents.model.rendering import echo, render
from agents.model.shorten import shorten
from agents.note.markdown import parse
from agents.note.paper import PaperNote
from agents.source.appendix import appendix
from agents.source.document import Block, Document, Reference, Section, Source

BOX = (0.0, 0.0, 1.0, 1.0)
HEADINGS = [
    "1 Introduction",
    "2 Related Work",
    "3 Method",
    "4 Experiments",
    "5 Discussion",
    "Acknowledgements",
    "References",
    "A Proofs",
    "B More Tables",
]
BLIP2 = Paper(ID, title=digest.TITLE, authors=digest.AUTHORS, abstract=digest.ABSTRACT, version=3, pdf=digest.make())


@pytest.fixture
def source():
    """A paper of nine sections of about 100 tokens each, one reference among them."""
    blocks = [Block("heading", "A Title", 1, BOX), Block("text", "We propose it. " * 5, 1, BOX)]
    for page, heading in enumerate(HEADINGS, start=1):
        blocks.append(Block("heading", heading, page, BOX, 1))
        kind = "reference" if heading == "References" else "text"
        blocks.append(Block(kind, f"On {heading} we say what is needed. " * 10, page, BOX))
    sections = tuple(Section("", heading, 1, 1) for heading in HEADINGS)
    reference = Reference("1", blocks[-5].text, "", "", None, None, None, 0)
    facts = ("A Title", ("A.",), "We propose it.", tuple(blocks), sections, (), (), (), (reference,))
    document = Document(*facts, pages=9, appendix=appendix(sections))
    return Source("pdf", "A Title", ("A.",), document, "0")


def test_a_paper_that_fits_is_left_as_it_is(source):
    assert shorten(source, 10_000) == (source, ())


def test_sections_go_in_their_order_the_appendix_first(source):
    order, size = [], tokens(render(source))
    for _ in HEADINGS[:-1]:
        short, cut = shorten(source, size - 1)
        size = tokens(render(short))
        order += [heading for heading in cut if heading not in order]
    assert order[:6] == [
        "B More Tables",
        "A Proofs",
        "Acknowledgements",
        "References",
        "2 Related Work",
        "5 Discussion",
    ]
    assert "1 Introduction" not in order


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_what_is_left_fits_and_is_whole_and_the_rest_is_named(source, share):
    most = int(share * tokens(render(source)))
    short, cut = shorten(source, most)
    text = render(short)
    assert tokens(text) <= most
    for heading in HEADINGS:
        assert (f"On {heading} we" in text) is (heading not in cut)
    assert text.startswith("# A Title") and "We propose it." in text
    assert list(cut) == [heading for heading in HEADINGS if heading in cut]


def test_the_last_heading_that_is_echoed_is_one_that_was_sent(source):
    short, _ = shorten(source, tokens(render(source)) - 1)
    assert echo(short).last_heading == "A Proofs"


def test_references_that_were_cut_are_not_counted_on_others(source):
    short, cut = shorten(source, tokens(render(source)) // 2)
    assert "References" in cut and short.document.references == ()


def test_a_room_that_is_too_small_for_anything_is_told(source):
    with pytest.raises(UsageError, match="leaves 20 tokens for the paper") as caught:
        shorten(source, 20)
    assert re.fullmatch(r"raise it by \d+ or more", caught.value.hint)


@pytest.fixture
def world(lab, at_arxiv, monkeypatch, capsys):
    reply = json.loads(REPLY.read_text(encoding="utf-8"))
    reply["echo"]["last_heading"] = "6 Conclusion"
    with ArxivServer([BLIP2]) as arxiv, ClaudeServer([good(json.dumps(reply))], model="claude-sonnet-5-5") as claude:
        at_arxiv(arxiv)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)

        def run(*args):
            code = paper.main([ID, *args, "--lab", str(lab.root)])
            said = capsys.readouterr()
            return SimpleNamespace(code=code, out=said.out, err=said.err)

        yield SimpleNamespace(run=run, claude=claude, lab=lab)


def test_a_run_sends_no_more_than_it_may_and_the_note_says_what_was_left_out(world):
    refused = world.run("--max-input-tokens", "1")
    assert (refused.code, world.claude.requests) == (2, [])
    fewest = 1 + int(re.search(r"raise it by (\d+) or more", refused.err)[1])
    assert world.run("--max-input-tokens", str(fewest - 1)).code == 2
    done = world.run("--max-input-tokens", str(fewest))
    assert done.code == 0, done.err
    assert "left out for --max-input-tokens: 2 Related Work; " in done.err and "References" in done.err
    body = world.claude.requests[-1].body
    source, prompt = (block["text"] for block in body["messages"][0]["content"])
    assert "## References" not in source and "## 1 Introduction" in source
    assert tokens(source) + tokens(prompt) + tokens(body["system"][0]["text"]) <= fewest + 200  # the fence around it
    note = parse((world.lab.root / "papers/blip-2.md").read_text(encoding="utf-8"), PaperNote)
    assert any(line.startswith(f"截取：为了不超过 {fewest} 个输入 token") for line in note.provenance)
    assert note.checks["quotes"] == (6, 6)


@pytest.mark.parametrize("number", ["0", "-5", "many", "1.5", "", "9" * 30])
def test_a_number_that_is_none_is_2(world, number):
    done = world.run(f"--max-input-tokens={number}")
    assert done.code == 2
    assert "error: " in done.err and world.claude.requests == []

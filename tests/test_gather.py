"""From a request to a Source: the right paper, read once, with what arXiv says of it; or an error and nothing kept."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes.arxiv_server import TINY_PDF, Answer, ArxivServer, Paper

from agents.errors import DataError, MissingError, UnavailableError, UsageError
from agents.source import gather as gathering
from agents.source.document import Block, Document
from agents.source.gather import gather
from agents.source.ids import ArxivId, PaperRequest, classify

BLIP2 = Paper("2301.12597", title="BLIP-2: Bootstrapping Language-Image Pre-training", version=3)
TITLE = PaperRequest("title", title="blip-2 bootstrapping language-image pre-training")
PDFS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pdf"


def document(title=BLIP2.title, stamp="", text=""):
    blocks = (Block("text", text, 1, (0.0, 0.0, 1.0, 1.0)),) if text else ()
    return Document(title, ("J. Li",), "We propose.", blocks, (), (), (), (), (), pages=2, stamp=stamp)


@pytest.fixture
def server(at_arxiv):
    with ArxivServer([BLIP2, Paper("2304.00001", title="BLIP-2: a Second Look")]) as server:
        yield at_arxiv(server)


@pytest.fixture
def reads(monkeypatch):
    """What the PDF reader is to find; the reader itself has its own tests."""
    found = {"document": document()}
    monkeypatch.setattr(gathering.pdf, "read", lambda path: found["document"])
    return found


@pytest.fixture
def run(tmp_path):
    def run(request, text="", choose=lambda hits: None, **options):
        said = []
        return gather(
            request, tmp_path / "cache", stdin=io.StringIO(text), choose=choose, progress=said.append, **options
        )

    return run


def by_id(text="2301.12597"):
    return PaperRequest("id", id=ArxivId(text))


@pytest.fixture
def local(tmp_path):
    path = tmp_path / "my paper.pdf"
    path.write_bytes(TINY_PDF)
    return PaperRequest("pdf", path=path)


def test_an_id_becomes_a_source_with_the_facts_of_arxiv(server, reads, run):
    source = run(by_id())
    assert (source.read, source.arxiv, source.version) == ("pdf", "2301.12597", 3)
    assert (source.title, source.authors) == (BLIP2.title, BLIP2.authors)
    assert source.published == date(2023, 1, 30)
    assert source.sha256 == hashlib.sha256(TINY_PDF).hexdigest()
    assert source.document == reads["document"]
    assert source.warnings == ()
    assert server.paths() == ["/api/query", "/pdf/2301.12597v3"]


def test_the_second_time_arxiv_is_not_asked_at_all(server, reads, run):
    first = run(by_id())
    assert run(by_id()) == first
    assert len(server.requests) == 2


def test_fresh_asks_for_metadata_and_only_for_a_pdf_that_is_new(server, reads, run):
    run(by_id())
    run(by_id(), fresh=True)
    assert server.paths()[2:] == ["/api/query"]
    server.papers["2301.12597"] = replace(BLIP2, version=4)
    assert run(by_id(), fresh=True).version == 4
    assert server.paths()[3:] == ["/api/query", "/pdf/2301.12597v4"]


def test_a_withdrawn_paper_is_missing_before_any_download(server, reads, run):
    server.papers["2301.12597"] = replace(BLIP2, comment="This paper has been withdrawn by the authors", pdf=None)
    with pytest.raises(MissingError, match="withdrawn") as caught:
        run(by_id())
    assert "https://arxiv.org/abs/2301.12597" in caught.value.hint
    assert "try 2301.12597v2" in caught.value.hint
    assert server.paths() == ["/api/query"]


@pytest.mark.parametrize(
    "printed",
    [
        "BLIP-2:  Bootstrapping Language–Image Pre­training",
        "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language Models",
        "BLIP-2",
        "BLIP2: Bootstraping Language Image Pretraining",
        "",
    ],
)
def test_a_title_that_is_printed_a_little_otherwise_is_the_same(printed, server, reads, run):
    reads["document"] = document(title=printed)
    if printed == "BLIP-2":  # too short to tell; the rest of page 1 decides
        reads["document"] = document(title=printed, text="BLIP-2: Bootstrapping Language-Image Pre-training Junnan Li")
    assert run(by_id()).title == BLIP2.title


def test_another_paper_in_the_pdf_is_a_data_error(server, reads, run):
    reads["document"] = document(title="Playing Atari with Deep Reinforcement Learning", text="We present an agent.")
    with pytest.raises(DataError, match="Playing Atari"):
        run(by_id())


@pytest.mark.parametrize(
    ("stamp", "warned"), [("2301.12597v3", False), ("", False), ("2301.12597v2", True), ("1312.5602v1", True)]
)
def test_another_version_in_the_stamp_is_a_warning(stamp, warned, server, reads, run):
    reads["document"] = document(stamp=stamp)
    warnings = run(by_id()).warnings
    assert bool(warnings) is warned
    assert all(stamp in warning for warning in warnings)


def test_html_in_place_of_the_pdf_stops_before_it_is_read(server, run, monkeypatch):
    monkeypatch.setattr(gathering.pdf, "read", lambda path: pytest.fail("read"))
    server.always("/pdf", Answer.html("Access Denied"))
    with pytest.raises(UnavailableError, match="HTML"):
        run(by_id())


# A local PDF


def test_a_local_pdf_without_a_stamp_asks_nobody(server, reads, run, local):
    source = run(local)
    assert (source.arxiv, source.version, source.published) == ("", 0, None)
    assert (source.title, source.authors, source.file) == (BLIP2.title, ("J. Li",), "my paper.pdf")
    assert server.requests == []


def test_a_stamp_gives_the_id_and_arxiv_the_rest(server, reads, run, local):
    reads["document"] = document(stamp="2301.12597v2")
    source = run(local)
    assert (source.arxiv, source.version, source.published) == ("2301.12597", 2, date(2023, 1, 30))
    assert source.authors == BLIP2.authors
    assert source.file == "my paper.pdf"
    assert server.paths() == ["/api/query"]


@pytest.mark.parametrize(
    "answer", [Answer(503), Answer.html("no", 403), Answer(429, headers={"Retry-After": "99999"}), Answer.atom(b"")]
)
def test_arxiv_down_is_a_warning_for_a_local_pdf_after_one_request(answer, server, reads, run, local):
    reads["document"] = document(stamp="2301.12597v2")
    server.always("/api", answer)
    source = run(local)
    assert (source.arxiv, source.version, source.published) == ("2301.12597", 2, None)
    assert source.authors == ("J. Li",)
    assert len(source.warnings) == 1
    assert len(server.requests) == 1


def test_a_stamp_of_another_paper_is_a_warning_and_its_facts_are_left(server, reads, run, local):
    reads["document"] = document(title="Playing Atari with Deep Reinforcement Learning", stamp="2301.12597v2")
    source = run(local)
    assert source.title.startswith("Playing Atari")
    assert source.published is None
    assert len(source.warnings) == 1


@pytest.mark.parametrize("body", [b"", b"<html>Access Denied", TINY_PDF[:-20]])
def test_a_broken_local_file_is_a_data_error(body, server, run, local):
    local.path.write_bytes(body)
    with pytest.raises(DataError):
        run(local)
    assert server.requests == []


# A title


def test_a_title_that_a_paper_has_exactly_is_taken_unasked(server, reads, run):
    source = run(TITLE, choose=lambda hits: pytest.fail("asked"))
    assert source.arxiv == "2301.12597"
    assert server.paths() == ["/api/query", "/pdf/2301.12597v3"]


def test_otherwise_the_person_chooses(server, reads, run):
    offered = []
    reads["document"] = document(title="BLIP-2: a Second Look")
    source = run(PaperRequest("title", title="BLIP-2"), choose=lambda hits: offered.extend(hits) or hits[1])
    assert [hit.arxiv for hit in offered] == ["2301.12597", "2304.00001"]
    assert source.arxiv == "2304.00001"


def test_without_a_choice_the_nearest_hits_are_named(server, reads, run):
    with pytest.raises(MissingError) as caught:
        run(PaperRequest("title", title="BLIP-2"))
    assert "2301.12597" in caught.value.hint
    assert "2304.00001" in caught.value.hint
    assert server.paths() == ["/api/query"]


def test_a_title_without_hits_is_missing_and_nobody_is_asked(server, reads, run):
    with pytest.raises(MissingError):
        run(PaperRequest("title", title="Nothing Of The Kind"), choose=lambda hits: pytest.fail("asked"))


# Pasted text

STDIN = PaperRequest("stdin")


def test_a_pasted_title_and_abstract_are_a_source_of_their_own(server, run):
    source = run(STDIN, "\n\n  BLIP-2:  a Title \r\n\r\nThe cost of\npre-training.\n\nWe extend arXiv:2301.12597.\n")
    assert source.read == "abstract"
    assert source.title == "BLIP-2: a Title"
    assert source.document.abstract == "The cost of pre-training.\n\nWe extend arXiv:2301.12597."
    assert [(block.text, block.page) for block in source.document.blocks] == [
        ("The cost of pre-training.", 1),
        ("We extend arXiv:2301.12597.", 1),
    ]
    assert (source.arxiv, source.authors, source.file) == ("", (), "")
    assert server.requests == []


def test_the_same_text_has_the_same_hash_however_it_is_wrapped(run):
    assert run(STDIN, "A Title\nOne two\nthree.").sha256 == run(STDIN, "A  Title\n\nOne two three.\n").sha256
    assert run(STDIN, "A Title\nOne two three.").sha256 != run(STDIN, "A Title\nOne two four.").sha256


@pytest.mark.parametrize("text", ["", " \n\n ", "Only a Title", "Only a Title\n\n \n", "\u200b\nabstract"])
def test_title_and_abstract_are_both_needed(text, run):
    with pytest.raises(UsageError, match="title and abstract"):
        run(STDIN, text)


@pytest.mark.parametrize("text", ["Title\n" + "x" * 100_000, "Title\nbroken \udcff byte"])
def test_text_that_is_no_abstract_is_a_data_error(text, run):
    with pytest.raises(DataError):
        run(STDIN, text)


def test_bytes_that_are_no_text_are_a_data_error(tmp_path, run):
    with pytest.raises(DataError, match="UTF-8"):
        gather(
            STDIN,
            tmp_path,
            stdin=io.TextIOWrapper(io.BytesIO(b"T\n\xff\xfe"), "utf-8"),
            choose=lambda hits: None,
            progress=print,
        )


# The real thing


@pytest.mark.skipif(not PDFS.exists(), reason="the corpus is not here")
def test_a_real_paper_is_gathered_from_its_id_and_from_its_file(server, run):
    truth = json.loads((PDFS.parent / "truth.json").read_text(encoding="utf-8"))["1706.03762"]
    file = PDFS / "1706.03762-attention.pdf"
    server.papers["1706.03762"] = Paper("1706.03762", title=truth["title"], version=7, pdf=file.read_bytes())
    served = run(classify("https://arxiv.org/abs/1706.03762", title=False))
    assert (served.arxiv, served.version, served.warnings) == ("1706.03762", 7, ())
    local = run(classify(str(file), title=False))
    assert (local.arxiv, local.version, local.sha256) == ("1706.03762", 7, served.sha256)
    assert server.paths() == ["/api/query", "/pdf/1706.03762v7"]

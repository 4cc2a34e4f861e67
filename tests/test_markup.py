"""A paper's TeX and HTML from arXiv, and which of its sources is taken: every way in which they are not there."""

import io
import tarfile
import zlib
from dataclasses import replace

import pytest
from fakes.arxiv_server import TINY_PDF, Answer, ArxivServer, Paper
from markup import PDF, TEX, another_paper

from agents.errors import DataError, LabError, MissingError, TryAgainError, UnavailableError
from agents.source import choice
from agents.source.choice import choose_markup
from agents.source.document import Source
from agents.source.ids import ArxivId
from agents.source.markup import addresses, fetched

PAPER = ArxivId("2301.12597", 3)
HTML = b'<!DOCTYPE html><html><body><article class="ltx_document">A paper.</article></body></html>'


def archive(text=b"\\documentclass{article}\\begin{document}x\\end{document}"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        file = tarfile.TarInfo("main.tex")
        file.size = len(text)
        tar.addfile(file, io.BytesIO(text))
    return out.getvalue()


SRC = archive()


def bomb():
    """1.1 GB of nothing in 5 MB, never in memory as a whole."""
    packer, empty = zlib.compressobj(1, wbits=31), bytes(10**6)
    return b"".join([*(packer.compress(empty) for _ in range(1100)), packer.flush()])


@pytest.fixture
def server(at_arxiv):
    with ArxivServer([Paper(PAPER.id, version=3, src=SRC, html=HTML)]) as server:
        yield at_arxiv(server)


def silent(_):
    pass


def left(cache):
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())


def test_both_are_kept_by_id_and_version_and_asked_for_once(server, cache):
    for _ in range(2):
        assert fetched("tex", PAPER, cache, silent) == SRC
        assert fetched("html", PAPER, cache, silent) == HTML
    assert server.paths() == ["/src/2301.12597v3", "/html/2301.12597v3"]
    assert {"src/2301.12597v3.src", "html/2301.12597v3.html"} <= set(left(cache))


def test_another_version_is_another_file(server, cache):
    fetched("tex", PAPER, cache, silent)
    fetched("tex", replace(PAPER, version=2), cache, silent)
    assert server.paths() == ["/src/2301.12597v3", "/src/2301.12597v2"]


@pytest.mark.parametrize("kind", ["tex", "html"])
def test_that_there_is_none_is_kept_too_and_asked_again_only_when_fresh(kind, server, cache):
    server.papers[PAPER.id] = Paper(PAPER.id, version=3)
    assert fetched(kind, PAPER, cache, silent) is None
    assert fetched(kind, PAPER, cache, silent) is None
    assert len(server.requests) == 1
    server.papers[PAPER.id] = Paper(PAPER.id, version=3, src=SRC, html=HTML)
    assert fetched(kind, PAPER, cache, silent, fresh=True)
    assert len(server.requests) == 2


@pytest.mark.parametrize("source", [TINY_PDF, b"%!PS-Adobe-2.0\n"], ids=["pdf", "postscript"])
def test_a_source_that_is_no_markup_counts_as_none(source, server, cache):
    server.papers[PAPER.id] = Paper(PAPER.id, version=3, src=source)
    assert fetched("tex", PAPER, cache, silent) is None
    assert left(cache) == ["src/2301.12597v3.none"]


FAULTS = {  # what arXiv answers for ever -> the error, a word of its message, the number of requests
    "html for a source": ("tex", Answer.html("reCAPTCHA"), UnavailableError, "something else", 1),
    "text for a source": ("tex", Answer(body=b"Rate exceeded."), UnavailableError, "something else", 1),
    "a page without a paper": ("html", Answer.html("reCAPTCHA"), UnavailableError, "something else", 1),
    "cut": ("tex", Answer(body=SRC, cut=60), UnavailableError, "incomplete", 4),
    "cut, no length": ("tex", Answer(body=SRC, cut=60, length=False), DataError, "cut off", 1),
    "cut html, no length": ("html", Answer(body=HTML, cut=70, length=False), DataError, "cut off", 1),
    "damaged": ("tex", Answer(body=SRC[:30] + bytes(30) + SRC[60:]), DataError, "damaged", 1),
    "a bomb": ("tex", Answer(body=bomb()), DataError, "unpacks to more than 1000 MB", 1),
    "empty": ("tex", Answer(body=b""), DataError, "empty", 1),
    "large": ("html", Answer(body=HTML, headers={"Content-Length": str(2**30)}), DataError, "larger than 30 MB", 1),
    "403": ("tex", Answer.html("no", 403), UnavailableError, "refuses", 1),
    "503": ("html", Answer.html("busy", 503), UnavailableError, "unavailable after 4", 4),
    "429 for long": ("tex", Answer(429, headers={"Retry-After": "86400"}), TryAgainError, "busy", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_its_error_its_number_of_requests_and_leaves_nothing(fault, server, cache):
    kind, answer, error, word, requests = FAULTS[fault]
    server.always("/", answer)
    with pytest.raises(LabError, match=word) as caught:
        fetched(kind, PAPER, cache, silent)
    assert type(caught.value) is error
    assert caught.value.hint
    assert len(server.requests) == requests
    assert [name for name in left(cache) if not name.startswith("arxiv.")] == []


def test_a_kept_file_that_was_damaged_since_is_fetched_again(server, cache):
    fetched("tex", PAPER, cache, silent)
    (cache / "src/2301.12597v3.src").write_bytes(SRC[:50])
    assert fetched("tex", PAPER, cache, silent) == SRC


def test_ar5iv_is_asked_after_arxiv_and_never_where_a_mirror_is_set(monkeypatch):
    assert addresses("html", PAPER) == [
        "https://arxiv.org/html/2301.12597v3",
        "https://ar5iv.labs.arxiv.org/html/2301.12597",
    ]
    assert addresses("tex", PAPER) == ["https://arxiv.org/src/2301.12597v3"]
    monkeypatch.setenv("LAB_ARXIV_URL", "http://127.0.0.1:9")
    assert addresses("html", PAPER) == ["http://127.0.0.1:9/html/2301.12597v3"]


class TestTheChoice:
    SOURCE = Source("pdf", PDF.title, PDF.authors, PDF, "0" * 64, arxiv=PAPER.id, version=3)

    @pytest.fixture
    def choose(self, server, cache, monkeypatch):
        """`choose(want)` with readers that give what a test says, by hand."""
        self.tex, self.html = TEX, replace(TEX, kind="html")

        def reader(name):
            def read(_):
                found = getattr(self, name)
                if isinstance(found, Exception):
                    raise found
                return found

            return read

        monkeypatch.setattr(choice, "READERS", {"tex": reader("tex"), "html": reader("html")})
        return lambda want="auto", source=self.SOURCE, **more: choose_markup(source, want, cache, silent, **more)

    def test_auto_takes_the_tex_and_does_not_ask_for_the_html(self, choose, server):
        source = choose()
        assert (source.read, source.origins["formulas"], source.warnings) == ("pdf+tex", "tex", ())
        assert source.document.equations[0].tex
        assert server.paths() == ["/src/2301.12597v3"]

    def test_without_tex_the_html_is_taken(self, choose, server):
        server.papers[PAPER.id] = Paper(PAPER.id, version=3, html=HTML)
        source = choose()
        assert (source.read, source.origins["tables"], source.warnings) == ("pdf+html", "html", ())

    def test_without_either_it_is_the_pdf_and_the_origins_say_what_was_missing(self, choose, server):
        server.papers[PAPER.id] = Paper(PAPER.id, version=3)
        source = choose()
        assert (source.read, source.document, source.warnings) == ("pdf", PDF, ())
        assert source.origins == {"formulas": "pdf", "tables": "pdf", "references": "pdf", "missing": "TeX, HTML"}

    def test_tex_that_cannot_be_read_is_a_warning_and_the_html_is_taken(self, choose):
        self.tex = DataError("no file of the paper's source is a LaTeX document", "x")
        source = choose()
        assert source.read == "pdf+html"
        assert "the TeX was not used: no file of the paper's source" in source.warnings[0]

    @pytest.mark.parametrize("fault", [ValueError("zip"), KeyError("x"), RecursionError("deep")])
    def test_a_bug_of_a_reader_costs_its_markup_and_not_the_run(self, fault, choose):
        self.tex = fault
        source = choose()
        assert source.read == "pdf+html"
        assert f"our reader failed on the TeX ({type(fault).__name__}" in source.warnings[0]

    def test_markup_of_another_paper_is_refused_and_the_pdf_stays(self, choose):
        self.tex, self.html = another_paper(), replace(another_paper(), kind="html")
        source = choose()
        assert (source.read, source.document) == ("pdf", PDF)
        assert ["of another paper" in warning for warning in source.warnings] == [True, True]

    def test_where_arxiv_does_not_answer_it_is_not_asked_for_more(self, choose, server):
        server.always("/src", Answer.html("no", 403))
        source = choose()
        assert source.read == "pdf" and "refuses this client" in source.warnings[0]
        assert server.paths() == ["/src/2301.12597v3"]

    def test_pdf_alone_asks_nobody(self, choose, server):
        assert choose("pdf") == self.SOURCE
        assert server.requests == []

    @pytest.mark.parametrize("want", ["tex", "html"])
    def test_what_is_asked_for_by_name_is_taken_alone_or_missing(self, want, choose, server):
        assert choose(want).read == f"pdf+{want}"
        server.papers[PAPER.id] = Paper(PAPER.id, version=3)
        with pytest.raises(MissingError, match="arXiv has no"):
            choose(want, replace(self.SOURCE, version=2))

    def test_what_is_asked_for_by_name_fails_as_it_fails(self, choose):
        self.tex = another_paper()
        with pytest.raises(DataError, match="of another paper"):
            choose("tex")

    def test_a_paper_that_arxiv_does_not_know_has_none(self, choose, server):
        stranger = replace(self.SOURCE, arxiv="", version=0, file="mine.pdf")
        assert choose("auto", stranger) == stranger
        with pytest.raises(MissingError, match=r"mine\.pdf"):
            choose("tex", stranger)
        with pytest.raises(MissingError, match="pasted abstract"):
            choose("tex", replace(stranger, read="abstract"))
        assert server.requests == []

"""Every form that a person pastes names the same paper; everything else is refused before anything is touched."""

from pathlib import Path

import pytest

from agents.errors import MissingError, UsageError
from agents.source.ids import ArxivId, classify, find_in, parse

BLIP2 = ArxivId("2301.12597")
BLIP2_V3 = ArxivId("2301.12597", 3)
OLD = ArxivId("hep-th/9901001", 2)

FORMS = {
    "2301.12597": BLIP2,
    "2301.12597v3": BLIP2_V3,
    "  2301.12597v3\n": BLIP2_V3,
    "2301.12597V3": BLIP2_V3,
    "2301.12597/": BLIP2,
    "arXiv:2301.12597": BLIP2,
    "arxiv: 2301.12597v3": BLIP2_V3,
    "ARXIV:2301.12597": BLIP2,
    "arXiv 2301.12597": BLIP2,
    "arXiv：2301.12597v3": BLIP2_V3,
    "arXiv： 2301.12597v3": BLIP2_V3,
    "arXiv﹕2301.12597": BLIP2,
    "arXiv:2301.12597v3 [cs.CV] 15 Jun 2023": BLIP2_V3,
    "arXiv:2301.12597v3  [cs.CV]  15 Jun 2023": BLIP2_V3,
    "arXiv:2301.12597v3\u00a0[cs.CV]\u00a015\u00a0Jun\u00a02023": BLIP2_V3,
    "arXiv:1904.01234v2 [physics.atom-ph] 3 Apr 2019": ArxivId("1904.01234", 2),
    "arXiv:quant-ph/9802040v1 13 Feb 1998": ArxivId("quant-ph/9802040", 1),
    "0704.0001": ArxivId("0704.0001"),
    "1412.9999v12": ArxivId("1412.9999", 12),
    "1501.00001": ArxivId("1501.00001"),
    "hep-th/9901001v2": OLD,
    "HEP-TH/9901001v2": OLD,
    "arXiv:hep-th/9901001v2": OLD,
    "math.GT/0309136": ArxivId("math/0309136"),
    "math/0309136": ArxivId("math/0309136"),
    "cs/0112017": ArxivId("cs/0112017"),
    "cond-mat.str-el/9901001": ArxivId("cond-mat/9901001"),
    "https://arxiv.org/abs/2301.12597": BLIP2,
    "http://arxiv.org/abs/2301.12597v3": BLIP2_V3,
    "HTTPS://ArXiv.org/abs/2301.12597": BLIP2,
    "arxiv.org/abs/2301.12597": BLIP2,
    "www.arxiv.org/pdf/2301.12597v3": BLIP2_V3,
    "https://www.arxiv.org/abs/2301.12597/": BLIP2,
    "https://export.arxiv.org/abs/2301.12597": BLIP2,
    "https://browse.arxiv.org/pdf/2301.12597v3": BLIP2_V3,
    "https://de.arxiv.org/abs/2301.12597": BLIP2,
    "http://cn.arxiv.org/pdf/2301.12597.pdf": BLIP2,
    "https://lanl.arxiv.org/abs/hep-th/9901001v2": OLD,
    "https://arxiv.org/pdf/2301.12597.pdf": BLIP2,
    "https://arxiv.org/pdf/2301.12597v3.pdf": BLIP2_V3,
    "https://arxiv.org/pdf/hep-th/9901001v2.pdf": OLD,
    "https://arxiv.org/abs/hep-th%2F9901001v2": OLD,
    "https://arxiv.org/abs/math.GT/0309136": ArxivId("math/0309136"),
    "https://arxiv.org//abs//2301.12597": BLIP2,
    "https://arxiv.org/html/2301.12597v3": BLIP2_V3,
    "https://arxiv.org/html/2301.12597v3/": BLIP2_V3,
    "https://arxiv.org/html/2301.12597v3#S3.F2": BLIP2_V3,
    "https://arxiv.org/src/2301.12597": BLIP2,
    "https://arxiv.org/e-print/2301.12597v3": BLIP2_V3,
    "https://arxiv.org/ps/hep-th/9901001v2.ps.gz": OLD,
    "https://arxiv.org/format/2301.12597": BLIP2,
    "https://arxiv.org/tb/2301.12597": BLIP2,
    "https://arxiv.org/abs/2301.12597?context=cs": BLIP2,
    "https://arxiv.org/abs/2301.12597v3?utm_source=chatgpt.com#top": BLIP2_V3,
    "https://ar5iv.labs.arxiv.org/html/2301.12597": BLIP2,
    "https://ar5iv.org/abs/2301.12597": BLIP2,
    "https://www.alphaxiv.org/abs/2301.12597v3": BLIP2_V3,
    "https://alphaxiv.org/overview/2301.12597": BLIP2,
    "https://www.alphaxiv.org/pdf/2301.12597": BLIP2,
    "https://huggingface.co/papers/2301.12597": BLIP2,
    "https://scirate.com/arxiv/2301.12597": BLIP2,
    "https://api.semanticscholar.org/arXiv:2301.12597": BLIP2,
    "https://www.semanticscholar.org/arXiv:2301.12597": BLIP2,
    "https://www.arxiv-vanity.com/papers/2301.12597/": BLIP2,
    "https://papers.cool/arxiv/2301.12597": BLIP2,
    "10.48550/arXiv.2301.12597": BLIP2,
    "doi:10.48550/arxiv.2301.12597": BLIP2,
    "10.48550/arXiv.hep-th/9901001v2": OLD,
    "https://doi.org/10.48550/arXiv.2301.12597": BLIP2,
    "https://dx.doi.org/10.48550/ARXIV.2301.12597": BLIP2,
    "doi.org/10.48550/arXiv.hep-th/9901001": ArxivId("hep-th/9901001"),
    "https://doi.org/10.48550%2FarXiv.2301.12597": BLIP2,
    "2301.12597.pdf": BLIP2,
    "2301.12597v3.pdf": BLIP2_V3,
    "2301.12597v3 (1).pdf": BLIP2_V3,
    "2301.12597v3(12).pdf": BLIP2_V3,
    "arXiv-2301.12597v3.tar.gz": BLIP2_V3,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_pasted_form_names_the_paper(form):
    assert parse(form) == FORMS[form]


def test_the_forms_are_also_understood_as_an_argument_even_those_with_spaces(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for form, paper in FORMS.items():
        request = classify(form, title=False)
        assert (request.kind, request.id) == ("id", paper), form


NO_IDS = [
    "",
    "   ",
    "abc",
    "2301.1",
    "2304.1",
    "2301.1259",  # five digits since 2015
    "1412.99999",  # four before
    "2300.12597",
    "2313.00001",
    "https://arxiv.org/abs/2313.00001",
    "0000.0000",
    "0703.0001",  # the old form was still in use
    "hep-th/9913001",
    "hep-th/0801001",  # the new form was in use
    "papers/2301125",
    "2301.12597v0",
    "2301.12597v",
    "2301.12597x",
    "２３０１.１２５９７",
    "2301．12597",
    "../../etc/passwd",
    "2301.12597/../../x",
    "https://arxiv.org/abs/../../etc/passwd",
    "https://arxiv.org/abs/%2e%2e/2301.12597",
    "https://arxiv.org/abs/2301.12597/../../x",
    "https://arxiv.org/abs/2301.12597%00",
    "2301.12597\0",
    "2301.12597\x1b[31m",
    "2301.12597\u202e",
    "https://evil.org/abs/2301.12597",
    "https://arxiv.org.evil.org/abs/2301.12597",
    "https://evil.org/arxiv.org/abs/2301.12597",
    "https://arxiv.org@evil.org/abs/2301.12597",
    "https://user:secret@arxiv.org/abs/2301.12597",
    "https://evilarxiv.org/abs/2301.12597",
    "file:///abs/2301.12597",
    "ftp://arxiv.org/abs/2301.12597",
    "https://[::1/abs/2301.12597",
    "https://arxiv.org/list/cs.CV/recent",
    "https://arxiv.org",
    "https://doi.org/10.1145/2301.12597",
    "10.1145/2301.12597",
    "1.2.3",
    "$1999.9900",
    "2" * 10_000,
    "2301.12597 " * 1000,
]


@pytest.mark.parametrize("text", NO_IDS, ids=lambda text: repr(text[:40]))
def test_what_is_no_id_is_a_usage_error_that_shows_a_valid_one(text):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert "2301.12597" in caught.value.hint
    assert len(caught.value.what) < 150
    assert caught.value.what.isprintable()


def test_an_id_prints_with_its_version_if_it_has_one():
    assert (str(BLIP2), str(OLD)) == ("2301.12597", "hep-th/9901001v2")


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("arXiv:2301.12597v3  [cs.CV]  15 Jun 2023", BLIP2_V3),
        ("Li_2023_2301.12597v3_annotated.pdf", BLIP2_V3),
        ("1706.03762-attention.pdf", ArxivId("1706.03762")),
        ("arXiv:math.GT/0309136v2 8 Sep 2003", ArxivId("math/0309136", 2)),
        ("version 12.2301.12597 of it", None),
        ("Table 2313.00001", None),
        ("", None),
    ],
)
def test_an_id_is_found_in_a_stamp_or_a_file_name(text, paper):
    assert find_in(text) == paper


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "my paper.pdf").write_bytes(b"%PDF-")
    (tmp_path / "2301.12597.pdf").write_bytes(b"%PDF-")
    (tmp_path / "scan").write_bytes(b"%PDF-")
    (tmp_path / "folder.pdf").mkdir()
    return tmp_path


@pytest.mark.parametrize("argument", ["my paper.pdf", "./my paper.pdf", "~/my paper.pdf", "2301.12597.pdf", "./scan"])
def test_a_file_that_is_there_is_a_pdf_whatever_its_name(folder, argument):
    request = classify(argument, title=False)
    assert request.kind == "pdf"
    assert request.path == folder / Path(argument).name or request.path == Path(argument)


@pytest.mark.parametrize(
    "argument",
    [
        "nothere.pdf",
        "papers/NOTHERE.PDF",
        "./2301.12597.pdf.pdf",
        "/no/such.pdf",
        "a b.pdf",
        "x" * 10_000 + ".pdf",
        "a\0.pdf",
    ],
)
def test_a_pdf_that_is_not_there_is_missing(folder, argument):
    with pytest.raises(MissingError, match="there is no file"):
        classify(argument, title=False)


@pytest.mark.parametrize(
    "argument",
    [
        "/etc",
        "./nothere",
        "../x y z",
        "~/nothere",
        "~nobody-here/x",
        "folder.pdf",
        "word",
        "-v2301",
        "/no\0",
        "~/" + "x" * 10_000,
    ],
)
def test_other_paths_and_single_words_are_usage_errors(folder, argument):
    with pytest.raises(UsageError):
        classify(argument, title=False)


def test_the_name_of_a_download_that_is_elsewhere_gives_its_id(folder):
    assert classify("2310.06825v1 (1).pdf", title=False).id == ArxivId("2310.06825", 1)


def test_a_dash_is_stdin_and_words_are_a_title():
    assert classify("-", title=False).kind == "stdin"
    assert classify(" Attention Is  All You Need ", title=False).title == "Attention Is All You Need"
    assert classify("视觉 语言 模型", title=False).kind == "title"
    assert classify("Mistral", title=True).title == "Mistral"
    assert classify("2301.12597", title=True).kind == "title"


@pytest.mark.parametrize("title", ["", "  ", "?!", "a\0b", "word " * 2000])
def test_an_odd_title_is_a_usage_error(title):
    with pytest.raises(UsageError):
        classify(title, title=True)


def test_a_foreign_link_is_never_taken_for_a_title():
    with pytest.raises(UsageError):
        classify("https://evil.org/abs/2301.12597 the paper", title=False)

"""Pages that are no source: broken conversions, other pages, too large or too deep ones. Each a sentence, never a crash."""

import contextlib
import time
import tracemalloc

import latexml_pages as made
import pytest

from agents.errors import DataError
from agents.source import html

BANNER = "Conversion to HTML had a Fatal error and exited abruptly. This document may be truncated or damaged."
AR5IV = f'<div class="ltx_document"><div class="ltx_para"><div class="ltx_p"><span class="ltx_ERROR">\n{BANNER}\n</span></div></div></div>'
SEVERITY = '<div class="ar5iv-footer"><a href="/log/2607.00001" class="ar5iv-text-button ar5iv-severity-{}">Conversion<br>report</a></div>'
BODY = made.section("1", "Introduction", made.para("Words of the paper."))


def refused(data):
    with pytest.raises(DataError) as caught:
        html.read(data)
    assert caught.value.code == 65 and "--source pdf" in caught.value.hint
    assert "\n" not in caught.value.what and len(caught.value.what) < 120
    return caught.value.what


@pytest.mark.parametrize(
    "data",
    [
        made.page(BODY + AR5IV),
        made.page(BODY, around=AR5IV),
        made.page(BODY, around=SEVERITY.format("fatal")),
        made.page(f'{BODY}<p class="ltx_p">{BANNER}</p>'),
        made.page(f'{BODY}<p><span class="ltx_FATAL">Fatal:timeout:timedout the conversion timed out</span></p>'),
        made.page(f"{BODY}<p>LaTeXML stopped with a fatal error</p>"),
    ],
)
def test_a_conversion_that_broke_off_is_refused(data):
    assert refused(data) == "the HTML is damaged: its conversion from TeX had a fatal error"


def test_a_paper_that_cites_the_banner_is_read():
    found = html.read(
        made.page(made.para(f"ar5iv then says “{BANNER}”, and we stop."), around=SEVERITY.format("error"))
    )
    assert BANNER in found.blocks[-1].text


def test_a_page_of_next_to_nothing_is_refused():
    assert refused(made.page("", filler="")) == "the HTML holds next to no text: its conversion broke off"
    assert "next to no text" in refused(b'<html><body><article class="ltx_document"></article></body></html>')


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "the HTML is empty"),
        (b"   \n", "the HTML is empty"),
        (b"<html><body><h1>No HTML for '2401.00001'</h1><p>HTML is not available for the source.</p></body></html>", "arXiv has no HTML of this paper"),
        (b"<html><body><h1>Rate exceeded.</h1></body></html>", "the HTML is no paper: nothing in it was made by LaTeXML"),
        (b"%PDF-1.5\n%\xd0\xd4\xc5\xd8\n1 0 obj", "the HTML is no paper: nothing in it was made by LaTeXML"),
        (b"\x1f\x8b\x08\x00" + bytes(range(256)), "the HTML is no paper: nothing in it was made by LaTeXML"),
        (b'{"error": 500}', "the HTML is no paper: nothing in it was made by LaTeXML"),
        (b"<!-- only a comment -->", None),
        (b"\x00" * 100, None),
    ],
)  # fmt: skip
def test_what_is_no_page_of_a_paper_is_refused(data, what):
    said = refused(data)
    assert what is None or said == what


@pytest.mark.parametrize("tag", ["div", "b", "span", "section", "ul", "table", "math", "figure"])
def test_a_page_nested_100000_deep_is_refused(tag):
    assert refused(made.page(f"<{tag}>" * 100_000 + "x" + f"</{tag}>" * 100_000)) == "the HTML is nested too deep"


def test_nesting_that_no_paper_has_is_refused_and_what_papers_have_is_read():
    deep = "<div>" * 150 + "<p>At the bottom.</p>" + "</div>" * 150
    assert html.read(made.page(deep)).blocks[-1].text == "At the bottom."
    assert refused(made.page("<div>" * 400 + "x")) == "the HTML is nested too deep"


def test_50_mb_are_refused_before_they_are_parsed():
    data = b"<p>" + b"x" * 50_000_000
    start = time.perf_counter()
    assert refused(data) == "the HTML has 50 MB, more than the 32 MB we read"
    assert time.perf_counter() - start < 0.5


def test_a_page_of_millions_of_tags_is_refused_before_it_is_parsed():
    data = made.page("<p>a</p>" * 600_000)
    start = time.process_time()
    assert refused(data) == "the HTML has more than the 1,000,000 tags we read"
    assert time.process_time() - start < 0.5


def test_what_could_not_be_converted_is_told_and_left_out():
    error = '<span class="ltx_ERROR undefined">\\{}</span>'
    body = made.para("A " + "".join(error.format(name) for name in ("foo", "bar", "foo", "baz", "qux")) + "sentence.")
    found = html.read(made.page(body))
    assert found.warnings == ("the HTML lacks 5 places that could not be converted from TeX: \\foo, \\bar, \\baz …",)
    assert found.blocks[-1].text == "A sentence."
    one = html.read(made.page(made.para(error.format("foo"))))
    assert one.warnings == ("the HTML lacks one place that could not be converted from TeX: \\foo",)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
def test_letters_survive_whatever_the_page_is_written_in(encoding):
    page = made.page(made.para("Gödel’s naïve café" if encoding != "latin-1" else "Gödel naïve café")).decode()
    data = page.replace('charset="utf-8"', f'charset="{encoding}"').encode(encoding)
    assert "Gödel" in html.read(data).blocks[-1].text and "naïve café" in html.read(data).blocks[-1].text


def test_control_characters_and_bad_references_are_harmless():
    found = html.read(
        made.page(
            made.para("a&#1;b\x02c&#xD800;d&#99999999;e <br>\x0cnext <sup>\x01</sup>") + made.para(made.math("x&#2;y"))
        )
    )
    assert found.blocks[-2].text.startswith("a") and found.blocks[-1].kind == "text"


MANY = {
    "paragraphs": lambda n: made.para("Some words.") * n,
    "hidden": lambda n: '<p>seen <span style="display:none">not seen by them</span></p>' * n,
    "comments": lambda n: "<p>" + "a <!-- a comment of several words --> b " * n + "</p>",
    "notes": lambda n: "<p>" + 'a <span class="ltx_note ltx_role_footnote">note</span> ' * n + "</p>",
    "equations": lambda n: made.equation("a=b", "1") * n,
    "lines": lambda n: made.align(made.row("a", "=b") * n),
    "rows": lambda n: made.table("T.", "<tr><td>a</td><td>1</td></tr>" * n),
    "cells": lambda n: made.table("T.", "<tr>" + "<td>a</td>" * n + "</tr>"),
    "spans": lambda n: made.table("T.", '<tr><td rowspan="900">a</td><td colspan="900">b</td></tr>' * n),
    "floats": lambda n: '<figure class="ltx_figure">' + '<figure class="ltx_figure"><figcaption>Figure 1: x</figcaption></figure>' * n + "</figure>",
    "links": lambda n: "<p>" + made.cite(1, 2) * n + "</p>" + made.bibliography(*[("[1]", "A. Doe. A title. 2020.")] * n),
    "run-ins": lambda n: '<h5 class="ltx_title ltx_title_paragraph">Title.</h5>' * n,
    "text": lambda n: "<p>" + "word. Word $ ( " * n + "</p>" + made.equation("a", "1"),
    "phantoms": lambda n: made.para(made.math(r"\phantom{" * n)),
    "braces": lambda n: made.para(made.math(r"\color[rgb]{1,1,1}{" * n)),
    "tags": lambda n: "<p>" + "a\U000e0041" * n + "</p>",
    "styles": lambda n: f'<p style="{"color:red;" * n}">x</p>',
    "reference": lambda n: made.bibliography(("[1]", "A. Doe, " * n + "A title. 2020.")),
}  # fmt: skip


def spent(data):
    start = time.process_time()
    with contextlib.suppress(DataError):
        html.read(data)
    return time.process_time() - start


@pytest.mark.parametrize("kind", MANY)
def test_time_grows_with_the_page_and_not_faster(kind):
    small, large = made.page(MANY[kind](1000)), made.page(MANY[kind](8000))
    once = min(spent(small) for _ in range(3))
    assert spent(large) < 0.25 + 20 * once, f"{once:.3f} s for an eighth"


def test_memory_of_a_large_page_is_bounded():
    data = made.page(made.para("Some words of a paper.") * 4_000)
    tracemalloc.start()
    html.read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * len(data)

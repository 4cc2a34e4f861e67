"""What arXiv says of a paper: over a loopback server in its wire format, and over its own recorded replies."""

import json
import os
import time
from datetime import date
from pathlib import Path

import pytest
from fakes.arxiv_server import Answer, ArxivServer, Paper, entry, feed

from agents.errors import BrokenPromise, MissingError, TryAgainError, UnavailableError
from agents.source import arxiv
from agents.source.ids import ArxivId

BLIP2 = Paper(
    "2301.12597",
    title="BLIP-2: Bootstrapping\n  Language-Image  Pre-training",
    authors=("Junnan Li", "Dongxu Li"),
    version=3,
    abstract="  We propose\nBLIP-2.",
)
GONE = Paper("1802.09703", version=2, comment="This paper has been withdrawn by the author due to an error", pdf=None)
RECORDED = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "arxiv-api-fixtures"


@pytest.fixture
def server(at_arxiv):
    papers = [BLIP2, GONE, Paper("hep-th/9901001", version=2), Paper("2304.00001", title="BLIP-2: a Second Look")]
    with ArxivServer(papers) as server:
        yield at_arxiv(server)


def silent(_):
    pass


def ask(text, cache, version=0, **options):
    return arxiv.metadata(ArxivId(text, version), cache, silent, **options)


def test_metadata_is_one_clean_line_each(server, cache):
    facts = ask("2301.12597", cache)
    assert (facts.arxiv, facts.version) == ("2301.12597", 3)
    assert facts.title == "BLIP-2: Bootstrapping Language-Image Pre-training"
    assert facts.abstract == "We propose BLIP-2."
    assert facts.authors == ("Junnan Li", "Dongxu Li")
    assert facts.published == date(2023, 1, 30)
    assert facts.categories == ("cs.CV",)
    assert facts.has_pdf


def test_the_version_asked_for_is_the_one_that_comes(server, cache):
    assert ask("2301.12597", cache, version=1).version == 1
    assert ask("hep-th/9901001", cache).version == 2
    assert [request.query["id_list"] for request in server.requests] == ["2301.12597v1", "hep-th/9901001"]


def test_what_was_answered_is_not_asked_again_within_a_day(server, cache):
    first = ask("2301.12597", cache)
    assert ask("2301.12597", cache) == first
    assert ask("2301.12597", cache, version=3) == first
    assert len(server.requests) == 1


def test_the_latest_version_is_asked_for_again_after_a_day_and_a_fixed_one_never(server, cache):
    ask("2301.12597", cache)
    for file in cache.rglob("*.json"):
        os.utime(file, (time.time() - 90_000, time.time() - 90_000))
    ask("2301.12597", cache, version=3)
    assert len(server.requests) == 1
    ask("2301.12597", cache)
    assert len(server.requests) == 2


def test_fresh_asks_again(server, cache):
    ask("2301.12597", cache)
    ask("2301.12597", cache, fresh=True)
    assert len(server.requests) == 2


def test_a_kept_answer_that_cannot_be_read_is_asked_for_again(server, cache):
    facts = ask("2301.12597", cache)
    for file in cache.rglob("*.json"):
        file.write_text('[{"arxiv": 3')
    assert ask("2301.12597", cache) == facts


@pytest.mark.parametrize(("text", "version"), [("2301.99999", 0), ("2301.12597", 9)])
def test_a_paper_or_version_that_is_not_there_is_missing(text, version, server, cache):
    with pytest.raises(MissingError, match="arXiv does not know 2301"):
        ask(text, cache, version)
    assert len(server.requests) == 1
    assert not list(cache.rglob("*.json"))


def test_an_error_entry_is_missing_with_status_400_and_with_200(server, cache):
    with pytest.raises(MissingError):
        ask("abc", cache)
    server.next("/api/query", Answer.atom(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", 404))
    with pytest.raises(MissingError):
        ask("2301.12597", cache)
    body = server.answer(server.requests[0]).body
    assert b"api/errors" in body
    server.next("/api/query", Answer.atom(body))
    with pytest.raises(MissingError):
        ask("2301.12597", cache)


def test_an_answer_for_another_paper_is_never_taken(server, cache):
    server.next("/api/query", Answer.atom(feed([entry(GONE, 2)], {})))
    with pytest.raises(BrokenPromise, match=r"asked 2301\.12597, got 1802\.09703v2"):
        ask("2301.12597", cache)
    server.next("/api/query", Answer.atom(feed([entry(BLIP2, 3)], {})))
    with pytest.raises(BrokenPromise, match=r"asked 2301\.12597v1, got 2301\.12597v3"):
        ask("2301.12597", cache, version=1)


def test_the_right_entry_is_found_wherever_it_stands(server, cache):
    server.next("/api/query", Answer.atom(feed([entry(GONE, 2), entry(BLIP2, 3)], {})))
    assert ask("2301.12597", cache).arxiv == "2301.12597"


FAULTS = {
    "403": (Answer.html("Access denied", 403), UnavailableError, "refuses", 1),
    "503": (Answer.html("busy", 503), UnavailableError, "after 4 attempts", 4),
    "429": (Answer(429, b"Rate exceeded.", {"Retry-After": "86400"}), TryAgainError, "busy", 1),
    "401": (Answer.html("who?", 401), UnavailableError, "401", 1),
    "blank": (Answer.atom(b""), UnavailableError, "no feed", 4),
    "html": (Answer.html("reCAPTCHA"), UnavailableError, "no feed", 4),
    "cut": (Answer(body=feed([entry(BLIP2, 3)], {}), cut=300), UnavailableError, "incomplete", 4),
    "bad date": (Answer.atom(feed([entry(BLIP2, 3).replace("2023-01-30T", "soon")], {})), UnavailableError, "date", 4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_its_error_and_its_number_of_requests(fault, server, cache):
    answer, error, word, requests = FAULTS[fault]
    server.always("/api/query", answer)
    with pytest.raises(error, match=word):
        ask("2301.12597", cache)
    assert len(server.requests) == requests
    assert not list(cache.rglob("*.json"))


def test_one_attempt_is_one(server, cache):
    server.always("/api/query", Answer(503))
    with pytest.raises(UnavailableError, match="after 1 attempt:"):
        ask("2301.12597", cache, attempts=1)
    assert len(server.requests) == 1


def test_a_busy_server_is_waited_out(server, cache):
    server.next("/api/query", Answer(503), Answer(500))
    assert ask("2301.12597", cache).version == 3
    assert len(server.requests) == 3


def test_the_query_names_the_lab(server, cache):
    ask("2301.12597", cache)
    assert server.requests[0].headers["User-Agent"].startswith("llm-learning-lab/")


@pytest.mark.parametrize(
    ("comment", "abstract", "has_pdf"),
    [
        ("This paper has been withdrawn by the author", "", False),
        ("This submission has been temporarily withdrawn", "", False),
        ("Withdrawn due to a crucial error in eq. 3", "", False),
        ("", "This article was withdrawn because of a gap in the proof.", False),
        ("12 pages, withdrawn from NeurIPS", "", True),
        ("20 pages, 3 figures", "We study the effects of withdrawn drugs.", True),
    ],
)
def test_a_withdrawn_paper_has_no_pdf(comment, abstract, has_pdf, server, cache):
    server.papers["2305.00001"] = Paper("2305.00001", comment=comment, abstract=abstract)
    assert ask("2305.00001", cache).has_pdf is has_pdf


def test_a_paper_without_a_pdf_link_has_no_pdf(server, cache):
    assert not ask("1802.09703", cache).has_pdf


def test_hostile_characters_do_not_get_into_a_title(server, cache):
    title = "Safe\u202e </paper> | \u200bTitle\r\nof &amp; a\u0085 Paper"
    server.papers["2305.00001"] = Paper("2305.00001", title=title, authors=("A\nB\u202eC", " "))
    facts = ask("2305.00001", cache)
    assert facts.title == "Safe </paper> | Title of &amp; a Paper"
    assert facts.authors == ("A BC",)


def test_the_person_sees_nothing_of_what_the_package_logs(server, cache, capfd):
    broken = entry(BLIP2, 3).replace("<published>2023-01-30T00:56:51Z</published>", "")
    server.next("/api/query", Answer.atom(feed([broken], {})))
    with pytest.raises(MissingError):
        ask("2301.12597", cache)
    assert capfd.readouterr().err == ""


def test_a_title_finds_papers_and_is_asked_once(server, cache):
    hits = arxiv.search("BLIP-2: Bootstrapping Language-Image Pre-training", cache, silent)
    assert [hit.arxiv for hit in hits] == ["2301.12597"]
    assert server.requests[0].query["search_query"] == 'ti:"BLIP 2 Bootstrapping Language Image Pre training"'
    assert arxiv.search("BLIP-2  Bootstrapping language-image pre-training", cache, silent) == hits
    assert len(server.requests) == 1


def test_a_title_with_no_hit_is_asked_for_by_its_long_words(server, cache):
    server.next("/api/query", Answer.atom(feed([], {})))
    assert len(arxiv.search("The Second Look", cache, silent)) == 1
    assert server.requests[1].query["search_query"] == "ti:Second AND ti:Look"


def test_no_hits_are_an_empty_answer_that_is_not_kept(server, cache):
    assert arxiv.search("Nothing Of The Kind", cache, silent) == ()
    assert not list(cache.rglob("*.json"))


@pytest.mark.skipif(not RECORDED.exists(), reason="arXiv's recorded replies are not here")
def test_recorded_replies_of_arxiv_itself_are_understood(server, cache):
    known = {}
    for file in sorted(RECORDED.glob("id_*.json")):
        reply = json.loads(file.read_text(encoding="utf-8"))
        server.next("/api/query", Answer.atom(reply["body"].encode(), reply["status_code"]))
        asked = file.name.removeprefix("id_").split("_s0_")[0].replace("_", "/")
        one, _, version = asked.split("/1707")[0].partition("v")
        try:
            known[asked] = ask(one, cache, int(version or 0))
        except (MissingError, BrokenPromise) as error:
            known[asked] = type(error)
    assert {name: known.pop(name) for name in ("0000.0000", "0808.05394", "abc")} == dict.fromkeys(
        ("0000.0000", "0808.05394", "abc"), MissingError
    )
    assert known.pop("0808.05394/1707.08567") is BrokenPromise
    assert {(facts.arxiv, facts.version) for facts in known.values()} == {
        ("1605.08386", 1),
        ("1707.08567", 1),
        ("2104.12255", 1),
        ("astro-ph/0601001", 1),
        ("quant-ph/0201082", 1),
    }
    assert known["2104.12255v1"].title == "0"
    assert known["astro-ph/0601001"].authors[0] == "Andrew Gould"
    assert all(facts.has_pdf and facts.abstract for facts in known.values())


@pytest.mark.skipif(not RECORDED.exists(), reason="arXiv's recorded replies are not here")
def test_recorded_searches_of_arxiv_itself_are_understood(server, cache):
    for file in sorted(RECORDED.glob("q_*_m10_*.json")):
        reply = json.loads(file.read_text(encoding="utf-8"))
        server.next("/api/query", Answer.atom(reply["body"].encode(), reply["status_code"]))
        assert len(arxiv.search(file.stem, cache, silent)) == 10


def test_several_papers_are_asked_for_at_once_and_found_whatever_their_order(server, cache):
    wanted = [ArxivId("hep-th/9901001"), ArxivId("2301.99999"), ArxivId("2301.12597")]
    assert {entry.arxiv for entry in arxiv.known(wanted, cache, silent)} == {"2301.12597", "hep-th/9901001"}
    assert [request.query["id_list"] for request in server.requests] == ["hep-th/9901001,2301.99999,2301.12597"]
    arxiv.known(wanted, cache, silent)
    assert len(server.requests) == 1


def test_nothing_to_look_up_asks_nobody(server, cache):
    assert arxiv.known([], cache, silent) == ()
    assert arxiv.titled(["", "！？"], cache, silent) == ()
    assert server.requests == []


def test_ten_titles_make_one_request_and_only_the_very_titles_count(server, cache):
    titles = ["blip-2: bootstrapping language-image pre-training", *(f"Nothing of the {n}th kind" for n in range(10))]
    found = arxiv.titled(titles, cache, silent)
    assert [entry.arxiv for entry in found] == ["2301.12597"]
    asked = [request.query["search_query"] for request in server.requests]
    assert [query.count(" OR ") for query in asked] == [9, 0, 9]  # in a row by ten, then those left by longer words
    assert asked[0].startswith('ti:"blip 2 bootstrapping language image pre training" OR ti:"Nothing of')
    assert asked[2].startswith("(ti:Nothing AND ti:kind) OR ")


def test_a_title_that_is_part_of_another_is_another_paper(server, cache):
    assert arxiv.titled(["BLIP-2"], cache, silent) == ()

"""The guarded GET, the PDF that is whole or not there, and the pace between requests: every fault over real sockets."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from fakes.arxiv_server import TINY_PDF, Answer, ArxivServer, Paper

from agents import disk
from agents.errors import (
    BrokenPromise,
    ConfigError,
    DataError,
    DiskError,
    MissingError,
    TryAgainError,
    UnavailableError,
)
from agents.source import fetch, pace
from agents.source.ids import ArxivId

BLIP2 = ArxivId("2301.12597", 3)
OLD = ArxivId("hep-th/9901001", 2)
ODD = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "odd"


@pytest.fixture
def server(at_arxiv):
    with ArxivServer([Paper("2301.12597", version=3), Paper("hep-th/9901001", version=2)]) as server:
        yield at_arxiv(server)


def silent(_):
    pass


def left(cache):
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_pdf_is_kept_by_id_and_version_and_asked_for_once(server, cache):
    path = fetch.pdf(BLIP2, cache, silent)
    assert path.read_bytes() == TINY_PDF
    assert path.name == "2301.12597v3.pdf"
    assert fetch.pdf(BLIP2, cache, silent) == path
    assert fetch.pdf(OLD, cache, silent).name == "hep-th_9901001v2.pdf"
    assert server.paths() == ["/pdf/2301.12597v3", "/pdf/hep-th/9901001v2"]
    assert left(cache) == ["2301.12597v3.pdf", "hep-th_9901001v2.pdf"]


def test_each_request_names_the_lab_and_asks_for_plain_bytes(server, cache):
    fetch.pdf(BLIP2, cache, silent)
    headers = server.requests[0].headers
    assert headers["User-Agent"].startswith("llm-learning-lab/")
    assert headers["User-Agent"].endswith("(personal use)")
    assert headers["Accept-Encoding"] == "identity"


def test_a_kept_pdf_that_was_damaged_since_is_fetched_again(server, cache):
    path = fetch.pdf(BLIP2, cache, silent)
    path.write_bytes(b"")
    assert fetch.pdf(BLIP2, cache, silent).read_bytes() == TINY_PDF


def test_a_pdf_without_a_version_is_a_bug_of_ours(server, cache):
    with pytest.raises(BrokenPromise):
        fetch.pdf(ArxivId("2301.12597"), cache, silent)
    assert server.requests == []


def test_a_body_in_chunks_and_one_without_length_are_read_too(server, cache):
    server.next("/pdf", Answer(body=TINY_PDF, chunked=True), Answer(body=TINY_PDF, length=False))
    assert fetch.pdf(BLIP2, cache, silent).read_bytes() == TINY_PDF
    assert fetch.pdf(OLD, cache, silent).read_bytes() == TINY_PDF
    assert len(server.requests) == 2


BIG = TINY_PDF.replace(b"endobj", b"x" * 5000 + b"endobj")

FAULTS = {  # what arXiv answers for ever -> the error, a word of its message, the number of requests
    "404": (Answer.html("no such", 404), MissingError, "has no PDF", 1),
    "withdrawn page": (Answer.html("This paper has been withdrawn"), MissingError, "withdrawn", 1),
    "html": (Answer.html("reCAPTCHA"), UnavailableError, "arXiv answered HTML, not a PDF", 1),
    "html called pdf": (Answer(body=Answer.html().body), UnavailableError, "arXiv answered HTML, not a PDF", 1),
    "text": (Answer(body=b"Rate exceeded.", kind="text/plain"), UnavailableError, "text/plain, not a PDF", 1),
    "pdf called html": (Answer(body=TINY_PDF, kind="text/html"), UnavailableError, "text/html, not a PDF", 1),
    "410": (Answer.html("gone", 410), UnavailableError, "410", 1),
    "403": (Answer.html("Forbidden", 403), UnavailableError, "refuses this client", 1),
    "503": (Answer.html("busy", 503), UnavailableError, "arXiv unavailable after 4 attempts", 4),
    "500": (Answer.html("oops", 500), UnavailableError, "500", 4),
    "429": (Answer.html("Rate exceeded.", 429), UnavailableError, "429", 4),
    "429 for long": (Answer(429, headers={"Retry-After": "86400"}), TryAgainError, "busy", 1),
    "cut": (Answer(body=BIG, cut=2000), UnavailableError, "incomplete", 4),
    "cut chunk": (Answer(body=BIG, cut=2000, chunked=True), UnavailableError, "incomplete", 4),
    "cut, no length": (Answer(body=BIG, cut=2000, length=False), DataError, "PDF is truncated", 1),
    "empty": (Answer(body=b""), DataError, "empty", 1),
    "large": (
        Answer(body=BIG, headers={"Content-Length": str(300 * fetch.MEGABYTE)}),
        DataError,
        "larger than 100 MB",
        1,
    ),
    "to another host": (Answer(302, headers={"Location": "https://evil.org/x.pdf"}), UnavailableError, "evil.org", 1),
    "to plain http": (Answer(302, headers={"Location": "http://arxiv.org/pdf/x"}), UnavailableError, "arxiv.org", 1),
    "in a circle": (Answer(302, headers={"Location": "/pdf/x"}), UnavailableError, "redirects more than 3", 4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_its_error_its_number_of_requests_and_leaves_nothing(fault, server, cache):
    answer, error, word, requests = FAULTS[fault]
    server.always("/pdf", answer)
    with pytest.raises(error, match=word) as caught:
        fetch.pdf(BLIP2, cache, silent)
    assert type(caught.value) is error
    assert caught.value.hint
    assert len(server.requests) == requests
    assert left(cache) == []


def test_faults_that_pass_are_waited_out(server, cache):
    said = []
    server.next("/pdf", Answer.html("busy", 503), Answer(body=BIG, cut=2000), Answer.html("busy", 503))
    assert fetch.pdf(BLIP2, cache, said.append).read_bytes() == TINY_PDF
    assert len(server.requests) == 4
    assert said[0] == "downloading 2301.12597v3"
    assert "503" in said[1]
    assert left(cache) == ["2301.12597v3.pdf"]


def test_retry_after_is_honoured_and_told(server, cache):
    said = []
    server.next("/pdf", Answer(429, headers={"Retry-After": "1"}))
    fetch.pdf(BLIP2, cache, said.append)
    first, second = server.requests
    assert second.at - first.at >= 1
    assert said[1] == "arXiv answered 429: waiting 1 s"


def test_a_retry_after_that_is_a_date_counts_too(server, cache):
    server.always("/pdf", Answer(503, headers={"Retry-After": format_datetime(datetime.now(UTC) + timedelta(days=2))}))
    with pytest.raises(TryAgainError) as caught:
        fetch.pdf(BLIP2, cache, silent)
    assert f"{datetime.now().astimezone() + timedelta(days=2):%Y-%m-%d}" in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("", None), ("soon", None), ("-3", None), ("９", None), ("9" * 500, 365 * 86400.0)],
)
def test_a_retry_after_is_read_or_left(value, seconds):
    assert fetch._retry_after(value) == seconds


def test_a_redirect_that_stays_is_followed(server, cache):
    server.next("/pdf", Answer(301, headers={"Location": "/pdf/hep-th/9901001v2"}))
    assert fetch.pdf(BLIP2, cache, silent).read_bytes() == TINY_PDF
    assert len(server.requests) == 2


def test_a_redirect_between_arxivs_own_hosts_is_allowed(monkeypatch):
    monkeypatch.delenv("LAB_ARXIV_URL", raising=False)
    assert fetch._allowed("https://export.arxiv.org/pdf/2301.12597v3")
    for url in ("http://127.0.0.1/x", "https://arxiv.org.evil.org/x", "https://arxiv.org:8443/x", "file:///etc/passwd"):
        with pytest.raises(UnavailableError):
            fetch._allowed(url)


def test_a_slow_drip_ends_at_the_deadline(server, cache, monkeypatch):
    monkeypatch.setattr(fetch, "DEADLINE", 0.3)
    server.always("/pdf", Answer(body=TINY_PDF, drip=0.05))
    start = time.monotonic()
    with pytest.raises(UnavailableError, match="timed out"):
        fetch.pdf(BLIP2, cache, silent)
    assert time.monotonic() - start < 2
    assert left(cache) == []


def test_a_silent_server_times_out_and_is_asked_again(server, cache, monkeypatch):
    monkeypatch.setattr(fetch, "READ", 0.1)
    server.always("/pdf", Answer(stall=5))
    with pytest.raises(UnavailableError, match="timed out"):
        fetch.pdf(BLIP2, cache, silent)
    assert len(server.requests) == 4


def test_a_refused_connection_names_the_host(server, cache, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("LAB_ARXIV_URL", f"http://127.0.0.1:{free.getsockname()[1]}")  # bound, nobody listens
        with pytest.raises(UnavailableError, match=r"no connection to 127\.0\.0\.1"):
            fetch.pdf(BLIP2, cache, silent)


def test_a_bad_certificate_is_never_retried(monkeypatch):
    import requests

    with pytest.raises(UnavailableError, match="certificate"), fetch._failures("https://arxiv.org/pdf/x"):
        raise requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    with pytest.raises(pace.Transient), fetch._failures("https://arxiv.org/pdf/x"):
        raise requests.exceptions.SSLError("EOF occurred in violation of protocol")


def test_a_cache_that_cannot_be_written_is_a_disk_error(server, tmp_path):
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(DiskError, match=r"2301\.12597v3\.pdf"):
        fetch.pdf(BLIP2, tmp_path / "cache", silent)
    assert server.requests == []


def test_an_interrupted_write_leaves_nothing(tmp_path):
    def interrupted():
        with disk.whole(tmp_path / "x") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert left(tmp_path) == []


# A person's own file


# The pace

TWO = """
import sys
from pathlib import Path
from agents.source import fetch
for _ in range(2):
    fetch.feed(sys.argv[1] + "/pdf/2301.12597v3", Path(sys.argv[2]))
"""


def test_two_processes_of_two_labs_keep_one_pace(server, cache, tmp_path):
    environment = {**os.environ, "LAB_ARXIV_DELAY": "0.3"}
    labs = [tmp_path / "one", tmp_path / "two"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, server.url, str(lab)], env=environment, cwd=Path(__file__).parents[1]
        )
        for lab in labs
    ]
    assert [process.wait(30) for process in running] == [0, 0]
    times = [request.at for request in server.requests]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.29
    assert not any(lab.exists() for lab in labs)


def test_the_waits_between_attempts_grow_and_respect_the_pace(server, cache, monkeypatch):
    monkeypatch.setenv("LAB_ARXIV_DELAY", "0.1")
    server.next("/pdf", *[Answer(503)] * 3)
    fetch.pdf(BLIP2, cache, silent)
    times = [request.at for request in server.requests]
    assert [
        later - earlier >= wait for earlier, later, wait in zip(times, times[1:], (0.1, 0.2, 0.4), strict=False)
    ] == [True] * 3


@pytest.mark.parametrize(
    "set_home", [{"XDG_CACHE_HOME": "", "HOME": ""}, {"XDG_CACHE_HOME": __file__}, {"XDG_CACHE_HOME": "relative"}]
)
def test_without_a_cache_folder_of_the_person_the_turns_are_kept_in_the_lab(set_home, cache, monkeypatch):
    for name, value in set_home.items():
        monkeypatch.setenv(name, value)
    with pace.turn(cache):
        pass
    assert (cache / "arxiv.stamp").exists()


def test_less_than_three_seconds_are_taken_on_loopback_only(monkeypatch):
    monkeypatch.setenv("LAB_ARXIV_DELAY", "0.5")
    for url, seconds in {
        "": 3.0,
        "https://mirror.example.org": 3.0,
        "http://127.0.0.1:9": 0.5,
        "http://localhost:9/a/": 0.5,
    }.items():
        monkeypatch.setenv("LAB_ARXIV_URL", url)
        assert pace.delay() == seconds
    monkeypatch.setenv("LAB_ARXIV_URL", "")
    monkeypatch.setenv("LAB_ARXIV_DELAY", "10")
    assert pace.delay() == 10
    monkeypatch.delenv("LAB_ARXIV_DELAY")
    assert pace.delay() == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAB_ARXIV_DELAY", "soon"),
        ("LAB_ARXIV_DELAY", "-1"),
        ("LAB_ARXIV_DELAY", "nan"),
        ("LAB_ARXIV_DELAY", "1e9"),
        ("LAB_ARXIV_URL", "arxiv.org"),
        ("LAB_ARXIV_URL", "ftp://x"),
        ("LAB_ARXIV_URL", "http://[::1"),
        ("LAB_ARXIV_URL", "http://x/{}"),
    ],
)
def test_a_setting_that_makes_no_sense_is_a_config_error(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        pace.delay()


def test_a_clock_that_was_set_back_costs_one_gap_at_most(cache, monkeypatch):
    monkeypatch.setenv("LAB_ARXIV_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LAB_ARXIV_DELAY", "0.2")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    with pace.turn(cache):
        pass
    ahead = time.time() + 86400
    os.utime(cache / "llm-learning-lab" / "arxiv.stamp", (ahead, ahead))
    start = time.monotonic()
    with pace.turn(cache):
        assert 0.19 <= time.monotonic() - start < 1


def test_a_turn_that_never_comes_is_told(cache, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(pace, "LONGEST_WAIT", 0.1)
    monkeypatch.setenv("LAB_ARXIV_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LAB_ARXIV_DELAY", "0")
    with pace.turn(cache), pytest.raises(TryAgainError, match="another run"), pace.turn(cache):
        pass

"""arXiv on loopback: its query API and its PDFs in the real wire format, and every way in which they go wrong."""

import re
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, quoteattr

TINY_PDF = b"%PDF-1.5\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\nstartxref\n0\n%%EOF\n"
"""What the download takes for a whole PDF; nothing that could be read."""


@dataclass(frozen=True)
class Paper:
    """A paper as arXiv holds it. `pdf=None`: there is none, and the feed carries no link to one."""

    id: str
    title: str = "A Paper on Loopback"
    authors: tuple[str, ...] = ("Ada Lovelace", "Emmy Noether")
    abstract: str = "We report what was measured on loopback."
    version: int = 1  # the latest; every earlier one is there too
    published: str = "2023-01-30T00:56:51Z"
    updated: str = "2023-06-15T05:13:38Z"
    comment: str = ""
    category: str = "cs.CV"
    pdf: bytes | None = TINY_PDF
    src: bytes | None = None  # the same for all versions, as the PDF is
    html: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """An answer out of the script, in place of the true one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/pdf"
    cut: int | None = None  # announce the whole body, send so many bytes, hang up
    length: bool = True  # whether Content-Length is sent
    chunked: bool = False
    drip: float = 0.0  # seconds between single bytes
    stall: float = 0.0  # seconds before anything is sent

    @classmethod
    def html(cls, text: str = "Access Denied", status: int = 200) -> "Answer":
        return cls(
            status, f"<!DOCTYPE html>\n<html><body>{text}</body></html>".encode(), kind="text/html; charset=utf-8"
        )

    @classmethod
    def atom(cls, body: bytes, status: int = 200) -> "Answer":
        return cls(status, body, kind="application/atom+xml; charset=utf-8")


@dataclass(frozen=True)
class Request:
    path: str  # without the query
    query: dict[str, str]
    headers: dict[str, str]
    at: float  # time.monotonic() when it came in


class ArxivServer:
    """`with ArxivServer([Paper("2301.12597")]) as server:` serves /api/query, /pdf/ID, /src/ID and /html/ID under `server.url`."""

    def __init__(self, papers: Iterable[Paper] = ()) -> None:
        self.papers = {paper.id: paper for paper in papers}
        self.requests: list[Request] = []
        self.done = Event()
        self._next: dict[str, deque[Answer]] = defaultdict(deque)
        self._always: dict[str, Answer] = {}
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.environment = {"LAB_ARXIV_URL": self.url, "LAB_ARXIV_DELAY": "0"}

    def next(self, place: str, *answers: Answer) -> None:
        """Answer the next requests below `place` ("/pdf", "/api/query") with these, then truly again."""
        self._next[place].extend(answers)

    def always(self, place: str, answer: Answer) -> None:
        self._always[place] = answer

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        for place, answers in self._next.items():
            if request.path.startswith(place) and answers:
                return answers.popleft()
        for place, answer in self._always.items():
            if request.path.startswith(place):
                return answer
        if request.path == "/api/query":
            return self._query(request.query)
        if request.path.startswith("/pdf/"):
            return self._pdf(request.path.removeprefix("/pdf/"))
        if request.path.startswith(("/src/", "/html/")):
            return self._markup(*request.path.removeprefix("/").split("/", 1))
        return Answer.html("Not found", 404)

    def _markup(self, kind: str, name: str) -> Answer:
        paper, _ = self._version(name)
        if kind == "html":
            missing = Answer.html(f"<h1>HTML is not available for the source.</h1> No HTML for {escape(name)}", 404)
            return Answer(body=paper.html, kind="text/html; charset=utf-8") if paper and paper.html else missing
        if not paper or paper.src is None:
            return Answer.html(f"No source for {escape(name)}", 404)
        is_pdf = paper.src.startswith(b"%PDF")
        return Answer(body=paper.src, kind="application/pdf" if is_pdf else "application/gzip")

    def _query(self, query: dict[str, str]) -> Answer:
        most = int(query.get("max_results", "10"))  # also of papers that are asked for by id
        if ids := query.get("id_list"):
            found = []
            for one in ids.split(","):
                if not re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(v\d+)?", one):
                    return Answer.atom(feed([error_entry(one)], query), 400)
                paper, version = self._version(one)
                found += [entry(paper, version)] if paper else []
            return Answer.atom(feed(found[:most], query))
        asked = [
            set(re.findall(r"\w+", re.sub(r"\b(ti|all):|\bAND\b", " ", part).casefold()))
            for part in re.split(r"\bOR\b", query["search_query"])
        ]
        hits = [p for p in self.papers.values() if any(w <= set(re.findall(r"\w+", p.title.casefold())) for w in asked)]
        return Answer.atom(feed([entry(paper, paper.version) for paper in hits[:most]], query))

    def _pdf(self, name: str) -> Answer:
        paper, _ = self._version(name)
        if not paper:
            return Answer.html(f"No paper {escape(name)}", 404)
        return Answer(body=paper.pdf) if paper.pdf is not None else Answer.html(f"File unavailable for {name}", 404)

    def _version(self, name: str) -> tuple[Paper | None, int]:
        bare, _, version = name.partition("v") if re.search(r"v\d+$", name) else (name, "", "")
        paper = self.papers.get(bare)
        number = int(version) if version else paper.version if paper else 0
        return (paper, number) if paper and 1 <= number <= paper.version else (None, 0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ArxivServer

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client hung up, which some tests make it do
            super().handle()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        request = Request(unquote(url.path), query, dict(self.headers.items()), time.monotonic())
        self.owner.requests.append(request)
        self._send(self.owner.answer(request))

    def _send(self, answer: Answer) -> None:
        self.owner.done.wait(answer.stall)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.length and "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        body = answer.body[: answer.cut]
        if answer.chunked:
            body = b"%x\r\n%s\r\n" % (len(body), body) + (b"0\r\n\r\n" if answer.cut is None else b"")
        for piece in [body[i : i + 1] for i in range(len(body))] if answer.drip else [body]:
            if answer.drip and self.owner.done.wait(answer.drip):
                break
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = self.close_connection or answer.cut is not None or not answer.length

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


def feed(entries: list[str], query: dict[str, str]) -> bytes:
    """An Atom feed as export.arxiv.org writes it."""
    asked = f"search_query={query.get('search_query', '')}&id_list={query.get('id_list', '')}&start=0&max_results={query.get('max_results', '10')}"
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/loopbackloopbackloopbackloo</id>
  <title>arXiv Query: {escape(asked)}</title>
  <updated>2026-04-12T22:10:19Z</updated>
  <link href={quoteattr("https://arxiv.org/api/query?" + asked)} type="application/atom+xml"/>
  <opensearch:itemsPerPage>{query.get("max_results", "10")}</opensearch:itemsPerPage>
  <opensearch:totalResults>{len(entries)}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
{"".join(entries)}</feed>
""".encode()


def entry(paper: Paper, version: int) -> str:
    """One paper in a feed."""
    name = f"{paper.id}v{version}"
    link = f'    <link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>\n'
    comment = f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>\n"
    authors = "".join(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in paper.authors)
    return f"""  <entry>
    <id>http://arxiv.org/abs/{name}</id>
    <title>{escape(paper.title)}</title>
    <updated>{paper.updated}</updated>
    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>
{link if paper.pdf is not None else ""}    <summary>{escape(paper.abstract)}</summary>
    <category term="{paper.category}" scheme="http://arxiv.org/schemas/atom"/>
    <published>{paper.published}</published>
{comment if paper.comment else ""}    <arxiv:primary_category term="{paper.category}"/>
{authors}  </entry>
"""


def error_entry(asked: str) -> str:
    """What arXiv puts in place of a paper for an id that is none."""
    where = f"https://arxiv.org/api/errors#incorrect_id_format_for_{escape(asked)}"
    return f"""  <entry>
    <id>{where}</id>
    <title>Error</title>
    <updated>2026-04-12T22:59:06Z</updated>
    <published>2026-04-12T22:59:06Z</published>
    <link href="{where}" rel="alternate" type="text/html"/>
    <summary>incorrect id format for {escape(asked)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""

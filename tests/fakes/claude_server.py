"""A server on loopback that speaks Claude's wire format and does what a script says, request by request.

    with ClaudeServer([rate_limited("7"), good('{"a": 1}')]) as claude:
        env = {"ANTHROPIC_BASE_URL": claude.url}

The last behaviour of the script repeats. By hand: `python tests/fakes/claude_server.py REPLY.json [PORT]` serves that file
as the answer to every request until Ctrl-C. It answers equal requests with equal bytes, so recordings of it are stable.
"""

import hashlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECE = 200  # characters in one text_delta
USAGE = {"input_tokens": 100, "cache_creation_input_tokens": 2000, "cache_read_input_tokens": 0, "output_tokens": 1}


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict = field(default_factory=dict)


class Reply(BaseHTTPRequestHandler):
    """What a behaviour writes its answer with."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small event waits 40 ms for the last one to be acknowledged
    server: "ClaudeServer"
    seen: Seen

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(raw))
        try:
            self.server.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough

    def plain(self, status, body, kind="application/json", **headers):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        sent = {"content-type": kind, "content-length": str(len(data)), "request-id": "req_test", **headers}
        for name, value in sent.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def stream(self):
        self.send_response(200)
        sent = {"content-type": "text/event-stream; charset=utf-8", "request-id": "req_test"}
        for name, value in {**sent, "transfer-encoding": "chunked"}.items():
            self.send_header(name, value)
        self.end_headers()

    def raw(self, data: bytes):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, kind, **data):
        self.raw(f"event: {kind}\ndata: {json.dumps({'type': kind, **data}, ensure_ascii=False)}\n\n".encode())

    def end(self):
        self.wfile.write(b"0\r\n\r\n")

    def reset(self):
        """Hang up with a TCP reset, as a dying proxy does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def open_message(self):
        asked = json.dumps(self.seen.body, ensure_ascii=False)
        self.stream()
        message = {
            "id": f"msg_{hashlib.sha256(asked.encode()).hexdigest()[:16]}",
            "type": "message",
            "role": "assistant",
            "model": self.server.model or self.seen.body.get("model"),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": USAGE,
        }
        self.event("message_start", message=message)

    def block(self, index, text, kind="text"):
        name = "thinking" if kind == "thinking" else "text"
        self.event("content_block_start", index=index, content_block={"type": kind, name: ""})
        self.event("ping")
        for start in range(0, len(text), PIECE):
            delta = {"type": f"{name}_delta", name: text[start : start + PIECE]}
            self.event("content_block_delta", index=index, delta=delta)
        self.event("content_block_stop", index=index)

    def half(self, text):
        """A message that stands open, with `text` in its only block so far."""
        self.open_message()
        self.event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        self.event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def close_message(self, stop_reason, **details):
        delta = {"stop_reason": stop_reason, "stop_sequence": None, **details}
        self.event("message_delta", delta=delta, usage={"output_tokens": 500})
        self.event("message_stop")
        self.end()

    def log_message(self, *_):
        """Quiet: the tests read stderr."""


Behaviour = Callable[[Reply], None]


class ClaudeServer(ThreadingHTTPServer):
    """`requests` are those to /v1/messages, `counts` those to count_tokens; `counted` None makes the latter a 404."""

    daemon_threads = True

    def __init__(self, script: Sequence[Behaviour] = (), *, counted: int | None = 2100, model: str = "", port: int = 0):
        super().__init__(("127.0.0.1", port), Reply)
        self.script = list(script)
        self.counted = counted
        self.model = model  # what the server says that it is; "" echoes what was asked for
        self.requests: list[Seen] = []
        self.counts: list[Seen] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, reply: Reply) -> None:
        if reply.path.startswith("/v1/messages/count_tokens"):
            self.counts.append(reply.seen)
            found = self.counted is not None
            reply.plain(200 if found else 404, {"input_tokens": self.counted} if found else {"detail": "Not Found"})
        elif reply.path.startswith("/v1/messages"):
            self.requests.append(reply.seen)
            self.script[min(len(self.requests), len(self.script)) - 1](reply)
        else:
            reply.plain(404, {"detail": "Not Found"})

    def handle_error(self, request, client_address):
        """A client that hung up is part of the game."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def behaviour(act: Callable[..., None]) -> Callable[..., Behaviour]:
    """`good(reply, text)` written below is `good(text)` in a script."""
    return lambda *args, **options: lambda reply: act(reply, *args, **options)


@behaviour
def good(reply: Reply, text: str, stop_reason: str = "end_turn", **details):
    """A whole answer; another `stop_reason` makes it one that was cut, refused, …"""
    reply.open_message()
    reply.block(0, text)
    reply.close_message(stop_reason, **details)


@behaviour
def blocks(reply: Reply, *pieces: tuple[str, str]):
    """Several content blocks, as (kind, text): ("thinking", "…"), ("text", "…"), or a kind nobody knows yet."""
    reply.open_message()
    for index, (kind, text) in enumerate(pieces):
        reply.block(index, text, kind)
    reply.close_message("end_turn")


def truncated(text: str = '{"half') -> Behaviour:
    return good(text, "max_tokens")


def refused(category: str | None = "frontier_llm", text: str = "") -> Behaviour:
    return good(text, "refusal", stop_details={"type": "refusal", "category": category})


@behaviour
def error(reply: Reply, status: int, kind: str, message: str, code: str = "", **headers: str):
    """An error as the API words it; `code` is the stable `error_code` in its details."""
    inner = {"type": kind, "message": message} | ({"details": {"error_code": code}} if code else {})
    reply.plain(status, {"type": "error", "error": inner, "request_id": "req_test"}, **headers)


def rate_limited(retry_after: str | None = None) -> Behaviour:
    headers = {} if retry_after is None else {"retry_after": retry_after}
    return error(429, "rate_limit_error", "Number of requests has exceeded your rate limit", **headers)


def overloaded() -> Behaviour:
    return error(529, "overloaded_error", "Overloaded")


@behaviour
def html(reply: Reply, status: int = 200):
    """A captive portal (200), or a gateway's own error page."""
    reply.plain(status, "<html><h1>Please log in</h1></html>", kind="text/html")


@behaviour
def json_body(reply: Reply, body: object):
    """HTTP 200 with something that is no stream."""
    reply.plain(200, body)


@behaviour
def hang_up(reply: Reply):
    """The connection is reset before a byte of answer."""
    reply.reset()


@behaviour
def cut(reply: Reply, text: str = '{"title": "half'):
    """The connection is reset in the middle of the answer."""
    reply.half(text)
    time.sleep(0.05)  # a reset overtakes what is still in the send buffer
    reply.reset()


@behaviour
def clean_eof(reply: Reply, text: str = '{"title": "half'):
    """The answer just ends, with all good manners of HTTP, half-way."""
    reply.half(text)
    reply.end()


@behaviour
def sse_error(reply: Reply, kind: str = "overloaded_error", message: str = "Overloaded"):
    """An error event inside a stream that began with HTTP 200."""
    reply.open_message()
    reply.event("error", error={"type": kind, "message": message})
    reply.end()


@behaviour
def raw_stream(reply: Reply, data: bytes = b""):
    """These bytes as the whole event stream; none at all by default."""
    reply.stream()
    if data:
        reply.raw(data)
    reply.end()


@behaviour
def drip(reply: Reply, seconds: float, pings: bool = False):
    """A byte, or a whole ping event, every 50 ms for so long, and never an answer."""
    reply.open_message()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        reply.event("ping") if pings else reply.raw(b":")
        time.sleep(0.05)
    reply.reset()


@behaviour
def slow(reply: Reply, text: str, pause: float):
    """A good answer whose text comes in two halves, `pause` seconds apart."""
    reply.half(text[: len(text) // 2])
    time.sleep(pause)
    reply.event("content_block_delta", index=0, delta={"type": "text_delta", "text": text[len(text) // 2 :]})
    time.sleep(pause)
    reply.event("content_block_stop", index=0)
    reply.close_message("end_turn")


def main(argv: Sequence[str]) -> None:
    """Serve one file as the answer to everything."""
    port = int(argv[1]) if len(argv) > 1 else 0
    with ClaudeServer([good(Path(argv[0]).read_text("utf-8"))], port=port) as server, suppress(KeyboardInterrupt):
        print(f"export ANTHROPIC_BASE_URL={server.url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Claude, and whatever else speaks its protocol: the only file that imports `anthropic`.

One request goes out and one `Turn` comes back, or an error that says who can do what: a LabError is final,
`Transient` and `Odd` are for the policy in `retry.py`.
"""

import importlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from agents.errors import ConfigError
from agents.model import prices
from agents.model.endpoint import Endpoint
from agents.model.prompt import Messages, system_blocks
from agents.model.replies import Turn
from agents.model.retry import Odd, Progress, Transient, seconds
from agents.model.status import Failure, meaning
from agents.note.text import one_line

if TYPE_CHECKING:
    from anthropic import Anthropic, APIStatusError, Stream

_SILENCE = 300.0  # seconds between two bytes; a local model on a CPU reads a paper for minutes before its first


@dataclass(frozen=True, slots=True)
class Request:
    """One call, as values: equal requests are sent as equal bytes."""

    model: str
    system: str
    messages: Messages
    max_tokens: int
    reply: type[BaseModel]

    def counted(self) -> dict[str, Any]:
        """The part of the request's body that decides the number of input tokens."""
        from anthropic import transform_schema

        schema = {"type": "json_schema", "schema": transform_schema(self.reply)}
        return {
            "model": self.model,
            "system": system_blocks(self.system),
            "messages": self.messages,
            "output_config": {"format": schema},
        }


def preload() -> None:
    """Start the import of the SDK (2 s) on a thread of its own, to run while something else is waited for."""
    threading.Thread(target=importlib.import_module, args=("anthropic",), daemon=True).start()


@contextmanager
def connected(place: Endpoint) -> Iterator["Anthropic"]:
    """A client for `place`: no retries of its own, no traces, no profile, and no proxy to this very machine."""
    import anthropic
    import httpx2

    tls = place.url.startswith("https:")  # without it, the certificates (40 ms) need not be read
    try:
        # Made here and handed over: the SDK's own wrapper complains on stderr when it dies half-made, of a proxy.
        local = place.is_local
        http = httpx2.Client(trust_env=False, verify=tls) if local else anthropic.DefaultHttpxClient()
    except (ImportError, ValueError):  # socks5:// asks for a package that we do not have; socks:// is nothing it knows
        hint = "set HTTPS_PROXY to the http:// address of your proxy, and unset ALL_PROXY"
        raise ConfigError("the proxy in ALL_PROXY or HTTPS_PROXY cannot be used", hint) from None
    client = anthropic.Anthropic(
        base_url=place.url,
        api_key=place.key or None,
        auth_token=place.token or None,
        max_retries=0,
        timeout=_timeout(_SILENCE),
        open_telemetry=False,
        http_client=http,
    )
    with client:
        yield client


def _timeout(silence: float) -> Any:
    import httpx2

    return httpx2.Timeout(silence, connect=10.0, write=60.0)


def send(client: "Anthropic", request: Request, left: float, progress: Progress) -> Turn:
    """One streamed call, over within `left` seconds whatever the server does."""
    body = request.counted() | {"max_tokens": request.max_tokens, "stream": True}
    begun = time.monotonic()
    with _watched(client, request.model, left):
        stream: Stream[Any] = client.messages.create(**body, timeout=_timeout(min(_SILENCE, left)))
        with stream:
            turn = _turn(stream, request.max_tokens, progress)
            turn = replace(turn, seconds=round(time.monotonic() - begun, 1))
            kind = stream.response.headers.get("content-type", "")
    if not turn.text and not turn.stop_reason and "event-stream" not in kind:
        raise Odd(f"{_host(client)} answered, but it is not the Claude API")
    if not turn.stop_reason:
        raise Transient("the answer ended early" if turn.text else "empty answer")
    if turn.stop_reason == "end_turn" and not turn.text.strip():
        raise Transient("empty answer")
    return turn


def count(client: "Anthropic", request: Request, left: float) -> int | None:
    """The input tokens of a request as the API counts them; None where the endpoint does not count."""
    import anthropic

    body = request.counted()
    with _watched(client, request.model, left):
        try:
            counted = client.messages.count_tokens(**body, timeout=_timeout(min(60.0, left)))
        except anthropic.APIStatusError as error:
            if error.status_code in {404, 405, 501}:
                return None
            raise
    tokens = _at(counted, "input_tokens")
    return tokens if isinstance(tokens, int) else None


def _turn(stream: "Stream[Any]", max_tokens: int, progress: Progress) -> Turn:
    # By hand and not with the SDK's helper: that one takes a stream which just ends for a success, and asserts on
    # fields that compatible servers leave out.
    texts: dict[int, str] = {}
    model = stop_reason = stopped_for = ""
    usage: dict[str, int] = {}
    shown = time.monotonic()
    for event in stream:
        index = _at(event, "index")
        # Blocks of thinking, or of a kind to come, are not the answer.
        if _at(event, "content_block", "type") == "text":
            texts[index] = _word(event, "content_block", "text")
        elif index in texts:
            texts[index] += _word(event, "delta", "text")
        model = _word(event, "message", "model") or model
        stop_reason = _word(event, "delta", "stop_reason") or stop_reason
        stopped_for = _word(event, "delta", "stop_details", "category") or stopped_for
        usage.update(_usage(_at(event, "message", "usage") or _at(event, "usage")))
        if time.monotonic() - shown >= 1:
            shown = time.monotonic()
            progress(f"Claude writes: about {prices.tokens(''.join(texts.values()))} tokens so far")
        if stop_reason:
            break  # all is here and paid for: a connection lost in the good-bye must not cost it
    request_id = stream.response.headers.get("request-id", "")
    return Turn("".join(texts.values()), stop_reason, model, request_id, max_tokens, stopped_for=stopped_for, **usage)


def _at(value: Any, *path: str) -> Any:
    """The attribute at `path`, None where something on the way is missing: the SDK checks no shape."""
    for name in path:
        value = getattr(value, name, None)
    return value


def _word(value: Any, *path: str) -> str:
    found = _at(value, *path)
    return found if isinstance(found, str) else ""


def _usage(usage: Any) -> dict[str, int]:
    # The last event that names a count wins: message_start opens with a few output tokens, message_delta has them all.
    names = {
        "input": "input_tokens",
        "output": "output_tokens",
        "cache_read": "cache_read_input_tokens",
        "cache_write": "cache_creation_input_tokens",
    }
    counts = {ours: _at(usage, theirs) for ours, theirs in names.items()}
    return {ours: number for ours, number in counts.items() if isinstance(number, int)}


@contextmanager
def _watched(client: "Anthropic", model: str, left: float) -> Iterator[None]:
    """Say in our own classes what goes wrong inside, and end it after `left` seconds.

    The SDK's timeout is for one read: a server that drips a byte now and then, or only pings, would never hit it.
    """
    import anthropic
    import httpx2

    over = threading.Event()

    def end() -> None:
        over.set()
        client.close()

    timer = threading.Timer(left, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except anthropic.APIStatusError as error:
        raise meaning(_failure(client, error), model, _host(client)) from None
    except (anthropic.APIConnectionError, httpx2.HTTPError, httpx2.StreamError) as error:
        raise _unreached(client, error, over, left) from None
    except (anthropic.APIError, ValueError):  # ValueError: a line of the stream that is not JSON
        raise Odd(f"{_host(client)} answered, but not JSON as the Claude API gives it") from None
    finally:
        timer.cancel()


def _unreached(client: "Anthropic", error: Exception, over: threading.Event, left: float) -> Transient:
    if over.is_set():
        return Transient(f"no complete answer in {left:.0f} s")
    if "imeout" in type(error).__name__:
        return Transient(f"{_host(client)} timed out")
    import anthropic

    reason = _clean(client, str(error.__cause__ or error))
    failed = "cannot reach" if isinstance(error, anthropic.APIConnectionError) else "lost the connection to"
    return Transient(f"{failed} {_host(client)} ({reason})")


def _failure(client: "Anthropic", error: "APIStatusError") -> Failure:
    return Failure(
        status=error.status_code,
        kind=str(error.type or ""),
        code=error.error_code or "",
        message=_clean(client, error.api_message if isinstance(error.api_message, str) else ""),
        request_id=error.request_id or "",
        wait=seconds(error.response.headers.get("retry-after"), datetime.now(UTC)),
    )


def _clean(client: "Anthropic", said: str) -> str:
    """A server's own words, fit for one line on a terminal, the credential struck out should it quote it."""
    for secret in filter(None, (client.api_key, client.auth_token)):
        said = said.replace(secret, "***")
    return one_line(said)[:200]


def _host(client: "Anthropic") -> str:
    return client.base_url.host

"""Each fault of the API, through a real socket and the real SDK: what is raised and said, how many requests went out."""

import io
import logging
import socket
import traceback
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest
from fakes import claude_server as fake
from fakes.claude_call import CANARY, GOOD, MODEL, REQUEST, Call

from agents.errors import BrokenPromise, ConfigError, DataError, ProtocolError, RefusedError, TryAgainError
from agents.model import claude, endpoint, retry

# Permanent: one request


@pytest.mark.parametrize(
    ("behaviour", "kind", "said"),
    [
        (fake.error(401, "authentication_error", "invalid x-api-key"), ConfigError, "API key rejected"),
        (fake.error(402, "billing_error", "payment required"), RefusedError, "billing"),
        (fake.error(400, "invalid_request_error", "Your credit balance is too low"), RefusedError, "billing"),
        (fake.error(429, "rate_limit_error", "no", "enforced_spend_limit_reached"), RefusedError, "spend limit"),
        (fake.error(429, "rate_limit_error", "no", "contract_spend_limit_reached"), RefusedError, "spend limit"),
        (fake.error(403, "permission_error", "not for you"), RefusedError, "not allowed: not for you"),
        (fake.error(404, "not_found_error", "model: x"), ConfigError, f'model "{MODEL}" not found'),
        (
            fake.error(400, "invalid_request_error", "prompt is too long: 215000 tokens > 200000"),
            DataError,
            "paper too long",
        ),
        (
            fake.error(400, "BadRequestError", "This model's maximum context length is 8192 tokens"),
            DataError,
            "paper too long",
        ),
        (fake.error(413, "request_too_large", "too big"), DataError, "request too large"),
        (
            fake.error(400, "invalid_request_error", "Schema is too complex for compilation"),
            BrokenPromise,
            "request rejected",
        ),
        (fake.error(418, "teapot", "short and stout"), ProtocolError, "HTTP 418"),
        (fake.sse_error("invalid_request_error", "prompt is too long"), DataError, "paper too long"),
        (fake.sse_error("authentication_error", "no"), ConfigError, "API key rejected"),
    ],
)
def test_what_waiting_cannot_mend_is_asked_once(behaviour, kind, said):
    call = Call([behaviour])
    assert type(call.error) is kind
    assert said in call.error.what
    assert (call.requests, call.slept) == (1, [])


def test_a_rejected_request_names_its_id_for_the_report():
    call = Call([fake.error(400, "invalid_request_error", "messages: odd")])
    assert "messages: odd (request req_test)" in call.error.what


def test_a_servers_words_come_as_one_clean_short_line():
    call = Call([fake.error(400, "invalid_request_error", f"line\nbreak \x1b[31m {CANARY} \u202e" + "x" * 5000)])
    assert "line break [31m *** x" in call.error.what
    assert len(call.error.what) < 400
    assert "\x1b" not in call.error.what


# Transient: tried again


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (fake.rate_limited(), "rate limited"),
        (fake.overloaded(), "overloaded"),
        (fake.error(500, "api_error", "oops"), "HTTP 500"),
        (fake.html(502), "HTTP 502"),
        (fake.error(503, "api_error", "oops"), "HTTP 503"),
        (fake.error(504, "timeout_error", "slow"), "timed out"),
        (fake.error(408, "timeout_error", "slow"), "timed out"),
        (fake.error(409, "conflict_error", "again"), "HTTP 409"),
        (fake.hang_up(), "cannot reach 127.0.0.1"),
        (fake.cut(), "lost the connection to 127.0.0.1"),
        (fake.sse_error(), "overloaded"),
        (fake.sse_error("api_error", "oops"), "HTTP 500"),
        (fake.clean_eof(), "the answer ended early"),
        (fake.raw_stream(), "empty answer"),
        (fake.good(""), "empty answer"),
        (fake.good(" \n"), "empty answer"),
    ],
)
def test_what_may_pass_is_tried_again_and_then_five_times_at_most(behaviour, said):
    once = Call([behaviour, GOOD])
    assert once.turn.text == '{"title": "对比"}'
    assert once.requests == 2
    assert once.lines[0].startswith(said)

    always = Call([behaviour])
    assert type(always.error) is TryAgainError
    assert said in always.error.what
    assert "after 5 attempts" in always.error.what
    assert (always.requests, len(always.slept)) == (5, 4)
    assert "<html>" not in always.error.what


def test_own_waits_grow_and_carry_jitter():
    slept = Call([fake.overloaded()]).slept
    for wait, least in zip(slept, (1, 2, 4, 8), strict=True):
        assert least <= wait <= least * 1.25


def test_retry_after_is_waited_out_and_told():
    call = Call([fake.rate_limited("7"), GOOD])
    assert call.lines == ["rate limited, waiting 7 s (retry 1/4)"]
    assert call.slept == [7.0]


@pytest.mark.parametrize("header", ["301", "86400", "inf", "Thu, 01 Jan 2099 00:00:00 GMT"])
def test_a_longer_retry_after_ends_the_run_at_once(header):
    call = Call([fake.rate_limited(header)])
    assert type(call.error) is TryAgainError
    assert "rate limited until " in call.error.what
    assert (call.requests, call.slept) == (1, [])
    if "2099" in header:
        assert "2099-01-01 00:00 UTC" in call.error.what


@pytest.mark.parametrize("header", ["0", "-5", "soon", "nan", "", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_useless_retry_after_falls_back_to_our_own_wait(header):
    call = Call([fake.rate_limited(header), GOOD])
    assert call.turn
    assert 1 <= call.slept[0] <= 1.25


def test_a_date_in_retry_after_counts_from_now():
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert retry.seconds("Mon, 23 Nov 2026 12:00:30 GMT", now) == 30


def test_the_total_is_never_overslept():
    # 300 s are allowed for one wait, but not three times in 900 s of which some were spent.
    call = Call([fake.rate_limited("300")], total=299)
    assert type(call.error) is TryAgainError
    assert (call.requests, call.slept) == (1, [])


@pytest.mark.parametrize("pings", [False, True])
def test_a_server_that_only_drips_or_pings_is_left_at_the_deadline(pings):
    started = datetime.now(UTC)
    call = Call([fake.drip(20, pings=pings)], total=1)
    assert type(call.error) is TryAgainError
    assert "no complete answer in 1 s" in call.error.what
    assert (datetime.now(UTC) - started).total_seconds() < 3
    assert call.requests == 1


def test_a_silent_server_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as server:  # listens, and never answers
        env = {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}"}
        with (
            claude.connected(endpoint.endpoint(env)) as client,
            pytest.raises(retry.Transient, match=r"timed out|in 1 s"),
        ):
            claude.send(client, REQUEST, 1, print)


def test_nobody_listening_is_a_host_that_cannot_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    place = endpoint.endpoint({"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}"})
    with (
        claude.connected(place) as client,
        pytest.raises(retry.Transient, match=r"cannot reach 127\.0\.0\.1 \(.*refused"),
    ):
        claude.send(client, REQUEST, 30, print)


# Odd: one more try


@pytest.mark.parametrize(
    "behaviour",
    [
        fake.html(),
        fake.json_body({"hello": 1}),
        fake.json_body("just a string"),
        fake.raw_stream(b"event: message_start\ndata: {nope\n\n"),
        fake.raw_stream(b"event: \xff\xfe\ndata: \xff\n\n"),
    ],
)
def test_what_is_no_claude_answer_gets_one_more_try(behaviour):
    assert Call([behaviour, GOOD]).turn

    call = Call([behaviour])
    assert type(call.error) is ProtocolError
    assert "answered, but" in call.error.what
    assert call.requests == 2


@pytest.mark.parametrize(
    "data",
    [
        b"[1]",
        b'"x"',
        b"null",
        b'{"type": "message_start"}',
        b'{"type": "message_start", "message": 5}',
        b'{"type": "content_block_delta", "index": "a", "delta": 5}',
        b'{"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": 5}}',
        b'{"type": "message_delta", "delta": {"stop_reason": {"a": 1}}, "usage": {"output_tokens": "many"}}',
    ],
)
def test_events_of_any_shape_end_in_an_error_of_ours(data):
    call = Call([fake.raw_stream(b"event: message_start\ndata: " + data + b"\n\n")], attempts=2)
    assert type(call.error) in {TryAgainError, ProtocolError}


# Secrets


def test_the_key_shows_up_nowhere_whatever_fails(caplog):
    out = io.StringIO()
    caplog.set_level(logging.DEBUG)
    with redirect_stdout(out), redirect_stderr(out):
        for behaviour in (
            GOOD,
            fake.error(401, "authentication_error", f"invalid key {CANARY}"),
            fake.error(400, "invalid_request_error", f"header was Bearer {CANARY}"),
            fake.sse_error("invalid_request_error", CANARY),
            fake.hang_up(),
            fake.cut(),
            fake.html(),
        ):
            call = Call([behaviour], attempts=2)
            said = [*call.lines, repr(call.turn)]
            if call.error:
                said += [call.error.hint, *traceback.format_exception(call.error)]
            assert CANARY not in "".join(said)
    assert CANARY not in out.getvalue()
    assert CANARY not in caplog.text
    assert CANARY not in repr(endpoint.endpoint({"ANTHROPIC_API_KEY": CANARY}))

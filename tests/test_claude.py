"""One call to Claude: what goes over the wire, what is made of the answer, and what the environment decides."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from fakes import claude_server as fake
from fakes.claude_call import CANARY, GOOD, MODEL, REQUEST, Call

from agents.errors import ConfigError
from agents.model import claude, endpoint

ROOT = Path(__file__).resolve().parents[1]

# What goes out


def test_one_request_carries_schema_rules_source_and_prompt_and_no_retired_parameter():
    call = Call([GOOD])
    (seen,) = call.server.requests
    assert set(seen.body) == {"max_tokens", "messages", "model", "output_config", "stream", "system"}
    assert seen.body["system"] == [{"type": "text", "text": "rules", "cache_control": {"type": "ephemeral"}}]
    assert seen.body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert "cache_control" in seen.body["messages"][0]["content"][0]
    assert seen.headers["authorization"] == f"Bearer {CANARY}"
    assert seen.headers["x-stainless-retry-count"] == "0"


def test_equal_requests_are_equal_bytes():
    one, two = Call([GOOD]), Call([GOOD])
    assert str(one.server.requests[0].body) == str(two.server.requests[0].body)


@pytest.mark.parametrize(
    ("env", "authorization"),
    [
        ({"ANTHROPIC_API_KEY": "a-key"}, "Bearer a-key"),
        ({"ANTHROPIC_AUTH_TOKEN": "a-token"}, "Bearer a-token"),
        ({"ANTHROPIC_API_KEY": "a-key", "ANTHROPIC_AUTH_TOKEN": "a-token"}, "Bearer a-key"),
        ({"ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": "a-token"}, "Bearer a-token"),
        ({}, "Bearer no-key-needed"),
    ],
)
def test_the_environment_given_decides_on_the_credential(env, authorization, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-the-process")  # what counts is the mapping, so that a .env can be in it
    with fake.ClaudeServer([GOOD]) as server:
        with claude.connected(endpoint.endpoint({**env, "ANTHROPIC_BASE_URL": server.url})) as client:
            claude.send(client, REQUEST, 30, print)
        assert server.requests[0].headers["authorization"] == authorization
        assert "x-api-key" not in server.requests[0].headers


# What comes back


def test_a_whole_answer_has_text_usage_model_and_request_id():
    turn = Call([GOOD]).turn
    assert turn.text == '{"title": "对比"}'
    assert (turn.stop_reason, turn.model, turn.request_id) == ("end_turn", MODEL, "req_test")
    assert (turn.input, turn.output, turn.cache_read, turn.cache_write) == (100, 500, 0, 2000)


def test_thinking_and_unknown_blocks_are_no_part_of_the_text():
    turn = Call([fake.blocks(("thinking", "hm {"), ("hologram", "no"), ("text", "Sure! "), ("text", "{}"))]).turn
    assert turn.text == "Sure! {}"


def test_a_server_that_leaves_usage_out_is_served_all_the_same():
    lines = (
        b'event: message_start\ndata: {"type":"message_start","message":{"model":"qwen","usage":null}}\n\n'
        b'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text"}}\n\n'
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{}"}}\n\n'
        b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n'
    )
    turn = Call([fake.raw_stream(lines)]).turn
    assert (turn.text, turn.model, turn.input, turn.output) == ("{}", "qwen", 0, 0)


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "pause_turn", "tool_use", "martian"])
def test_any_stop_reason_is_handed_on_with_its_text(reason):
    turn = Call([fake.good("half", reason)]).turn
    assert (turn.stop_reason, turn.text) == (reason, "half")


def test_a_refusal_carries_its_category():
    assert Call([fake.refused("bio")]).turn.stopped_for == "bio"
    assert Call([fake.refused(None)]).turn.stopped_for == ""


def test_a_connection_lost_after_the_stop_reason_costs_nothing():
    def behave(reply):
        reply.open_message()
        reply.block(0, "{}")
        reply.event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9})
        reply.reset()

    call = Call([behave])
    assert call.turn.text == "{}"
    assert call.requests == 1


def test_tokens_so_far_are_told_at_most_once_a_second():
    call = Call([fake.slow("x" * 600, 1.05)])
    assert 1 <= len(call.lines) <= 3
    assert "100 tokens so far" in call.lines[0] or "200 tokens so far" in call.lines[0]


def test_a_fast_answer_tells_no_progress():
    assert Call([GOOD]).lines == []


# Counting


def test_tokens_are_counted_by_the_api_or_not_at_all():
    for counted in (1234, None):
        with fake.ClaudeServer([GOOD], counted=counted) as server:
            with claude.connected(endpoint.endpoint({"ANTHROPIC_BASE_URL": server.url})) as client:
                assert claude.count(client, REQUEST, 30) == counted
            assert set(server.counts[0].body) == {"messages", "model", "output_config", "system"}
            assert server.requests == []


# Settings


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"])
def test_a_key_a_token_or_a_base_url_makes_claude_available(name):
    assert endpoint.available({name: "http://x"})
    assert not endpoint.available({name: ""})


def test_nothing_set_is_a_config_error():
    with pytest.raises(ConfigError) as caught:
        endpoint.endpoint({"ANTHROPIC_API_KEY": ""})
    assert "ANTHROPIC_API_KEY" in caught.value.hint


@pytest.mark.parametrize(
    "key", [f"{CANARY}\n", f" {CANARY}", f"{CANARY} x", f"{CANARY}…", f"\u200b{CANARY}", f"{CANARY}\x00"]
)
@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_a_key_that_was_copied_badly_is_refused_and_not_shown(name, key):
    with pytest.raises(ConfigError, match="white space") as caught:
        endpoint.endpoint({name: key})
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://x", "http://", "http://[::1", "http://x:notaport"])
def test_a_base_url_that_is_none_is_a_config_error(url):
    with pytest.raises(ConfigError, match="ANTHROPIC_BASE_URL"):
        endpoint.endpoint({"ANTHROPIC_BASE_URL": url})


def test_only_anthropics_own_host_is_trusted_with_schemas():
    for url, trusted in {
        "https://api.anthropic.com": True,
        "http://localhost:11434": False,
        "https://api.deepseek.com/anthropic": False,
        "https://anthropic.com.evil.example": False,
        "https://notanthropic.com": False,
    }.items():
        assert claude.Endpoint(url).takes_schemas is trusted


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "socks://127.0.0.1:1"])
def test_a_socks_proxy_is_a_config_error_with_a_hint_but_does_not_bar_this_machine(proxy, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigError) as caught, claude.connected(endpoint.endpoint({"ANTHROPIC_API_KEY": "k"})):
        pass
    assert "ALL_PROXY" in caught.value.hint
    assert Call([GOOD]).turn


def test_a_profile_on_disk_is_never_used(tmp_path, monkeypatch):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "default.json").write_text(
        '{"authentication": {"type": "api_key", "api_key": "of-a-profile"}}'
    )
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    with fake.ClaudeServer([GOOD]) as server:
        with claude.connected(endpoint.endpoint({"ANTHROPIC_BASE_URL": server.url})) as client:
            claude.send(client, REQUEST, 30, print)
        assert "of-a-profile" not in str(server.requests[0].headers)


def test_importing_this_module_does_not_import_the_sdk():
    code = "import sys, agents.model.engine; print([m for m in ('anthropic', 'httpx2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_the_import_can_run_ahead_on_its_own_thread():
    code = (
        "import sys, threading; from agents.model import claude; claude.preload();"
        "[t.join() for t in threading.enumerate() if t.daemon]; print('anthropic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "True\n"

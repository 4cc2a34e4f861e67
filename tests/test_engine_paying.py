"""No answer is paid for twice, and none beyond the budget."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from fakes import claude_server as fake
from fakes.asking import BROKEN, GOOD, HIGHER, MODEL, QUESTION, Asker, nothing_wrong

from agents.errors import ConfigError, ProtocolError, RefusedError, TryAgainError
from agents.model import engine
from agents.recipes import receipt

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def ask(tmp_path):
    return Asker(tmp_path / "replies")


# Paying once


def test_a_kept_answer_is_replayed_without_key_and_network(ask):
    paid, _ = ask([GOOD])
    again, requests = ask([GOOD], env={})
    assert requests == 0
    assert again == replace(paid, replayed=True)


def test_the_time_of_an_answer_is_kept_with_it_and_stays_what_it_was_when_replayed(ask):
    answer, _ = ask([fake.slow('{"title": "对比", "score": 1}', 0.6)])
    assert 1.2 <= answer.usage.seconds < 10
    assert "，用时 " in receipt.writer(answer)
    assert ask([GOOD], env={})[0].usage.seconds == answer.usage.seconds


def test_force_asks_anew(ask):
    ask([GOOD])
    answer, requests = ask([HIGHER], force=True)
    assert (answer.reply.score, requests, answer.replayed) == (9, 1, False)
    assert ask([BROKEN])[0].reply.score == 9


def test_force_that_fails_leaves_the_kept_answer(ask):
    ask([GOOD])
    error, _ = ask([fake.error(401, "authentication_error", "no")], force=True)
    assert type(error) is ConfigError
    assert ask([BROKEN])[0].reply.score == 1


def test_another_model_prompt_or_source_is_another_question(ask):
    ask([GOOD])
    for other in (
        replace(QUESTION, template="{{title}} anew"),
        replace(QUESTION, system="other rules"),
        replace(QUESTION, depends_on=("sha256",)),
    ):
        assert ask([GOOD], question=other)[1] == 1
    assert ask([GOOD], question=replace(QUESTION, prompt="the same with another date"))[1] == 0


def test_the_answer_is_on_disk_before_the_check_sees_it(ask):
    kept = []

    def look(reply):
        kept.extend(json.loads(file.read_text("utf-8"))["turns"][-1] for file in ask.folder.iterdir())
        return []

    ask([GOOD], look)
    (turn,) = kept
    assert turn["text"] == '{"title": "对比", "score": 1}'
    assert (turn["stop_reason"], turn["model"], turn["request_id"]) == ("end_turn", MODEL, "req_test")
    assert (turn["input"], turn["output"], turn["cache_write"]) == (100, 500, 2000)


def test_a_conversation_that_broke_off_goes_on_where_it_stood(ask):
    error, requests = ask([BROKEN, fake.overloaded()])
    assert type(error) is TryAgainError
    assert requests == 1 + 5
    assert ask.files() == ["json"]

    answer, requests = ask([GOOD])
    assert requests == 1
    assert answer.usage.output == 1000  # both turns made this reply
    assert answer.replayed is False
    assert "score: Field required" in ask.seen[0].body["messages"][2]["content"]
    assert ask([GOOD])[0].replayed is True


def test_a_cut_answer_is_kept_and_a_re_run_starts_with_more_room(ask):
    ask([fake.truncated(), fake.overloaded()])
    _, requests = ask([GOOD])
    assert requests == 1
    assert ask.seen[0].body["max_tokens"] == 32_000


def test_a_permanent_error_at_a_re_ask_keeps_what_was_paid_for(ask):
    error, _ = ask([BROKEN, fake.error(402, "billing_error", "pay")])
    assert type(error) is RefusedError
    assert ask.files() == ["json"]


def test_a_rejected_reply_is_not_replayed(ask):
    ask([BROKEN])
    answer, requests = ask([GOOD])
    assert requests == 1
    assert answer.reply
    assert ask.files() == ["json", "rejected.json"]


def test_an_answer_about_another_paper_is_set_aside_without_a_re_ask(ask):
    def never_saw_it(reply):
        raise ProtocolError("Claude never saw the paper", "run again")

    error, requests = ask([GOOD], never_saw_it)
    assert (type(error), requests) == (ProtocolError, 1)
    assert ask.files() == ["rejected.json"]


def test_a_run_killed_between_two_re_asks_pays_for_no_turn_twice(tmp_path):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        f"sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
        "from fakes import asking as t\n"
        "t.engine.ask(t.QUESTION, t.nothing_wrong, model=t.MODEL, replies=Path(sys.argv[1]),\n"
        "             env={'ANTHROPIC_BASE_URL': sys.argv[2]}, progress=print)\n"
    )
    with fake.ClaudeServer([BROKEN, fake.drip(30)]) as server:
        command = [sys.executable, "-c", code, str(tmp_path), server.url]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
            until = time.monotonic() + 20
            while len(server.requests) < 2 and time.monotonic() < until:
                time.sleep(0.02)
            run.send_signal(signal.SIGKILL)
        assert len(server.requests) == 2
        server.script[1] = GOOD
        answer = engine.ask(
            QUESTION,
            nothing_wrong,
            model=MODEL,
            replies=tmp_path,
            env={"ANTHROPIC_BASE_URL": server.url},
            progress=print,
        )
        assert answer.reply.score == 1
        assert len(server.requests) == 3
        assert "score: Field required" in server.requests[2].body["messages"][2]["content"]


# Money


def test_a_call_that_may_cost_too_much_is_not_sent(ask):
    error, requests = ask([GOOD], max_usd=Decimal("0.16"))
    assert type(error) is RefusedError
    assert requests == 0
    assert len(ask.counts) == 1
    assert "0.165" in error.what  # 2100 in at 2.5 and 16000 out at 10, a million


def test_a_call_within_the_budget_is_sent(ask):
    assert ask([GOOD], max_usd=Decimal("0.17"))[1] == 1


def test_what_this_run_has_spent_counts_against_the_budget(ask):
    error, requests = ask([BROKEN], max_usd=Decimal("0.17"))
    assert type(error) is RefusedError
    assert requests == 1
    assert "0.010 are spent" in error.what
    assert ask([GOOD], max_usd=Decimal("0.17"))[0].reply  # and a run later it goes on


def test_a_budget_for_a_model_without_a_price_cannot_be_kept(tmp_path):
    with fake.ClaudeServer([GOOD]) as server:
        env = {"ANTHROPIC_BASE_URL": server.url}
        with pytest.raises(RefusedError, match="no price is known for llama3"):
            engine.ask(
                QUESTION, nothing_wrong, model="llama3", replies=tmp_path, env=env, progress=print, max_usd=Decimal(1)
            )
        assert server.requests == []


def test_without_a_budget_nothing_is_counted(ask):
    ask([GOOD])
    assert ask.counts == []


def test_a_budget_holds_where_the_endpoint_does_not_count(ask):
    assert ask([GOOD], max_usd=Decimal("0.0001"), counted=None)[1] == 0
    assert ask([GOOD], max_usd=Decimal(1), counted=None)[1] == 1


def test_an_estimate_is_counted_by_the_api_and_dated():
    with fake.ClaudeServer([GOOD]) as server:
        estimate = engine.estimate(QUESTION, MODEL, {"ANTHROPIC_BASE_URL": server.url}, print)
        assert server.requests == []
    assert (estimate.tokens_in, estimate.tokens_out, estimate.usd) == (2100, 16_000, Decimal("0.16525"))
    assert estimate.how.startswith("counted by the API")
    assert estimate.how.endswith("prices of 2026-11-23")


def test_an_estimate_without_a_key_is_counted_here():
    long = replace(QUESTION, source="word " * 6000)
    estimate = engine.estimate(long, MODEL, {}, print)
    assert 10_000 < estimate.tokens_in < 10_500
    assert estimate.how.startswith("counted here")
    assert engine.estimate(long, "llama3", {}, print).usd is None


def test_an_estimate_falls_back_where_the_endpoint_does_not_count():
    with fake.ClaudeServer([GOOD], counted=None) as server:
        estimate = engine.estimate(QUESTION, MODEL, {"ANTHROPIC_BASE_URL": server.url}, print)
    assert estimate.how.startswith("counted here")

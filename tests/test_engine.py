"""Asking and re-asking, against a loopback server that speaks Claude's wire format."""

from decimal import Decimal

import pytest
from fakes import claude_server as fake
from fakes.asking import BROKEN, CANARY, GOOD, HIGHER, MODEL, QUESTION, Asker, Reply, at_least_five

from agents.errors import DataError, ProtocolError
from agents.model import engine
from agents.note.problem import Problem


@pytest.fixture
def ask(tmp_path):
    return Asker(tmp_path / "replies")


# Asking


def test_a_good_answer_takes_one_request_and_says_what_it_cost(ask):
    answer, requests = ask([GOOD])
    assert requests == 1
    assert answer.reply == Reply(title="对比", score=1)
    assert (answer.engine, answer.model, answer.replayed, answer.problems) == ("claude", MODEL, False, ())
    assert (answer.usage.tokens_in, answer.usage.output) == (2100, 500)
    assert answer.usage.usd == Decimal("0.0102")  # 100 in at 2, 2000 written to the cache at 2.5, 500 out at 10


def test_the_model_that_answered_is_recorded_and_a_difference_is_told(ask):
    answer, _ = ask([GOOD], model="qwen3")
    assert answer.model == "qwen3"
    assert answer.usage.usd is None
    assert ask.lines == [f"asked for {MODEL}, answered by qwen3"]


def test_a_dated_name_of_the_same_model_is_no_difference(ask):
    answer, _ = ask([GOOD], model=f"{MODEL}-20260928")
    assert ask.lines == []
    assert answer.usage.usd == Decimal("0.0102")


def test_an_endpoint_that_may_ignore_schemas_gets_it_in_the_prompt_too(ask):
    ask([GOOD])
    prompt = ask.seen[0].body["messages"][0]["content"][-1]["text"]
    assert prompt.startswith("prompt\n\n")
    assert '"required":["title","score"]' in prompt


def test_anthropics_own_endpoint_gets_the_prompt_as_it_is():
    place = engine.endpoint.endpoint({"ANTHROPIC_API_KEY": "k"})
    request = engine._request(QUESTION, MODEL, place, None, 16_000)
    assert request.messages[0]["content"][-1]["text"] == "prompt"


# Re-asking


@pytest.mark.parametrize("first", [fake.good("I am sorry."), fake.good('{"title": '), BROKEN])
def test_invalid_then_good_takes_one_re_ask_that_names_what_was_wrong(ask, first):
    answer, requests = ask([first, GOOD])
    assert answer.reply.score == 1
    assert requests == 2
    assert answer.usage.output == 1000
    asked = ask.seen[1].body["messages"]
    assert [message["role"] for message in asked] == ["user", "assistant", "user"]
    assert asked[0] == ask.seen[0].body["messages"][0]
    assert "- the answer" in asked[2]["content"] or "- score: Field required" in asked[2]["content"]


def test_the_second_re_ask_holds_the_last_answer_only(ask):
    answer, requests = ask([fake.good("first try"), fake.good("second try"), GOOD])
    assert answer.reply
    assert requests == 3
    asked = ask.seen[2].body["messages"]
    assert len(asked) == 3
    assert asked[1]["content"] == "second try"
    assert "first try" not in str(asked)


def test_an_answer_that_stays_invalid_is_a_data_error_after_three_and_is_kept(ask):
    error, requests = ask([BROKEN])
    assert type(error) is DataError
    assert "score: Field required" in error.what
    assert requests == 3
    assert ask.files() == ["rejected.json"]
    assert str(next(ask.folder.iterdir())) in error.hint


def test_three_problems_are_named_at_most(ask):
    many = [Problem(f"wrong {number}") for number in range(5)]
    error, _ = ask([GOOD], lambda reply: many)
    assert "wrong 2" in error.what
    assert "wrong 3" not in error.what


def test_a_check_may_send_an_answer_back(ask):
    answer, requests = ask([GOOD, HIGHER], at_least_five)
    assert (answer.reply.score, answer.problems, requests) == (9, (), 2)
    assert "- score 1 is not in the paper" in ask.seen[1].body["messages"][2]["content"]


def test_small_problems_that_stay_come_with_the_answer(ask):
    answer, requests = ask([GOOD], at_least_five)
    assert requests == 3
    assert answer.problems == (Problem("score 1 is not in the paper", fatal=False),)


def test_the_best_answer_counts_not_the_last(ask):
    answer, requests = ask([GOOD, BROKEN, fake.good('{"title": "x", "score": -1}')], at_least_five)
    assert requests == 3
    assert answer.reply.score == 1
    assert answer.problems == (Problem("score 1 is not in the paper", fatal=False),)


@pytest.mark.parametrize("second", [fake.refused(), fake.truncated()])
def test_a_refusal_to_mend_small_things_leaves_what_there_is(ask, second):
    answer, _ = ask([GOOD, second], at_least_five)
    assert answer.reply.score == 1
    assert len(answer.problems) == 1


# Stop reasons


def test_an_answer_that_was_cut_gets_more_room_once_and_no_re_ask_is_spent(ask):
    answer, requests = ask([fake.truncated(), BROKEN, BROKEN, GOOD])
    assert answer.reply
    assert requests == 4
    assert [seen.body["max_tokens"] for seen in ask.seen] == [16_000, 32_000, 32_000, 32_000]
    assert ask.seen[0].body["messages"] == ask.seen[1].body["messages"]


def test_an_answer_that_is_cut_again_is_a_data_error(ask):
    error, requests = ask([fake.truncated()])
    assert type(error) is DataError
    assert "cut at 32000 tokens" in error.what
    assert requests == 2
    assert ask.files() == ["rejected.json"]


@pytest.mark.parametrize(
    ("behaviour", "kind", "said"),
    [
        (fake.refused("frontier_llm"), DataError, "Claude declined (frontier_llm)"),
        (fake.refused(None, "I cannot help with that."), DataError, "Claude declined"),
        (fake.refused("bio", '{"title": "x", "score": 1}'), DataError, "Claude declined (bio)"),
        (fake.good("x", "model_context_window_exceeded"), DataError, "paper too long"),
        (fake.good('{"title": "x", "score": 1}', "pause_turn"), ProtocolError, "pause_turn"),
        (fake.good('{"title": "x", "score": 1}', "tool_use"), ProtocolError, "tool_use"),
        (fake.good('{"title": "x", "score": 1}', "stop_sequence"), ProtocolError, "stop_sequence"),
        (fake.good('{"title": "x", "score": 1}', "martian"), ProtocolError, "martian"),
    ],
)
def test_the_stop_reason_counts_before_the_text(ask, behaviour, kind, said):
    error, requests = ask([behaviour])
    assert type(error) is kind
    assert said in error.what
    assert requests == 1
    assert ask.files() == ["rejected.json"]


# Secrets


def test_the_key_is_in_no_file_and_no_line(ask):
    for script in ([GOOD], [BROKEN], [fake.refused()], [fake.error(401, "authentication_error", CANARY)]):
        said, _ = ask(script, force=True)
        assert CANARY not in repr(said)
        assert CANARY not in "".join(ask.lines)
    for file in ask.folder.rglob("*"):
        assert CANARY.encode() not in file.read_bytes()

from decimal import Decimal

import pytest

from agents.model import prices


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-sonnet-5-5", "12"),
        ("claude-opus-5-5", "24"),
        ("claude-fable-5-2", "48"),
        ("claude-haiku-4-5-20251001", "6"),
    ],
)
def test_a_million_tokens_each_way_cost_what_the_table_says(model, expected):
    assert prices.usd(model, input=1_000_000, output=1_000_000) == Decimal(expected)


def test_cache_and_batch_have_prices_of_their_own():
    million = 1_000_000
    assert prices.usd("claude-sonnet-5-5", cache_write=million) == Decimal("2.5")
    assert prices.usd("claude-sonnet-5-5", cache_write_1h=million) == Decimal(4)
    assert prices.usd("claude-sonnet-5-5", cache_read=million) == Decimal("0.1")
    assert prices.usd("claude-sonnet-5-5", input=million, batch=True) == Decimal(1)
    assert prices.usd("claude-opus-5-5", cache_read=million, batch=True) == Decimal("0.1")


def test_haiku_5_5_costs_more_on_every_token_once_the_whole_prompt_passes_100k():
    short = prices.usd("claude-haiku-5-5", input=40_000, cache_read=60_000, output=1000)
    long = prices.usd("claude-haiku-5-5", input=40_001, cache_read=60_000, output=1000)
    assert short == Decimal("0.0051")
    assert long == Decimal("0.0255005")


@pytest.mark.parametrize(
    "model", ["", "llama3", "claude-sonnet-5-6", "claude-sonnet", "deepseek-v4-pro", "x/claude-opus-5"]
)
def test_an_unknown_model_has_no_price_rather_than_a_wrong_one(model):
    assert prices.usd(model, input=1) is None


def test_each_cache_price_keeps_the_published_ratio_to_the_input_price():
    for rate in prices._RATES.values():
        assert rate.cache_write == rate.input * Decimal("1.25")
        assert rate.cache_write_1h == rate.input * 2
        assert rate.cache_read / rate.input in {Decimal("0.1"), Decimal("0.05"), Decimal("0.025")}


def test_chinese_counts_a_token_a_character_and_other_text_a_third():
    assert prices.tokens("") == 0
    assert prices.tokens("abcdef") == 2
    assert prices.tokens("对比学习，abc") == 6

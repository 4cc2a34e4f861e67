"""What a call costs: one dated table, and a count of tokens for when the API cannot be asked."""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

AS_OF = date(2026, 11, 23)
BATCH = Decimal("0.5")  # factor on everything; it stacks with caching


class Rate(NamedTuple):
    """USD per million tokens."""

    input: Decimal
    output: Decimal
    cache_write: Decimal  # kept for 5 minutes
    cache_write_1h: Decimal
    cache_read: Decimal


def _rate(row: str) -> Rate:
    return Rate(*map(Decimal, row.split()))


#        in    out  5m write  1h write  read
_RATES = {
    "claude-fable-5-2": _rate("8    40    10     16    0.20"),
    "claude-fable-5-1": _rate("10   50    12.5   20    0.25"),
    "claude-fable-5": _rate("10   50    12.5   20    1.00"),
    "claude-opus-5-5": _rate("4    20    5      8     0.20"),
    "claude-opus-5": _rate("5    25    6.25   10    0.50"),
    "claude-opus-4-8": _rate("5    25    6.25   10    0.50"),
    "claude-opus-4-7": _rate("5    25    6.25   10    0.50"),
    "claude-opus-4-6": _rate("5    25    6.25   10    0.50"),
    "claude-opus-4-5": _rate("5    25    6.25   10    0.50"),
    "claude-sonnet-5-5": _rate("2    10    2.5    4     0.10"),
    "claude-sonnet-5": _rate("2    10    2.5    4     0.20"),
    "claude-sonnet-4-6": _rate("3    15    3.75   6     0.30"),
    "claude-sonnet-4-5": _rate("3    15    3.75   6     0.30"),
    "claude-haiku-5-5": _rate("0.10 0.50  0.125  0.20  0.01"),
    "claude-haiku-4-5": _rate("1    5     1.25   2     0.10"),
}
# One model costs more, on all tokens of the request, when its prompt is longer than this.
_LONG_PROMPT = {"claude-haiku-5-5": (100_000, _rate("0.50 2.50  0.625  1.00  0.05"))}
_DATED = re.compile(r"-20\d{6}$")


def usd(
    model: str,
    *,
    input: int = 0,  # noqa: A002 - the API's own word
    output: int = 0,
    cache_read: int = 0,
    cache_write: int = 0,
    cache_write_1h: int = 0,
    batch: bool = False,
) -> Decimal | None:
    """The price of one request in USD from its token counts; None for a model that the table does not hold."""
    name = _DATED.sub("", model)
    rate = _RATES.get(name)
    if rate is None:
        return None
    threshold, long_rate = _LONG_PROMPT.get(name, (None, rate))
    if threshold is not None and input + cache_read + cache_write + cache_write_1h > threshold:
        rate = long_rate
    tokens = (input, output, cache_write, cache_write_1h, cache_read)
    cost = sum((count * price for count, price in zip(tokens, rate, strict=True)), Decimal(0)) / 1_000_000
    return cost * BATCH if batch else cost


# Compiled when first asked for (4 ms), which most runs never do.
_WIDE = "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"


def picture_tokens(width: int, height: int) -> int:
    """What a picture of so many pixels costs, as Anthropic counts it."""
    return -(-width * height // 750)


def tokens(text: str) -> int:
    """A local count, on the high side for prose: 3 characters a token, but one for each Chinese character.

    The tokenizer of the models since 4.7 makes about 30 % more tokens than the usual 4 characters a token say.
    """
    wide = len(re.findall(_WIDE, text))
    return wide + -(-(len(text) - wide) // 3)

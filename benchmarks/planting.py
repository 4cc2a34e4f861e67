"""One error in a true statement: each planter changes what its name says, and nothing else. Pure, and seeded."""

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from statements import Statement, filled

_NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"(?<![\w'’-])[A-Za-z]{4,}(?![\w'’-])")
_UNITS = {
    "%": ("倍",), "倍": ("%",), "K": ("M", "B"), "k": ("M", "B"), "M": ("K", "B"), "B": ("K", "M"),
    "亿": ("万",), "万": ("亿",), "天": ("小时", "周"), "小时": ("天", "分钟"), "分钟": ("小时", "秒"),
    "秒": ("毫秒", "分钟"), "GB": ("MB", "TB"), "MB": ("GB", "KB"), "年": ("天", "个月"),
}  # fmt: skip
_UNIT = re.compile(
    r"(?<=\d)(\s?)(" + "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True))) + r")(?![A-Za-z])"
)


def digit_changed(piece: str, dice: Random) -> str:
    number = _NUMERAL.search(piece)
    if not number:
        return ""
    places = [at for at in range(*number.span()) if piece[at].isdigit()]
    if number[0].startswith("0."):
        places = places[1:]
    at = dice.choice(places)
    digits = set("0123456789") - {piece[at]} - ({"0"} if at == number.start() else set())
    return piece[:at] + dice.choice(sorted(digits)) + piece[at + 1 :]


def digits_swapped(piece: str, dice: Random) -> str:
    """Two neighbours, over the point or a comma too."""
    number = _NUMERAL.search(piece)
    places = [at for at in range(*number.span()) if piece[at].isdigit()] if number else []
    made = []
    for one, other in pairwise(places):
        chars = list(piece)
        chars[one], chars[other] = chars[other], chars[one]
        swapped = "".join(chars)
        leading = swapped[places[0] : places[0] + 2]
        if piece[one] != piece[other] and not (leading[0] == "0" and leading[1:].isdigit()):
            made.append(swapped)
    return dice.choice(made) if made else ""


def sign_changed(piece: str, dice: Random) -> str:
    number = _NUMERAL.search(piece)
    if not number or not Decimal(number[0].replace(",", "")):
        return ""
    before, rest = piece[: number.start()], piece[number.start() :]
    if before[-1:] in {"-", "−"}:
        return before[:-1] + rest
    return f"{before.removesuffix('+')}{dice.choice('-−')}{rest}"


def point_moved(piece: str, dice: Random) -> str:
    """By one place to the left or to the right."""
    number = _NUMERAL.search(piece)
    value = Decimal(number[0].replace(",", "")) if number else Decimal(0)
    if not number or not value:
        return ""
    moved = value.scaleb(dice.choice((-1, 1)))
    return f"{piece[: number.start()]}{moved:f}{piece[number.end() :]}"


def unit_changed(piece: str, dice: Random) -> str:
    if piece.startswith("百分之"):
        return piece.removeprefix("百分之").strip() + " 倍"
    unit = _UNIT.search(piece)
    return f"{piece[: unit.start(2)]}{dice.choice(_UNITS[unit[2]])}{piece[unit.end() :]}" if unit else ""


def word_changed(piece: str, dice: Random, words: list[str]) -> str:
    """Another word of the paper in the place of one."""
    found = list(_WORD.finditer(piece))
    if not found or not words:
        return ""
    old = dice.choice(found)
    others = [word for word in words if word.casefold() != old[0].casefold()]
    new = dice.choice(others)
    return f"{piece[: old.start()]}{new.capitalize() if old[0][0].isupper() else new}{piece[old.end() :]}"


_NUMBERS: dict[str, Callable[[str, Random], str]] = {
    "digit changed": digit_changed,
    "digits swapped": digits_swapped,
    "sign changed": sign_changed,
    "decimal point moved": point_moved,
    "unit changed": unit_changed,
}
# Nobody has written these.
INVENTED = (
    ("Sparse Gradient Tides for Robust Sequence Alignment", "Harrow et al.", 2019),
    ("Learning to Forget Twice: Hierarchical Erasure in Deep Memory Networks", "Ostrander et al.", 2020),
    ("A Unified Lattice View of Contrastive Objectives", "Liangwei et al.", 2021),
    ("Token Weather: Forecasting Attention Drift at Scale", "Beaumont-Reyes et al.", 2022),
    ("On the Surprising Harmlessness of Saturated Normalisation", "Kettleburg et al.", 2018),
    ("Orchard: Branch-Pruned Pretraining for Low-Bandwidth Clusters", "Adebayo-Lund et al.", 2021),
    ("Cross-Modal Echoes: Aligning Captions without Captions", "Vestergren et al.", 2023),
    ("Bootstrapped Reward Cartography for Preference Learning", "Quillon et al.", 2022),
    ("Deep Residual Gardens for Image Understanding", "Marchetti-Oduya et al.", 2017),
    ("Efficient Estimation of Syntax Vectors in Hyperbolic Space", "Tannhauser et al.", 2016),
    ("Rank-Starved Adapters for Frozen Language Models", "Ilmarinen et al.", 2021),
    ("Measuring Massive Multistep Misunderstanding", "Corvane et al.", 2020),
)
_WRONG = {"wrong year": "year", "wrong author": "authors"}
KINDS = (
    *_NUMBERS, "row swapped", "column swapped", "word of a quote changed",
    "invented reference", "wrong year", "wrong author", "symbol not in the table", "symbol not in the formula",
    "brace lost",
)  # fmt: skip


def kinds_of(statement: Statement) -> tuple[str, ...]:
    """The errors that can be made in it, whatever its values allow."""
    if statement.form.startswith("number"):
        return tuple(_NUMBERS)
    if statement.form.startswith("cell"):
        return (*_NUMBERS, "row swapped", "column swapped")
    if statement.form == "quote":
        return ("word of a quote changed",)
    if statement.form == "reference":
        return ("invented reference", "wrong year", "wrong author")
    return ("symbol not in the table", "symbol not in the formula", "brace lost")


def plant(kind: str, statement: Statement, dice: Random, words: list[str]) -> list[Any]:
    """The statement with an error of this kind, as it stands in a reply; [] where its values allow none.

    One of those that are possible; of the errors in a formula as many as are known.
    """
    if kind == "invented reference":
        title, authors, year = dice.choice(INVENTED)
        return [statement.data | {"title": title, "authors": authors, "year": year, "arxiv": ""}]
    if kind in _NUMBERS:
        made = _NUMBERS[kind](statement.piece, dice)
    elif kind == "word of a quote changed":
        made = word_changed(statement.piece, dice, words)
    else:
        found = statement.others.get(kind, ())
        if not found or statement.form == "formula":
            return list(found)
        made = dice.choice(found)
        if kind in _WRONG:
            return [statement.data | {_WRONG[kind]: made}]
    return [filled(statement.data, made)] if made and made != statement.piece else []

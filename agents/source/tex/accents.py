"""Accents and letters of TeX's text mode -> Unicode."""

import unicodedata

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
ACCENTS = frozenset(f"\\{mark}" for mark in _COMBINING)
LETTERS = {
    r"\ss": "ß", r"\ae": "æ", r"\AE": "Æ", r"\oe": "œ", r"\OE": "Œ", r"\o": "ø", r"\O": "Ø", r"\aa": "å", r"\AA": "Å",
    r"\l": "ł", r"\L": "Ł", r"\i": "ı", r"\j": "ȷ", r"\dh": "ð", r"\th": "þ", r"\DH": "Ð", r"\TH": "Þ", r"\ng": "ŋ",
}  # fmt: skip


def accented(accent: str, base: str) -> str:
    """The letter with its accent; anything but a letter is left as it is."""
    letter = {"ı": "i", "ȷ": "j"}.get(base[:1], base[:1])
    if not letter.isalpha():
        return base
    return unicodedata.normalize("NFC", letter + _COMBINING[accent[1:]]) + base[1:]

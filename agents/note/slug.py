"""The file name of a note, from its title: lower-case words joined by hyphens, at most 60 characters."""

import re
import unicodedata

from agents.note.text import letters

_LONGEST = 60
_SHORT_NAME_WORDS = 3
# Names that Windows keeps for devices, whatever the extension; and files of the person's that are no notes.
_KEPT = {"readme", "inbox", "con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def slug(text: str) -> str:
    """The slug in ASCII; "" where nothing of the text is left. Cut at a word."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _joined(re.findall(r"[a-z0-9]+", ascii_text.lower()))


def any_slug(text: str) -> str:
    """The same for any script: letters and digits as they are, and the accents and vowel signs that belong to them."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    words = "".join(char if _is_of_a_word(char) else " " for char in plain).split()
    return _joined([word for word in words if word[0].isalnum()])


def _is_of_a_word(char: str) -> bool:
    emoji_style = "\ufe00" <= char <= "\ufe0f"
    return char.isalnum() or (unicodedata.category(char) in {"Mn", "Mc"} and not emoji_style)


def _joined(words: list[str]) -> str:
    name = "-".join(words)
    while len(name) > _LONGEST and len(words) > 1:
        words.pop()
        name = "-".join(words)
    # A disk counts bytes, 255 of them at most: 60 of the widest letters are 240.
    return f"{name[:_LONGEST]}-note" if name in _KEPT else name[:_LONGEST].strip("-")


def folded(name: str) -> str:
    """A title or name as it is compared: letters and digits only, whatever their case and width."""
    plain = unicodedata.normalize("NFKC", name)
    return letters(plain) or plain.casefold().strip()


def short_name(title: str) -> str:
    """What comes before the colon if that is at most three words (BLIP-2: ...), else the whole title."""
    head, colon, _ = title.replace("：", ":").partition(":")
    return head if colon and 0 < len(head.split()) <= _SHORT_NAME_WORDS and slug(head) else title


def paper_name(title: str, file: str, sha256: str) -> str:
    """The stem of a paper's note: by its title, else by its PDF's file name, else by its checksum."""
    return slug(short_name(title)) or slug(file.rsplit(".", 1)[0]) or f"paper-{sha256[:8]}"

"""The file name of a note, from its title: lower-case ASCII words joined by hyphens, at most 60 characters."""

import re
import unicodedata

_LONGEST = 60
_SHORT_NAME_WORDS = 3
# Names that Windows keeps for devices, whatever the extension.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def slug(text: str) -> str:
    """The slug; "" where nothing of the text is left. Cut at a word."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    name = "-".join(words)
    while len(name) > _LONGEST and len(words) > 1:
        words.pop()
        name = "-".join(words)
    return f"{name[:_LONGEST]}-note" if name in _DEVICES else name[:_LONGEST]


def folded(name: str) -> str:
    """A title or name as it is compared: letters and digits only, whatever their case and width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, plain)) or plain.strip()


def short_name(title: str) -> str:
    """What comes before the colon if that is at most three words (BLIP-2: ...), else the whole title."""
    head, colon, _ = title.replace("：", ":").partition(":")
    return head if colon and 0 < len(head.split()) <= _SHORT_NAME_WORDS and slug(head) else title


def paper_name(title: str, file: str, sha256: str) -> str:
    """The stem of a paper's note: by its title, else by its PDF's file name, else by its checksum."""
    return slug(short_name(title)) or slug(file.rsplit(".", 1)[0]) or f"paper-{sha256[:8]}"

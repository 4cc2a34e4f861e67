"""Did the model see the paper? It returns title, first author and last heading of what it was sent; two must match."""

import re
import unicodedata

from agents.errors import ProtocolError
from agents.note.paper import Echo
from agents.note.text import letters

_NUMBERING = re.compile(r"^[#\s]*(?:(?:appendix\s+)?(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVXL]+)[.)]?\s+)?", re.IGNORECASE)


def _plain(text: str) -> str:
    """Case, spacing and punctuation off, so that an apostrophe or a dropped hyphen is no mismatch."""
    return letters(unicodedata.normalize("NFKC", text))


def _same_heading(ours: str, theirs: str) -> bool:
    return (bool(theirs) and _plain(ours) == _plain(theirs)) or _plain(_NUMBERING.sub("", ours, 1)) == _plain(
        _NUMBERING.sub("", theirs, 1)
    ) != ""


def check(echo: Echo, expected: Echo) -> None:
    """ProtocolError (76) when fewer than two of the three are those of the text that was sent."""
    matches = [
        _plain(echo.title) == _plain(expected.title) != "",
        _plain(echo.first_author) == _plain(expected.first_author) != "",
        _same_heading(expected.last_heading, echo.last_heading),
    ]
    if sum(matches) < 2:
        raise ProtocolError(
            f"the reply is not about this paper: it names {echo.title[:60]!r} by {echo.first_author[:40]!r}",
            "the endpoint may drop or cut long input; check ANTHROPIC_BASE_URL and the model's context, then --force",
        )

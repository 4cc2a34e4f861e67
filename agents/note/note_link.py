"""A link from one note to another, as we print it: the person's own are found by links.py."""

import posixpath
import re
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote, unquote

from pydantic import AfterValidator, Field

from agents.note.section import Part
from agents.note.text import Plain, escape, unescape

LONGEST_PATH = 300
ONE = r"\[(?:\\.|[^\]\\])+\]\([^)\s]+\)"  # the pattern of a link as we print it
_OURS = re.compile(r"\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)")


def is_path(path: str) -> bool:
    """Whether we can print a link to it: a path in the lab, in characters that one can see."""
    inside = posixpath.normpath(path) == path and not path.startswith(("/", "../")) and path != ".."
    return inside and path.isprintable() and 0 < len(path) <= LONGEST_PATH


def _inside_the_lab(path: str) -> str:
    if not is_path(path):
        raise ValueError(f"{path!r} is no path in the lab")
    return path


LabPath = Annotated[str, Field(max_length=LONGEST_PATH), AfterValidator(_inside_the_lab)]


class NoteLink(Part):
    """A note of the lab, by its path and title."""

    path: LabPath
    title: Plain


def show(link: NoteLink, folder: str) -> str:
    """The link as it stands in a note of `folder`; what Markdown could trip over in the path is encoded."""
    return f"[{escape(link.title)}]({_target(link.path, folder)})"


@lru_cache(maxsize=4096)
def _target(path: str, folder: str) -> str:
    return quote(posixpath.relpath(path, folder))


def read(text: str, folder: str) -> list[dict[str, str]]:
    """The links that `show` printed into a text, in order."""
    return [
        {"path": posixpath.normpath(posixpath.join(folder, unquote(target))), "title": unescape(title)}
        for title, target in _OURS.findall(text)
    ]

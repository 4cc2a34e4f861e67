"""Links between notes: how we print one, and which ones stand in a text that anybody may have written."""

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote, unquote

from pydantic import AfterValidator, Field

from agents.note.section import Part
from agents.note.text import Plain, escape, unescape

LONGEST_PATH = 300
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"\]\(\s*(?:<([^<>\n]*)>|((?:[^()\s\\]|\\.|\([^()\s]*\))*))(?:\s+[\"'(][^\n]*?)?\s*\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*<?([^\s>]+)", re.MULTILINE)
_WIKI = re.compile(r"\[\[([^\[\]|#\n]+)(?:#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]")
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


def without_code(text: str) -> str:
    """A text without its fenced blocks: what looks like a link or a word there is none."""
    return _FENCED.sub("", text) if "```" in text or "~~~" in text else text


def targets(text: str, folder: str) -> Iterator[str]:
    """Where the Markdown links of a note in `folder` lead, as paths in the lab, without fragments; not to the web."""
    written = [angled or bare for angled, bare in _INLINE.findall(text)] + _REFERENCE.findall(text)
    for target in written:
        path = unquote(re.sub(r"\\([^\w\s])", r"\1", target).partition("#")[0].partition("?")[0])
        if path and "://" not in path and not path.startswith(("mailto:", "//")):
            yield posixpath.normpath(posixpath.join(folder, path) if not path.startswith("/") else path[1:])


def wiki_names(text: str) -> list[str]:
    """The notes that Obsidian's links name: `[[name#section|shown]]`."""
    return [name.strip() for name in _WIKI.findall(text)]

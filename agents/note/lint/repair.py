"""Repairs of a note's print that leave its meaning alone. Each one is proved on the text it made, or it is not made.

Proved: the note reads as the same values; every word stands there as often as before; the person's sections are the
same to the byte. A note that was as we wrote it still is afterwards, and one that was edited still counts as edited.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from agents.note import frontmatter
from agents.note.cutting import BrokenNote, heads, split
from agents.note.kinds import KINDS
from agents.note.lint.headings import stand_in_order
from agents.note.lint.mend import mended
from agents.note.lint.page import markdown
from agents.note.lint.rules import computed_cells_are_so
from agents.note.lint.subject import subject
from agents.note.markdown import examine, render
from agents.note.note import KeptNote, Note, fingerprint

_UNQUOTED = re.compile(r"(?m)^(arxiv|sha256|written):([ \t]+)([^\s\"'#][^\s\"'#]*)(?=[ \t]*$|[ \t]+#)")
_STATUS = re.compile(r"(?m)^status:[ \t]*([\"']?)(?:unread|reading|read)\1[ \t]*$")
_WRITTEN = re.compile(r"(?m)^written:.*$")
_WORD = re.compile(r"\w+")

Repair = Callable[[str], str]


def repaired(text: str, kind: str, status: str = "") -> tuple[str, tuple[str, ...]]:
    """A note's text, its line ends made one, with what could be repaired, and by which rules.

    `status`: what the reading list says, where that is something else.
    """
    model = KINDS[kind]
    done = []
    for rule, repair in _repairs(model, status):
        after = repair(text)
        if after != text and _is_the_same(text, after, model, status if rule == "status" else ""):
            text = after
            done.append(rule)
    return text, tuple(done)


def _repairs(model: type[Note], status: str) -> Iterator[tuple[str, Repair]]:
    """By the names of the rules whose findings they take away."""
    yield "id-unquoted", _quoted
    if status:
        yield "status", partial(_with_status, status=status)
    yield "typography", partial(_set, model=model)
    yield "round-trip", partial(_printed, model=model)


def _front(text: str, change: Callable[[str], str]) -> str:
    """The text with another front matter; its own where it has none."""
    lines = text.split("\n")
    end = frontmatter.behind(lines) - 1
    if end < 0:
        return text
    return "\n".join([lines[0], change("\n".join(lines[1:end])), *lines[end:]])


def _quoted(text: str) -> str:
    return _front(text, lambda front: _UNQUOTED.sub(r'\1:\2"\3"', front))


def _with_status(text: str, status: str) -> str:
    return _front(text, lambda front: _STATUS.sub(f'status: "{status}"', front, count=1))


def _set(text: str, model: type[Note]) -> str:
    """Our sections with their typography mended; not in a note that knows each of them by its hash."""
    if issubclass(model, KeptNote):
        return text
    with suppress(BrokenNote):
        lines = text.split("\n")
        for chunk in split(text, model).ours.values():
            new = mended(chunk.text).split("\n")
            lines[chunk.line - 1 : chunk.line - 1 + len(new) - 1] = new[:-1]
        return _renewed(text, "\n".join(lines), model)
    return text


def _renewed(before: str, after: str, model: type[Note]) -> str:
    """The new text, with the hash of what it says where the old one had the hash of what that said."""
    old, new = (examine(text, model)[0] for text in (before, after))
    if old is None or new is None or fingerprint(old) != old.written:
        return after
    return _front(after, lambda front: front.replace(old.written, fingerprint(new), 1))


def _printed(text: str, model: type[Note]) -> str:
    """As we would print it; not where a cell that we compute, or the order of the sections, says otherwise."""
    whole = subject(markdown("", text), "")
    if whole is None or whole.note is None or any(computed_cells_are_so(whole)):
        return text
    if any(finding.is_error for finding in stand_in_order(whole)):
        return text
    return render(whole.note, {head.anchor: head.text for head in heads(text, model) if head.anchor})


def _is_the_same(before: str, after: str, model: type[Note], status: str) -> bool:
    """Whether two texts say the same, but for a status that is wanted."""
    try:
        old, new = split(before, model), split(after, model)
        values = frontmatter.read(old.front), frontmatter.read(new.front)
    except (BrokenNote, ValueError):
        return False
    own = [(one.own_keys, one.own_sections, one.remarks) for one in (old, new)]
    if own[0] != own[1] or _without(values[0], status) != _without(values[1], status):
        return False
    notes = [examine(text, model)[0] for text in (before, after)]
    if notes[0] is None:  # nothing but the front matter was touched
        return notes[1] is None and before.split("\n---\n", 1)[1:] == after.split("\n---\n", 1)[1:]
    if notes[1] is None or _values(notes[0], status) != _values(notes[1], status):
        return False
    return bool(status) or _words(before) == _words(after)


def _without(values: dict[str, Any], status: str) -> dict[str, Any]:
    """Front matter without what a repair may change: a status that is wanted, the hash of what the note says."""
    return values | {"written": ""} | ({"status": ""} if status else {})


def _values(note: Note, status: str) -> Any:
    """What a note says: two texts of one typography are one; as we wrote it, or edited, is a value too."""
    said = note.model_dump(exclude={"written", *(("status",) if status else ())})
    return _mended(said), fingerprint(note) == note.written


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, dict):
        return {key: _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list | tuple) else value


def _words(text: str) -> Counter[str]:
    """What a person wrote, whatever stands around it: a comment, or a title of his own, is in no value of the note."""
    return Counter(_WORD.findall(_front(text, lambda front: _WRITTEN.sub("", front))))

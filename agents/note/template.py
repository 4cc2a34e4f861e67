"""The note templates in a CLAUDE.md, for each kind of note: its headings, and the sections that the person added.

A heading of level 2 or 3 without an anchor of ours is a section that he asks for. It is known in notes by the anchor
`more.NAME`: NAME is the anchor that he gave it, so that he may reword it later, and else made from the heading.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agents.note.cutting import REMARKS_ANCHOR, Head, heading_lines
from agents.note.kinds import KINDS
from agents.note.note import ADDED, REMARKS, Note
from agents.note.section import places

MOST_ADDED = 12  # sections of one kind: each is a field more in the reply's schema, and some minutes of reading
LONGEST_HEADING = 80
_LONGEST_LINE = 1000  # of a heading that is looked at for comments
_KIND = re.compile(r"<!-- kind: (\w+) -->$")
_FIELD = re.compile(r"<!--\s*field:(.*?)-->$")  # also of another form than ours: by hand, one writes what one likes
_REMARK = re.compile(r"<!--(?! kind: ).*?-->")
_BLOCK = re.compile(  # code, which heading_lines knows of; or a comment, whose headings count no more
    r"^ {0,3}(?P<code>`{3,}|~{3,}).*?(?:^ {0,3}(?P=code)[`~]*[ \t\r]*$|\Z)|^ {0,3}<!--.*?(?:-->|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PROVENANCE = Note.model_fields["provenance"].metadata[0].heading


@dataclass(frozen=True, slots=True)
class Added:
    """A section that the person asks for."""

    anchor: str  # "more.reproduce"
    after: str  # the anchor of ours that it stands behind; "" for none
    level: int
    heading: str
    instruction: str  # the lines below the heading, for the one who writes it


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no note can be written by a template, and what to do about it."""

    line: int
    what: str
    hint: str


@lru_cache(maxsize=8)
def _heads(claude_md: str) -> tuple[Head, ...]:
    """All headings outside code and comments."""
    seen = _BLOCK.sub(lambda block: block[0] if block["code"] else "\n" * block[0].count("\n"), claude_md)
    lines = seen.split("\n")
    return tuple(_head(n, lines[n], text, anchor) for n, text, anchor in heading_lines(seen))


def _head(n: int, line: str, text: str, anchor: str | None) -> Head:
    level = len(line) - len(line.lstrip("#"))
    if len(text) > _LONGEST_LINE:
        return Head(n + 1, level, text, anchor or "")
    field = None if anchor else _FIELD.search(text)
    return Head(n + 1, level, _REMARK.sub("", text).strip(), anchor or (field[1].strip() if field else ""))


def _part(claude_md: str, kind: str) -> tuple[Head | None, list[Head], int]:
    """The marked heading of a kind, the headings of its template, and the line before which that ends."""
    first: Head | None = None
    inside: list[Head] = []
    for head in _heads(claude_md):
        mark = _KIND.search(head.text)
        if first and (mark or (head.level == 1 and not head.anchor)):
            return first, inside, head.line
        if first:
            inside.append(head)
        elif mark and mark[1] == kind:
            first = head
    return first, inside, claude_md.count("\n") + 2


def template(claude_md: str, kind: str) -> str:
    """The part of CLAUDE.md that describes notes of this kind: up to the next kind, or another heading of level 1."""
    first, _, end = _part(claude_md, kind)
    lines = claude_md.split("\n")
    return "\n".join(lines[first.line - 1 : end - 1] + [""] * (end <= len(lines))) if first else ""


def anchors(claude_md: str, kind: str) -> list[tuple[int, str, str]]:
    """The anchored headings of a template, in order: line in CLAUDE.md, anchor, text."""
    return [(head.line, head.anchor, head.text) for head in _part(claude_md, kind)[1] if head.anchor]


def headings(claude_md: str, kind: str) -> dict[str, str]:
    """Anchor -> heading text, as notes have them."""
    ours = _known(kind)
    own = {anchor: text for _, anchor, text in anchors(claude_md, kind) if text and anchor in ours}
    return own | {section.anchor: section.heading for section in added(claude_md, kind)}


def _known(kind: str) -> dict[str, str]:
    """Anchor -> shipped heading of what a kind of note must have, in the order of the note."""
    ours = {place.anchor: place.section.heading for place in places(KINDS[kind])} if kind in KINDS else {}
    return ours | {REMARKS_ANCHOR: REMARKS.heading}


@lru_cache(maxsize=32)
def added(claude_md: str, kind: str) -> tuple[Added, ...]:
    """The sections that the person asks for, in the order of the note."""
    found: dict[str, Added] = {}
    order = ["", *_known(kind)]
    for head, after, instruction in _others(claude_md, kind):
        name = _name(head)
        if name:
            heading = head.text or name
            found.setdefault(name, Added(ADDED + name, after, head.level, heading, instruction))
    return tuple(sorted(found.values(), key=lambda section: order.index(section.after)))


def _others(claude_md: str, kind: str) -> Iterator[tuple[Head, str, str]]:
    """Headings that are none of ours: each with the anchor of ours that it stands behind, and the lines below it.

    One that is worded as a section of ours that has no heading is that one's, and has lost its anchor.
    """
    _, inside, end = _part(claude_md, kind)
    sections = [head for head in inside if head.anchor or head.level in {2, 3}]
    lines, known, after = claude_md.split("\n"), _known(kind), ""
    lost = {known[anchor]: anchor for anchor in known.keys() - {head.anchor for head in inside}}
    stops = [*(head.line for head in sections[1:]), end][: len(sections)]
    for head, stop in zip(sections, stops, strict=True):
        if head.anchor in known or (not head.anchor and head.text in lost):
            after = head.anchor or lost[head.text]
        else:
            yield head, after, " ".join("\n".join(lines[head.line : stop - 1]).split())


def _name(head: Head) -> str:
    return "_".join(re.findall(r"\w+", head.anchor.removeprefix(ADDED) or head.text.casefold()))


def asked_for(claude_md: str, kind: str) -> tuple[Added, ...]:
    """The same, once nothing is wrong with the template any more: until then no note can be blamed for lacking one."""
    return () if faults(claude_md, kind) else added(claude_md, kind)


@lru_cache(maxsize=32)
def faults(claude_md: str, kind: str) -> tuple[Fault, ...]:
    """What is wrong with a template, by line; nothing where there is none: then the shipped headings hold."""
    first, inside, _ = _part(claude_md, kind)
    if first is None:
        return ()
    found = [*_lost(first, inside, kind), *_twice(inside, kind), *_not_to_be_added(claude_md, kind)]
    return tuple(sorted(found, key=lambda fault: fault.line))


def _lost(first: Head, inside: list[Head], kind: str) -> Iterator[Fault]:
    there = {head.anchor for head in inside}
    bare = {head.text: head.line for head in reversed(inside) if not head.anchor}
    for anchor, heading in _known(kind).items():
        if anchor not in there:
            mark = f"<!-- field: {anchor} -->"
            what = f"the template of {kind} lost {heading} ({mark})"
            yield Fault(bare.get(heading, first.line), what, f"put its anchor back: the heading ends in {mark}")


def _twice(inside: list[Head], kind: str) -> Iterator[Fault]:
    known = _known(kind)
    count = Counter(head.anchor for head in inside)
    for head in inside:
        if head.anchor in known and count[head.anchor] > 1:
            what = f"the anchor {head.anchor} stands {count[head.anchor]} times in this template"
            yield Fault(head.line, what, "leave one of them")


def _not_to_be_added(claude_md: str, kind: str) -> Iterator[Fault]:
    """Headings that can be no section of a note."""
    inside = _part(claude_md, kind)[1]
    texts = {head.text: head for head in reversed(inside) if head.anchor in _known(kind)}
    names: dict[str, Head] = {}
    for head, after, _ in _others(claude_md, kind):
        name, shown = _name(head), head.text[:40]
        first = names.setdefault(name, head) if name else head
        twin = texts.get(head.text, first)
        if head.text in {REMARKS.heading, _PROVENANCE}:
            yield Fault(head.line, f"{shown} is a section that every note has", "give the added one another name")
        elif after == REMARKS_ANCHOR:
            what = f"{shown} stands behind {REMARKS.heading}, from where on everything in a note is yours"
            yield Fault(head.line, what, f"move it up, before {REMARKS.heading}")
        elif not name:
            yield Fault(head.line, f"{shown!r} has no word in it", "give it an anchor: <!-- field: NAME -->")
        elif len(head.text) > LONGEST_HEADING or len(name) > LONGEST_HEADING:
            yield Fault(head.line, f"the heading {shown}… is longer than {LONGEST_HEADING} characters", "shorten it")
        elif twin is not head:
            yield Fault(head.line, f"{shown} stands here a second time (line {twin.line})", "reword one of them")
    if len(names) > MOST_ADDED:
        line = list(names.values())[MOST_ADDED].line
        yield Fault(line, f"the template of {kind} adds {len(names)} sections", f"{MOST_ADDED} are the most")

"""The recipe of `python -m agents.lint`: read, apply the rules, print what they found. Nothing is written."""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from agents.cli import Report
from agents.errors import ConfigError, DataError, MissingError, UsageError
from agents.lab import consistency, find, pages, reading_list
from agents.lab.find import FORMAT, READING_LIST, Lab
from agents.lab.progress import README
from agents.note.lint import markdown_rules
from agents.note.lint.added import are_in_notebook
from agents.note.lint.contract import contract
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.lint.rules import check
from agents.note.lint.subject import subject

ERRORS = DataError.code


def recipe(args: argparse.Namespace) -> Report:
    """All findings on what was named; 65 when one of them is an error."""
    lab = find.find(args.lab, os.environ, Path.cwd())
    wanted = [_in_lab(lab, path) for path in args.paths] or [""]
    notes = pages.notes(lab)
    found = {finding for finding in _findings(lab, notes, wanted) if _is_in(finding.path, wanted)}
    errors = sum(finding.is_error for finding in found)
    checked = _count(sum(_is_in(path, wanted) for path in notes), "note")
    return Report(
        "checked",
        output="\n".join(map(str, sorted(found))),
        lines=[f"{checked}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}"],
        exit=ERRORS if errors else 0,
    )


def _in_lab(lab: Lab, given: str) -> str:
    """A path that was typed, as a path in the lab; "" for the lab itself. Symbolic links are not followed."""
    try:
        path = Path(os.path.abspath(Path(given).expanduser()))  # noqa: PTH100 - resolve() would follow the last link
        if not (path.exists() or path.is_symlink()):
            raise MissingError(f"{given!r} is not there", "check the path")
        for place in (path.parent.resolve() / path.name, path.resolve()):
            if place.is_relative_to(lab.root):
                return "" if place == lab.root else place.relative_to(lab.root).as_posix()
    except (OSError, RuntimeError, ValueError) as error:
        raise MissingError(f"{given!r} is no path: {error}", "check the path") from error
    raise UsageError(f"{given!r} is not in the lab at {lab.root}", "name files of the lab, or the lab with --lab DIR")


def _is_in(path: str, wanted: Sequence[str]) -> bool:
    return any(not place or path == place or path.startswith(f"{place}/") for place in wanted)


def _findings(lab: Lab, notes: Sequence[str], wanted: Sequence[str]) -> Iterator[Finding]:
    """What the rules say of what is wanted; all papers are read, for what two files say of each other."""
    try:
        claude_md = find.resource(lab, FORMAT)
    except ConfigError as error:
        claude_md = ""
        yield Finding(FORMAT, 1, "template", error.what)
    else:
        yield from contract(FORMAT, claude_md)
    yield from pages.linked_folders(lab)
    fragments_of = consistency.fragments_of(lab)
    read = [pages.page(lab, path) for path in notes if _is_in(path, [*wanted, "papers"])]
    for page in read:
        if _is_in(page.path, wanted):
            yield from _note(lab, page, claude_md, fragments_of)
    for path in pages.free_pages(lab):
        if _is_in(path, wanted) and isinstance(text := pages.read(lab, path), str):
            yield from consistency.dead_links(lab, Page(path, text), lambda _: False, fragments_of)
    yield from _lists(lab, read)


def _note(lab: Lab, page: Page, claude_md: str, fragments_of: consistency.Fragments) -> Iterator[Finding]:
    yield from page.findings
    note = subject(page, claude_md)
    if note:
        yield from check(note)
    elif page.rows:
        yield from are_in_notebook(page, claude_md)

    def is_ours(line: int) -> bool:
        return bool(note and note.holds(line))

    yield from markdown_rules.findings(page, is_ours)
    yield from consistency.dead_links(lab, page, is_ours, fragments_of)


def _lists(lab: Lab, read: Sequence[Page]) -> Iterator[Finding]:
    """The reading list, and the README that counts its rows."""
    listed = pages.read(lab, READING_LIST)
    if isinstance(listed, Finding):
        yield listed
        return
    yield from consistency.papers(lab, listed.encode(), read)
    readme = pages.read(lab, README)
    if isinstance(readme, str):
        yield from consistency.progress_block(readme.encode(), reading_list.rows(listed.encode()))


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"

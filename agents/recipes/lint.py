"""The recipe of `python -m agents.lint`: read, apply the rules, mend where that was asked for, print what is left."""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from agents.cli import Report
from agents.errors import ConfigError, DataError, MissingError, UsageError
from agents.lab import consistency, find, pages, reading_list
from agents.lab.find import FORMAT, READING_LIST, Lab
from agents.lab.progress import README
from agents.note.lint.contract import contract
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.recipes import lint_cache, lint_fix
from agents.recipes.lint_checked import Checked, free
from agents.recipes.lint_json import as_json

ERRORS = DataError.code
_MOST_UNCHECKED = 3  # notes without a source that are named one by one


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the lab: the findings on what was wanted, and the notes that were read for them."""

    found: tuple[Finding, ...]
    read: tuple[Checked, ...]
    claude_md: str


def recipe(args: argparse.Namespace) -> Report:
    """All findings on what was named; 65 when one of them is an error."""
    lab = find.find(args.lab, os.environ, Path.cwd())
    wanted = [_in_lab(lab, path) for path in args.paths] or [""]
    look = _look(lab, wanted)
    fixed: list[lint_fix.Fixed] = []
    if args.fix:
        fixed = lint_fix.fix(lab, look.found, look.read)
        look = _look(lab, wanted) if fixed else look
    found = sorted(_asked(args, lab, look, wanted) if args.online else look.found)
    errors = sum(finding.is_error for finding in found)
    notes = sum(_is_in(path, wanted) for path in pages.notes(lab))
    shown = list(_shown(found))
    return Report(
        "checked",
        output="\n".join(map(str, shown)),
        lines=[
            *map(str, fixed),
            *lint_fix.left_to_you(fixed),
            *_not_checked(),
            f"{_count(notes, 'note')}: {_count(errors, 'error')}, {_count(len(found) - errors, 'warning')}",
        ],
        exit=ERRORS if errors else 0,
        more=as_json(found, lint_fix.fixable(lab, found, look.read), fixed, notes) if args.json else {},
    )


def _asked(args: argparse.Namespace, lab: Lab, look: _Look, wanted: Sequence[str]) -> set[Finding]:
    """The findings with what arXiv says: on references that is more than their notes alone can tell."""
    from agents.recipes import lint_online

    notes = [one for one in look.read if _is_in(one.path, wanted)]
    answer = lint_online.ask(args, lab, notes, look.claude_md)
    settled = {one.path for one in notes} if answer.references else set()
    before = {one for one in look.found if not (one.rule == "references" and one.path in settled)}
    return before | {*answer.findings}


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


def _look(lab: Lab, wanted: Sequence[str]) -> _Look:
    """Every file that is wanted, and what they and the other papers say of each other."""
    found: list[Finding] = []
    try:
        claude_md = find.resource(lab, FORMAT)
    except ConfigError as error:
        claude_md = ""
        found.append(Finding(FORMAT, 1, "template", error.what))
    else:
        found += contract(FORMAT, claude_md)
    found += pages.linked_folders(lab)
    notes, own = pages.notes(lab), pages.free_pages(lab)
    cache = lint_cache.load(lab, claude_md)
    read = _read(lab, [path for path in notes if _is_in(path, [*wanted, "papers"])], wanted, claude_md, cache)
    free_pages = _free(lab, [path for path in own if _is_in(path, wanted)], cache)
    cache.save([*notes, *own])
    fragments_of = consistency.fragments_of(lab)
    for one in [*read, *free_pages]:
        if _is_in(one.path, wanted):
            found += [*one.findings, *consistency.dead_links(lab, one.page, one.links, fragments_of)]
    found += _lists(lab, [one.page for one in read])
    return _Look(tuple(sorted({one for one in found if _is_in(one.path, wanted)})), tuple(read), claude_md)


def _read(
    lab: Lab, paths: Sequence[str], wanted: Sequence[str], claude_md: str, cache: lint_cache.Cache
) -> list[Checked]:
    """Notes; of those that are not wanted only what the others must agree with."""
    texts = {path: pages.read(lab, path) for path in paths}
    found = {path: Checked(path, findings=(text,)) for path, text in texts.items() if isinstance(text, Finding)}
    new: dict[str, str] = {}
    for path, text in texts.items():
        if isinstance(text, Finding):
            continue
        if known := cache.known(path, text):
            found[path] = known
        elif _is_in(path, wanted):
            new[path] = text
        else:
            found[path] = Checked.of(pages.page(path, text))
    if new:
        # Only now: where nothing has changed, the rooms that read papers are not needed, and take half of the time.
        from agents.recipes.lint_pool import all_checked

        for path, checked in all_checked(new, claude_md, cache.folder).items():
            found[path] = checked
            cache.put(new[path], checked)
    return [found[path] for path in paths]


def _free(lab: Lab, paths: Sequence[str], cache: lint_cache.Cache) -> list[Checked]:
    """Pages of the person's own that can be read."""
    found = []
    for path in paths:
        if isinstance(text := pages.read(lab, path), str):
            checked = cache.known(path, text) or free(Page(path, text))
            cache.put(text, checked)
            found.append(checked)
    return found


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


def _shown(found: Sequence[Finding]) -> Iterator[Finding]:
    """The findings as they are printed: of many notes whose papers are not there, the first one, with the count."""
    unchecked = [finding for finding in found if finding.rule == "source"]
    more = f" (and so {len(unchecked) - 1} more notes)" if len(unchecked) > _MOST_UNCHECKED else ""
    for finding in found:
        if finding.rule != "source" or not more:
            yield finding
        elif finding is unchecked[0]:
            yield Finding(finding.path, finding.line, "source", finding.message + more, is_error=False)


def _not_checked() -> Iterator[str]:
    """What no file was put to, for want of a parser on this machine."""
    for package, what in (("pykatex", "formulas were not parsed"), ("mermaidx", "diagrams were not parsed")):
        if find_spec(package) is None:
            yield f"{what}: {package} is not installed (there is no wheel of it for every machine)"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"

"""What happened in the lab in one week: notes and experiments that came or changed, papers whose status moved.

Facts come from git where there is a history, else from the dates that notes carry. What an agent writes about the
week (`weekly-log/`, the README) is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Literal, get_args

from agents.errors import DataError
from agents.lab import inventory, reading_list
from agents.lab.find import READING_LIST, Lab
from agents.lab.history import Commit, History, Touch
from agents.lab.inventory import NOTEBOOKS, Entry
from agents.lab.reading_list import Row
from agents.lab.week import Week, of
from agents.note.finished import Done
from agents.note.slug import folded
from agents.note.status import Status
from agents.note.text import one_line

_SCRIPTS = "experiments/scripts"
_ORDER = ("paper", "note", "experiment")
_LONGEST_TITLE = 300


@dataclass(slots=True)
class _File:
    """A file as a week found it and left it, by its name of today."""

    path: str
    before: str
    after: str
    is_gone: bool = False


def busy(lab: Lab, history: History | None) -> list[Week]:
    """The weeks in which there may be facts, from the lab's first one on."""
    found = {of(commit.day) for commit in history.commits if commit.touches} if history else set()
    if history is None or history.begins:
        found |= {of(day) for entry in inventory.entries(lab) for day in _days(entry)}
    return sorted(found)


def of_week(lab: Lab, history: History | None, week: Week) -> tuple[Done, ...]:
    """The facts of a week: papers first, then notes, then experiments."""
    if history is None:
        found = list(_dated(lab, week))
    else:
        found = _remembered(lab, history, week)
        if history.begins and week.monday <= history.begins:
            known = {done.path for done in found}
            found += [done for done in _dated(lab, week) if done.path not in known]
    return tuple(sorted(found, key=lambda done: (_ORDER.index(done.group), done.path or "~", done.title)))


def _remembered(lab: Lab, history: History, week: Week) -> list[Done]:
    files = _files(history.commits, week)
    lists = [
        touch
        for commit in history.commits
        if commit.day in week
        for touch in commit.touches
        if touch.path == READING_LIST and touch.before and touch.after
    ]
    wanted = [name for file in files for name in (file.before, file.after)]
    wanted += [name for touch in lists for name in (touch.before, touch.after)]
    texts = history.contents(wanted)
    moved = _moves(lists, texts)
    found = [done for file in files if (done := _of_file(lab, file, texts, moved))]
    shown = {done.path for done in found}
    return found + [_of_row(lab, row, was) for row, was in moved.values() if _note_of(row) not in shown]


def _files(commits: Iterable[Commit], week: Week) -> list[_File]:
    """What became of every file that the week touched; later commits only tell its name of today."""
    files: dict[str, _File] = {}
    for commit in commits:
        for touch in commit.touches:
            old = files.pop(touch.was, None)
            if commit.day in week:
                files[touch.path] = _File(touch.path, old.before if old else touch.before, touch.after)
            elif old:
                files[touch.path] = _File(touch.path, old.before, old.after, is_gone=not touch.after)
    return [file for file in files.values() if file.after]


def _of_file(lab: Lab, file: _File, texts: Mapping[str, str], moved: Mapping[str, tuple[Row, Status]]) -> Done | None:
    group = _group(file.path)
    if group is None:
        return None
    entry, old = entry_of(file.path, texts.get(file.after, "")), entry_of(file.path, texts.get(file.before, ""))
    is_same = entry.text == old.text if group != "experiment" else file.before == file.after
    news: Literal["new", "changed", ""] = "new" if not file.before else "" if is_same else "changed"
    was, status = _progress(file, entry, old, moved) if group == "paper" else (None, None)
    if not news and not status:
        return None
    path = "" if file.is_gone or not (lab.root / file.path).is_file() else file.path
    return Done(group=group, title=_title(entry.title), path=path, news=news, was=was, status=status)


def _progress(
    file: _File, entry: Entry, old: Entry, moved: Mapping[str, tuple[Row, Status]]
) -> tuple[Status | None, Status | None]:
    """By the reading list where it says something; else by the front matter, whose status a new note begins with."""
    for row, was in moved.values():
        if _note_of(row) == file.path:
            return was, row.status
    now, then = _status(entry), _status(old) if file.before else None
    return (then, now) if now != then else (None, None)


def _of_row(lab: Lab, row: Row, was: Status | None) -> Done:
    note = _note_of(row)
    path = note if note and (lab.root / note).is_file() else ""
    return Done(group="paper", title=_title(row.title), path=path, arxiv=row.arxiv, was=was, status=row.status)


def _note_of(row: Row) -> str:
    return f"papers/{row.link}" if row.link and ".." not in PurePosixPath(row.link).parts else ""


def _moves(lists: Iterable[Touch], texts: Mapping[str, str]) -> dict[str, tuple[Row, Status]]:
    """Papers whose status a week has changed: the row at its end, and the status before. By the paper's identity."""
    moved: dict[str, tuple[Row, Status]] = {}
    for touch in lists:
        before, after = _rows(texts.get(touch.before)), _rows(texts.get(touch.after))
        if before is None or after is None:
            continue
        known = {name: row for row in before for name in _names(row)}
        for row in after:
            old = next((known[name] for name in _names(row) if name in known), None)
            was = old.status if old else "unread"  # what is not in the list has not been read
            if row.status != was:
                key = _names(row)[0]
                moved[key] = row, moved[key][1] if key in moved else was
    return {key: (row, was) for key, (row, was) in moved.items() if row.status != was}


def _rows(text: str | None) -> tuple[Row, ...] | None:
    """The list as it was then; None where it cannot be read."""
    with suppress(DataError):
        return None if text is None else reading_list.rows(text.encode())
    return None


def _names(row: Row) -> list[str]:
    """What a paper is known by, the surest first; never empty."""
    return [name for name in (row.arxiv, row.link, folded(row.title)) if name] or [row.title]


def _dated(lab: Lab, week: Week) -> Iterator[Done]:
    """Without a history: what the front matter says of its own days."""
    for entry in inventory.entries(lab):
        days, group = _days(entry), _group(entry.path)
        if group and any(day in week for day in days):
            status = _status(entry) if group == "paper" else None
            news: Literal["new", "changed"] = "new" if days[0] in week else "changed"
            yield Done(group=group, title=_title(entry.title), path=entry.path, news=news, status=status)


def _days(entry: Entry) -> list[date]:
    """`created` and `updated`, those that are there."""
    days = []
    for key in ("created", "updated"):
        with suppress(TypeError, ValueError):
            days.append(date.fromisoformat(entry.front.get(key, "")))
    return days


def _group(path: str) -> Literal["paper", "note", "experiment"] | None:
    """What kind of work a file of the lab is; None for those that are none."""
    folder, name = str(PurePosixPath(path).parent), PurePosixPath(path)
    if name.name == "README.md":
        return None
    if folder == "papers" and name.suffix == ".md":
        return "paper"
    if (folder + "/").startswith("notes/") and name.suffix == ".md":
        return "note"
    is_ours = (folder == NOTEBOOKS and name.suffix == ".ipynb") or (
        f"{folder}/".startswith(f"{_SCRIPTS}/") and name.suffix == ".py"
    )
    return "experiment" if is_ours else None


def entry_of(path: str, text: str) -> Entry:
    """A note or notebook of that text; a script, or what is no notebook, is known by its file name."""
    if path.endswith(".ipynb"):
        with suppress(ValueError):
            return inventory.notebook(path, text)
    if not path.endswith(".md"):
        return Entry(path, "", PurePosixPath(path).name, (), (), {}, text)
    return inventory.note(path, text.replace("\r\n", "\n"))


def _status(entry: Entry) -> Status | None:
    said = entry.front.get("status")
    return said if said in get_args(Status) else None


def _title(title: str) -> str:
    return one_line(title)[:_LONGEST_TITLE].strip() or "（无题）"

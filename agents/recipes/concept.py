"""The recipe of `python -m agents.concept`: from a topic to a filed note, top to bottom."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from agents.cli import Report
from agents.errors import DataError, MissingError, OverwriteError
from agents.lab import concepts, inventory, naming, passages
from agents.lab.change import Change
from agents.lab.find import resource
from agents.lab.inventory import Entry
from agents.lab.notes import Standing
from agents.lab.topic import subjects
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.note.added import extended
from agents.note.choice import links, reply_model
from agents.note.concept import ConceptNote, ConceptReply, incomplete
from agents.note.related import Link
from agents.note.slug import any_slug
from agents.note.template import added
from agents.recipes import concept_draft, concept_note, filing
from agents.recipes.run import Run, begin, contract, writer

_AREA_FOLDERS = 2  # a link of ours climbs two folders, from notes/<area>/ to the lab


@dataclass(frozen=True, slots=True)
class _Written:
    """A reply, the links that go with it, and the receipt's line on where its words come from."""

    answer: Answer[ConceptReply]
    links: tuple[Link, ...]
    origin: str


def recipe(args: argparse.Namespace) -> Report:
    """Everything free is checked before Claude is asked; the lab is looked at again after."""
    topic, name = naming.topic(args.topic), naming.typed_slug(args.slug)
    run = begin(args)
    entries = inventory.entries(run.lab)
    standing = _found(run, concepts.find(entries, [topic]))
    who = writer(args, run)
    claude_md, template = contract(run, "concept"), _template(run, who)
    if standing and filing.stays(args, standing, who):
        return _already(args, run, standing)
    _preflight(args, run, entries, standing, topic, name)

    shelf = concept_note.shelf(topic, entries, apart=standing.path if standing else "")
    question = _question(topic, claude_md, template, shelf)
    if args.estimate:
        return filing.estimated(args, run, question)
    written = _asked(args, run, question, shelf) if who == "claude" else _drafted(topic, entries, standing)
    answer = written.answer
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict the note is written with a mark")

    return _file(args, run, topic, name, question, written, who, was_there=standing is not None)


def _file(
    args: argparse.Namespace,
    run: Run,
    topic: str,
    name: str,
    question: Question[ConceptReply],
    written: _Written,
    who: str,
    *,
    was_there: bool,
) -> Report:
    """The lab as it is by now: Claude took minutes, in which the person, or another run, may have written something."""
    answer, entries = written.answer, inventory.entries(run.lab)
    standing = _found(run, concepts.find(entries, [topic]))
    word = topic
    if standing is None and (twin := _twin(entries, topic, name, answer)):
        standing, word = _found(run, twin[0]), twin[1]
    unforced = argparse.Namespace(**vars(args) | {"force": False})  # --force is not about a note of another name
    if standing and not was_there and filing.stays(unforced, standing, who):
        return _same_concept(args, run, standing, word, answer)
    target = standing.path if standing else _new_path(run, entries, args, topic, name, answer.reply)
    filing.preflight(args, run, [target], standing)

    paths = {entry.path for entry in entries}
    others = [entry for entry in concepts.concepts(entries) if entry.path != target]
    note = concept_note.build(
        answer,
        tuple(link for link in written.links if link.path in paths - {target}),
        topic,
        question,
        written.origin,
        standing,
        frozenset(name for entry in others for name in entry.names),
        run.today,
    )
    change = Change(filing.message_for(note), files={target: concept_note.text(note, question.system)})
    report = filing.file(args, run, change, target, note.checks, answer, standing)
    report.lines += _unused(args, standing)
    return report


def _found(run: Run, entry: Entry | None) -> Standing[ConceptNote] | None:
    return concepts.standing(run.lab, entry) if entry else None


def _template(run: Run, who: str) -> str:
    """The prompt, its variables checked; the draft engine uses none."""
    if who == "draft":
        return ""
    template = resource(run.lab, concept_note.PROMPT)
    fill(template, concept_note.PROMPT, topic="", candidates="")
    return template


def _preflight(
    args: argparse.Namespace,
    run: Run,
    entries: Sequence[Entry],
    standing: Standing[ConceptNote] | None,
    topic: str,
    name: str,
) -> None:
    """What can be known of the target before the reply names it."""
    if standing:
        if standing.path.count("/") != _AREA_FOLDERS:
            raise OverwriteError(
                f"{standing.path} stands deeper than notes/<area>/: links written there would lead nowhere",
                "move it to a folder right below notes/, then run this again",
            )
        filing.preflight(args, run, [standing.path], standing)
        return
    areas = (args.area,) if args.area else concepts.AREAS if name else ()
    places = [concepts.new_path(area, name or any_slug(topic)) for area in areas] or [f"notes/{any_slug(topic)}.md"]
    if name:
        for place in places:
            concepts.refuse_taken(run.lab, entries, place)
    filing.preflight(args, run, places)


def _question(topic: str, claude_md: str, template: str, shelf: concept_note.Shelf) -> Question[ConceptReply]:
    values = {"topic": topic, "candidates": shelf.candidates}
    return Question(
        agent="concept",
        target=topic,
        system=claude_md,
        template=template,
        prompt=fill(template, concept_note.PROMPT, **values) if template else "",
        source=shelf.source,
        reply=extended(reply_model(list(shelf.titles)), added(claude_md, "concept")),
    )


def _asked(args: argparse.Namespace, run: Run, question: Question[ConceptReply], shelf: concept_note.Shelf) -> _Written:
    answer = filing.ask(args, run, question, incomplete)
    return _Written(answer, links(answer.reply, shelf.titles), concept_note.origin(shelf))


def _drafted(topic: str, entries: Sequence[Entry], standing: Standing[ConceptNote] | None) -> _Written:
    known = [
        entry
        for entry in concept_note.knowledge(entries, standing.path if standing else "")
        if (entry.kind, entry.front.get("engine")) != ("concept", "draft")  # it only repeats other notes
    ]
    phrases = subjects(topic)
    found = [passage for _, passage in passages.ranked(topic, known)]
    made = concept_draft.draft(topic, phrases, found, concept_note.titles(known))
    named = "、".join(phrases) or topic
    if made is None:
        raise MissingError(
            f"no note of this lab mentions {named!r}",
            "the draft engine only collects what is there: set a key for Claude",
        )
    found_by = f"{made.notes} 篇笔记，{len(made.links)} 处，按“{named}”查找"
    origin = f"来源：本 lab 的 {found_by}；每一处都列在“与已有笔记的关联”里。"
    return _Written(Answer(filing.with_marks(made.reply, is_draft=True), (), "draft", "", Usage()), made.links, origin)


def _twin(entries: Sequence[Entry], topic: str, name: str, answer: Answer[ConceptReply]) -> tuple[Entry, str] | None:
    """A note that is about the same concept, and the name that says so. A --slug says that it is another one."""
    reply = answer.reply
    said = (reply.title, reply.english_name, *reply.aliases) if answer.engine == "claude" else subjects(topic)
    found = ((entry, word) for word in said if word and (entry := concepts.find(entries, [word])))
    return None if name else next(found, None)


def _new_path(
    run: Run, entries: Sequence[Entry], args: argparse.Namespace, topic: str, name: str, reply: ConceptReply
) -> str:
    path = concepts.new_path(args.area or reply.area, naming.stem(name, reply.english_name, topic))
    concepts.refuse_taken(run.lab, entries, path)
    return path


def _already(args: argparse.Namespace, run: Run, standing: Standing[ConceptNote]) -> Report:
    report = filing.already(args, run, standing)
    report.lines += _unused(args, standing)
    if standing.note is None:
        report.lines.append(f"it does not follow the schema of our notes ({standing.broken}), and stays as it is")
    return report


def _unused(args: argparse.Namespace, standing: Standing[ConceptNote] | None) -> list[str]:
    """A note that stands is not moved or renamed."""
    if standing is None:
        return []
    path, lines = PurePosixPath(standing.path), []
    if args.area and args.area != path.parent.name:
        lines.append(f"--area {args.area} was not used: the note stands in {path.parent}/ and stays there")
    if args.slug and args.slug != path.stem:
        lines.append(f"--slug {args.slug} was not used: the note is called {path.name}")
    return lines


def _same_concept(
    args: argparse.Namespace, run: Run, standing: Standing[ConceptNote], word: str, answer: Answer[ConceptReply]
) -> Report:
    """Claude's answer shows that the note is there under another name: nothing is written, nothing is lost."""
    return filing.known_by(word, _already(args, run, standing), answer)

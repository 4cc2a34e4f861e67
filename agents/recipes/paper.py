"""The recipe of `python -m agents.paper`: from what was typed to a filed note, top to bottom."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agents.cli import Report, warn
from agents.disk import read
from agents.errors import DataError, MissingError, UsageError
from agents.lab import notes, reading_list
from agents.lab.change import Change, Edit
from agents.lab.find import READING_LIST, inside, resource
from agents.lab.notes import Standing
from agents.lab.reading_list import Row
from agents.model.draft import draft
from agents.model.prompt import fill
from agents.model.question import Answer, Question, Usage
from agents.model.rendering import echo, render
from agents.note.added import extended
from agents.note.paper import PaperNote, PaperReply, incomplete
from agents.note.problem import Problem
from agents.note.template import added
from agents.recipes import filing, paper_note, paper_shown, paper_versions, references
from agents.recipes.run import Run, begin, contract, writer
from agents.source import ids
from agents.source.document import Metadata, Source
from agents.source.gather import checksum, gather
from agents.trust import alone, language, sourced
from agents.trust import echo as echoes
from agents.trust.outcome import problems, unsettled_points
from agents.trust.sourced import Grounds

_LONGEST_NOTES = 100_000  # characters of --my-notes


def recipe(args: argparse.Namespace) -> Report:
    """Everything free is checked before arXiv is asked, and before Claude is."""
    request = ids.classify(args.paper, title=args.title)
    run = begin(args)
    standing = notes.find(run.lab, **_known(request))
    if args.status:
        return _set_status(args, run, standing)
    who = writer(args, run)
    claude_md, template = contract(run, "paper"), _template(run, who)
    my_notes = _read_my_notes(args, run, who)
    if standing and not args.update and filing.stays(args, standing, who):
        return _already(args, run, standing, request)
    filing.preflight(args, run, [*([standing.path] if standing else []), READING_LIST], standing)

    source = _read_paper(args, run, request)
    standing = standing or notes.find(run.lab, **_known_by_now(source))
    if standing and _need_not_be_asked(args, standing, source, who):
        return _already(args, run, standing, request)
    target = standing.path if standing else notes.new_path(run.lab, *_names(source))
    filing.preflight(args, run, [target, READING_LIST], standing)
    _row(run, source, target)

    rivals = paper_note.rivals(notes.others(run.lab, source.arxiv, source.sha256), source)
    question = _question(source, claude_md, template, rivals, my_notes, paper_shown.choices(args))
    question, shown, receipt = paper_shown.chosen(args, run, source, question, request.path)
    if args.estimate:
        return filing.estimated(args, run, question)
    paper = sourced.grounds(source)
    if who == "claude":
        answer = filing.ask(args, run, question, partial(_problems, source=shown, rivals=rivals, paper=paper))
        paper, answer = references.looked_up(paper, answer, run.lab.cache, run.say)
    else:
        answer = _drafted(source, paper)
    if args.strict and answer.problems:
        raise DataError(f"not proven: {answer.problems[0].text}", "without --strict the note is written with a mark")

    was_there, standing = standing is not None, notes.find(run.lab, **_known_by_now(source))
    if standing and not was_there and filing.stays(args, standing, who):
        return _already(args, run, standing, request)
    return _file(args, run, paper, question, answer, standing, receipt)


def _read_paper(args: argparse.Namespace, run: Run, request: ids.PaperRequest) -> Source:
    source = gather(
        request,
        run.lab.cache,
        stdin=sys.stdin,
        choose=_choose,
        progress=run.say,
        fresh=args.update,
        want=args.source,
    )
    run.detail(paper_note.overview(source))
    for warning in source.warnings:
        warn(f"warning: {warning}")
    return source


def _file(
    args: argparse.Namespace,
    run: Run,
    paper: Grounds,
    question: Question[PaperReply],
    answer: Answer[PaperReply],
    standing: Standing[PaperNote] | None,
    receipt: Sequence[str],
) -> Report:
    """The lab as it is by now: Claude took minutes, in which the person, or another run, may have written."""
    source = paper.source
    target = standing.path if standing else notes.new_path(run.lab, *_names(source))
    filing.preflight(args, run, [target, READING_LIST], standing)
    row = _row(run, source, target)
    more = paper_versions.changed(standing.note if standing else None, source, run.lab.cache)
    note = paper_note.build(answer, paper, question, standing, row, run.today, [*more, *receipt])
    change = Change(
        filing.message_for(note),
        files={target: paper_note.text(note, question.system)},
        edits={READING_LIST: _rows(args, note, target)},
    )
    queued = [references.told(run, note)] if args.queue else []
    report = filing.file(args, run, change, target, note.checks, answer, standing)
    report.lines += queued
    return report


def _rows(args: argparse.Namespace, note: PaperNote, path: str) -> Edit:
    """The paper's row, and with --queue those of its further reading."""
    own, more = paper_note.row_edit(note, path), references.queued(note.further_reading)
    return (lambda data: more(own(data))) if args.queue else own


def _known(request: ids.PaperRequest) -> dict[str, str]:
    """By what a note of the paper may be found before anybody is asked."""
    if request.id:
        return {"arxiv": request.id.id}
    if request.path:
        return {"sha256": checksum(request.path)}
    return {"title": request.title}


def _known_by_now(source: Source) -> dict[str, str]:
    """The same once the paper was read; a title names it only where arXiv does not."""
    return {"arxiv": source.arxiv, "sha256": source.sha256, "title": "" if source.arxiv else source.title}


def _names(source: Source) -> tuple[str, str, str, str]:
    return source.title, source.file, source.arxiv, source.sha256


def _row(run: Run, source: Source, target: str) -> Row | None:
    """The paper's row as it stands. A list that cannot take it is found out now, not when the note is paid for."""
    data = read(inside(run.lab, READING_LIST))
    row = Row(source.title, arxiv=source.arxiv, link=Path(target).name)
    reading_list.upsert(data, row)
    return reading_list.find(data, arxiv=row.arxiv, link=row.link, title=row.title)


def _template(run: Run, who: str) -> str:
    """The prompt, its variables checked; the draft engine uses none."""
    if who == "draft":
        return ""
    template = resource(run.lab, paper_note.PROMPT)
    fill(template, paper_note.PROMPT, title="", facts="", lab_papers="", my_notes="")
    return template


def _question(
    source: Source, claude_md: str, template: str, rivals: dict[str, str], my_notes: str, asked: tuple[str, ...]
) -> Question[PaperReply]:
    values = {
        "title": source.title,
        "facts": paper_note.facts(source),
        "lab_papers": "\n".join(f"- {name}：{title}" for name, title in rivals.items()) or "（还没有）",
        "my_notes": my_notes or "（没有）",
    }
    return Question(
        agent="paper",
        target=f"{source.arxiv}v{source.version}" if source.arxiv else f"sha256:{source.sha256[:12]}",
        system=claude_md,
        template=template,
        prompt=fill(template, paper_note.PROMPT, **values) if template else "",
        source=render(source),
        reply=extended(PaperReply, added(claude_md, "paper")),
        depends_on=(source.sha256, my_notes, *asked),
    )


def _problems(reply: PaperReply, source: Source, rivals: dict[str, str], paper: Grounds) -> list[Problem]:
    """What the engine sends back to Claude; ProtocolError when the reply is about something else."""
    echoes.check(reply.echo, echo(source))
    strangers = [c.paper for c in reply.assessment.comparison.items if c.paper not in rivals]
    unknown = [
        Problem(f"assessment.comparison: {name!r} is not in the list of this lab's papers") for name in strangers
    ]
    missing = incomplete(reply, whole_paper=source.read != "abstract")
    found = sourced.outcomes(reply, paper)
    wrong = [*missing, *unknown, *problems(found)]
    return [*wrong, *unsettled_points(found)] if wrong else []


def _drafted(source: Source, paper: Grounds) -> Answer[PaperReply]:
    """What a draft quotes is in the paper's language: that is marked, and no fault of the draft."""
    reply = draft(source)
    itself = [one for one in alone.outcomes(reply, is_draft=True) if one.name != language.NAME]
    found = problems([*sourced.outcomes(reply, paper), *itself])
    return Answer(filing.with_marks(reply, is_draft=True), tuple(found), "draft", "", Usage())


def _need_not_be_asked(args: argparse.Namespace, standing: Standing[PaperNote], source: Source, who: str) -> bool:
    """Whether the note stays, or --update would only write the same again."""
    if not args.update:
        return filing.stays(args, standing, who)
    note = standing.note
    same = note is not None and (note.sha256, note.engine) == (source.sha256, who) and not standing.edited
    return same and not args.force and not args.estimate


def _already(args: argparse.Namespace, run: Run, standing: Standing[PaperNote], request: ids.PaperRequest) -> Report:
    note = standing.note
    if args.my_notes:
        warn("--my-notes was not used: --force rewrites the note with them")
    edits = {READING_LIST: _rows(args, note, standing.path)} if note else {}
    report = filing.already(args, run, standing, edits)
    if args.queue and standing.note is None:
        raise DataError(f"{standing.path}, {standing.broken}", "mend that first")
    if args.queue and note and not report.commit:
        report = references.queue(args, run, note, report)
    asked = request.id.version if request.id else 0
    if note and asked and asked != note.version:
        report.lines.append(f"it is about version {note.version}: --force asks for version {asked}")
    elif note and (newer := paper_versions.newer(note, run.lab.cache)):
        report.lines.append(newer)
    return report


def _set_status(args: argparse.Namespace, run: Run, standing: Standing[PaperNote] | None) -> Report:
    """Row and front matter, no model, no arXiv."""
    if args.estimate or args.queue:
        other = "--estimate" if args.estimate else "--queue"
        raise UsageError(f"--status only sets the status: {other} does not go with it", "leave one of the two out")
    if standing is None:
        raise MissingError(f"no note of {args.paper} to set the status of", "make it first, or edit papers/README.md")
    if standing.note is None:
        raise DataError(f"{standing.path}, {standing.broken}", "mend that first")
    forced = argparse.Namespace(**vars(args) | {"force": True})
    filing.preflight(forced, run, [standing.path, READING_LIST], standing)
    change = Change(
        f"{args.status}: {standing.note.title}",
        files={standing.path: paper_note.with_status(standing.text, args.status)},
        edits={READING_LIST: paper_note.row_edit(standing.note, standing.path, args.status)},
    )
    report = Report("written", path=standing.path)
    if args.dry_run:
        return filing.dry(run, change, report)
    return filing.applied(run, change, report, commit=filing.commits(args))


def _read_my_notes(args: argparse.Namespace, run: Run, who: str) -> str:
    if args.my_notes is None:
        return ""
    try:
        text = Path(args.my_notes).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MissingError(f"cannot read {args.my_notes!r}: {error.strerror}", "check --my-notes") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{args.my_notes!r} is not UTF-8 text", "give a text file with --my-notes") from error
    if len(text) > _LONGEST_NOTES:
        raise DataError(f"{args.my_notes!r} is longer than {_LONGEST_NOTES} characters", "shorten it")
    if who == "draft":
        run.say("--my-notes is for Claude: the draft engine does not read it")
    return text


def _choose(hits: tuple[Metadata, ...]) -> Metadata | None:
    """Let the person choose from arXiv's hits; without a terminal there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    for n, hit in enumerate(hits, start=1):
        warn(f"{n}  {hit.arxiv}  {hit.title} ({', '.join(hit.authors[:2])}, {hit.published.year})")
    print("number, or Enter for none of them: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    return hits[int(answer) - 1] if answer.isascii() and answer.isdigit() and 0 < int(answer) <= len(hits) else None

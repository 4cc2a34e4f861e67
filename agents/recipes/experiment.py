"""The recipe of `python -m agents.experiment`: from a topic to a filed notebook, run where that was asked for."""

import argparse
from collections.abc import Mapping, Sequence

from agents.cli import Report, warn
from agents.disk import read
from agents.errors import ConfigError, OverwriteError
from agents.lab import formulas, git, inventory, naming, notebooks
from agents.lab.change import Change, Edit
from agents.lab.find import inside, resource
from agents.lab.formulas import Candidate
from agents.lab.inventory import Entry
from agents.lab.notes import Standing
from agents.lab.write import backup
from agents.model import endpoint
from agents.model.prompt import fill
from agents.model.question import Answer, Question
from agents.note.added import extended
from agents.note.experiment import ExperimentNote, ExperimentReply, reply_model
from agents.note.template import added
from agents.recipes import experiment_note, experiment_run, filing
from agents.recipes.experiment_run import Plan
from agents.recipes.run import NO_KEY, Run, begin, contract, writer

_HOW = NO_KEY.partition(";")[0] + "; any compatible endpoint serves with ANTHROPIC_BASE_URL"


def recipe(args: argparse.Namespace) -> Report:
    """Everything free is checked before Claude is asked; a notebook that stands is run, or left alone."""
    topic, slug = naming.topic(args.topic), naming.typed_slug(args.slug)
    run = begin(args)
    entries = inventory.entries(run.lab)
    standing = notebooks.find(run.lab, entries, topic)
    if standing and slug:
        warn(f"--slug was not used: {standing.path} is about this")
    if standing and not (args.force or args.estimate):
        stands = experiment_run.again if experiment_run.wanted(args) else _already
        return stands(args, run, standing)

    _refuse_without_model(args, run)
    claude_md, template = contract(run, "experiment"), resource(run.lab, experiment_note.PROMPT)
    fill(template, experiment_note.PROMPT, topic="", formulas="")
    if experiment_run.wanted(args):
        experiment_run.preflight(args, run)
    stem = _stem(standing) or notebooks.new_stem(run.lab, naming.stem(slug, "", topic))
    _preflight(args, run, stem, standing)
    found = formulas.candidates(run.lab, entries, topic)
    question = _question(topic, claude_md, template, found)
    if args.estimate:
        return filing.estimated(args, run, question)
    answer = filing.ask(args, run, question, experiment_note.incomplete)

    return _file(args, run, topic, slug, question, found, answer, was_there=standing is not None)


def _file(
    args: argparse.Namespace,
    run: Run,
    topic: str,
    slug: str,
    question: Question[ExperimentReply],
    found: Mapping[str, Candidate],
    answer: Answer[ExperimentReply],
    *,
    was_there: bool,
) -> Report:
    """The lab as it is by now: Claude took minutes, in which the person, or another run, may have filed something."""
    entries = inventory.entries(run.lab)
    standing = notebooks.find(run.lab, entries, topic)
    if standing and not was_there:
        return _already(args, run, standing)
    if not (standing or slug) and (same := _same(args, run, entries, answer)):
        return same
    stem = _stem(standing) or notebooks.new_stem(
        run.lab, naming.stem(slug, answer.reply.english_name, topic), experiment_note.script_text(answer.reply)
    )
    script = _preflight(args, run, stem, standing)
    plan = Plan(topic, stem, script, standing, question, {key: item.formula for key, item in found.items()})
    done = experiment_run.first(args, run, plan, answer)
    target = standing.path if standing else notebooks.path_of(stem)
    experiment_run.refuse_changed(run, target, standing)
    program = experiment_note.script_text(done.reply)
    files = {notebooks.script_path(script): program} if program else {}  # before the notebook that needs it
    files[target] = done.text.encode()
    _keep_edited_script(args, run, standing)
    experiment_run.keep_closing(args, run, standing)
    change = Change(filing.message_for(done.note), files)
    report = filing.file(args, run, change, target, done.checks, done.answer, standing)
    return experiment_run.filed(args, done.kept, report)


def _same(
    args: argparse.Namespace, run: Run, entries: Sequence[Entry], answer: Answer[ExperimentReply]
) -> Report | None:
    """The answer shows that the experiment is there under another name: nothing is written, nothing is lost."""
    reply = answer.reply
    words = (word for word in (reply.title, *reply.aliases) if notebooks.named(entries, word))
    if (word := next(words, None)) is None or (standing := notebooks.find(run.lab, entries, word)) is None:
        return None
    return filing.known_by(word, _already(args, run, standing), answer)


def _stem(standing: Standing[ExperimentNote] | None) -> str:
    return standing.path.rpartition("/")[2].removesuffix(".ipynb") if standing else ""


def _script(standing: Standing[ExperimentNote] | None) -> str:
    return standing.note.script if standing and standing.note else ""


def _refuse_without_model(args: argparse.Namespace, run: Run) -> None:
    """There is no notebook by extraction. An estimate needs no key."""
    if args.estimate and args.engine != "draft":
        return
    if args.engine == "draft" or (args.engine == "auto" and not endpoint.available(run.env)):
        raise ConfigError("a new experiment is written by Claude only, and no key for it is set", _HOW)
    writer(args, run)


def _preflight(args: argparse.Namespace, run: Run, stem: str, standing: Standing[ExperimentNote] | None) -> str:
    """The name of the script, should there be one; a script that the person changed is his work as the notebook is."""
    name = _script(standing) or notebooks.script_name(stem if standing is None else notebooks.new_stem(run.lab, stem))
    script = notebooks.script_path(name)
    filing.preflight(args, run, [standing.path if standing else notebooks.path_of(stem), script], standing)
    edited = standing and standing.note and not args.estimate and notebooks.script_edited(run.lab, standing.note)
    if edited and git.dirty(git.keeping(run.lab), inside(run.lab, script)):
        raise OverwriteError(f"{script} has changes of yours that are not committed", "commit it, then run this again")
    return name


def _keep_edited_script(args: argparse.Namespace, run: Run, standing: Standing[ExperimentNote] | None) -> None:
    if standing and standing.note and not args.dry_run and notebooks.script_edited(run.lab, standing.note):
        kept = backup(run.lab, inside(run.lab, notebooks.script_path(standing.note.script)))
        warn(f"your edited script is kept as {kept.relative_to(run.lab.root)}")


def _already(args: argparse.Namespace, run: Run, standing: Standing[ExperimentNote]) -> Report:
    """Its script goes along where a killed run left both uncommitted."""
    edits: Mapping[str, Edit] = {}
    note = standing.note
    if note and note.script and not notebooks.script_edited(run.lab, note):
        path = notebooks.script_path(note.script)
        if data := read(inside(run.lab, path)):
            edits = {path: lambda _: data}
    report = filing.already(args, run, standing, edits)
    if note is None:
        report.lines.append(f"it does not follow the schema of our notebooks ({standing.broken}), and stays as it is")
    return report


def _question(topic: str, claude_md: str, template: str, found: Mapping[str, Candidate]) -> Question[ExperimentReply]:
    """The formulas come from notes, which came from papers: they are shown as data."""
    listed = "\n".join(
        f"- {key}：《{item.formula.title}》，{item.meaning} ${item.formula.tex}$" for key, item in found.items()
    )
    return Question(
        agent="experiment",
        target=topic,
        system=claude_md,
        template=template,
        prompt=fill(
            template,
            experiment_note.PROMPT,
            topic=topic,
            formulas=f"见上面的来源文本，共 {len(found)} 条" if found else "本 lab 里还没有相关的公式，没有这个字段",
        ),
        source=listed,
        reply=extended(reply_model(tuple(found)), added(claude_md, "experiment")),
    )

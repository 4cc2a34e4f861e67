"""Whatever a model says in whatever field, the note around it stays as it is: no HTML, pictures, foreign links."""

import re
from contextlib import suppress
from datetime import date
from types import SimpleNamespace

import pytest
from hostile import MARKDOWN, STRINGS, intrusions, outline
from pydantic import TypeAdapter, ValidationError
from random_notes import Dice

from agents.lab import readme, shelves, starter
from agents.lab.commit import subject
from agents.lab.find import READING_LIST
from agents.lab.progress import BEGIN
from agents.note import cells, notebook
from agents.note import text as text_types
from agents.note.kinds import KINDS
from agents.note.markdown import parse, render, sealed
from agents.note.note import KeptNote, front_matter

# What no model says: the person's parts, facts, the hashes and keys by which code finds things. The two closing texts
# are `Prose` in the reply and anything at all in the note, where a person goes on writing.
PERSONS = {"remarks", "own_sections", "own_keys", "sections", "edited", "provenance", "conclusion", "theory"}
OURS = {"path", "anchor", "after", "heading"}  # of links, and of the sections that CLAUDE.md asks for
FACTS = {key for model in KINDS.values() for key in front_matter(model)} - {"title", "authors"}


def texts(value, path=()):
    """Every text of a note as plain data, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in OURS and (path or key not in PERSONS | FACTS):
                yield from texts(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from texts(inner, (*path, n))


def put(value, path, text):
    if not path:
        return text
    if isinstance(value, dict):
        return value | {path[0]: put(value[path[0]], path[1:], text)}
    return [*value[: path[0]], put(value[path[0]], path[1:], text), *value[path[0] + 1 :]]


def fields(data):
    """One place of each field that holds a text: "experiments.results.*.text"."""
    found = {tuple("*" if isinstance(step, int) else step for step in path): path for path, old in texts(data) if old}
    return list(found.values())


def planted(value, text):
    """A note or reply with a text in every field that takes it, and in how many that is."""
    model, data = type(value), value.model_dump(mode="json")
    took = 0
    for path in fields(data):
        with suppress(ValidationError):
            tried = put(data, path, text)
            model.model_validate(tried)
            data, took = tried, took + 1
    return SimpleNamespace(value=model.model_validate(data), took=took)


def subjects():
    """A note of each kind with as many fields filled as dice give."""
    for kind in KINDS:
        drawn = [Dice(seed).note_of(kind) for seed in range(20)]
        note = max(drawn, key=lambda note: len(fields(note.model_dump(mode="json"))))
        yield kind, note.model_copy(update={"remarks": "\n", "own_sections": (), "own_keys": ""})


NOTES = dict(subjects())


def printed(note):
    """The file of a note, and its Markdown: without front matter, of which GitHub makes a table of plain text."""
    if note.kind == "experiment":
        text = notebook.show(note)
        return text, "\n\n".join(
            cells.source(one) for one in cells.load(text)["cells"] if one["cell_type"] == "markdown"
        )
    text = render(note)
    return text, text.partition("\n---\n")[2]


def read(text, model):
    return notebook.read(text) if model.__name__ == "ExperimentNote" else parse(text, model)


def form(text, n):
    """Alone, and somewhere within a sentence: where differs from text to text."""
    return [text, ("{} 字", "字 {}", "字{}字")[n % 3].format(text) if "{" not in text else f"字{text}字"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_harmless_text_is_taken_by_nearly_every_field(kind):
    note = NOTES[kind]
    assert planted(note, "普通的话").took > len(fields(note.model_dump(mode="json"))) / 2


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_in_any_field_breaks_out_of_a_note(kind):
    note = planted(NOTES[kind], "字").value
    shape, took = outline(MARKDOWN.parse(printed(note)[1])), 0
    for n, hostile in enumerate(STRINGS):
        for text in form(hostile, n):
            done = planted(note, text)
            value = sealed(done.value) if isinstance(done.value, KeptNote) else done.value
            file, shown = printed(value)
            tokens = MARKDOWN.parse(shown)
            took += done.took
            assert intrusions(tokens) == [], text
            assert outline(tokens) == shape, text
            assert read(file, type(note)) == value, text
    assert took > len(STRINGS)


def test_no_text_in_any_field_of_a_plan_breaks_out_of_the_new_lab_s_pages():
    plain = planted(small(starter.shipped().plan), "字").value
    shapes = {path: outline(MARKDOWN.parse(text)) for path, text in pages(plain).items()}
    for n, hostile in enumerate(STRINGS):
        text = form(hostile, n)[n % 2]
        for path, page in pages(planted(plain, text).value).items():
            tokens = MARKDOWN.parse(page)
            assert intrusions(tokens) == [], (path, text)
            assert outline(tokens) == shapes[path], (path, text)
            assert page.count(BEGIN) == (path == "README.md"), (path, text)


def small(plan):
    """Of everything that a plan lists one or two, and no addresses: those are a person's to follow."""
    stages = tuple(
        stage.model_copy(update={"items": stage.items[:1], "topics": stage.topics[:1]}) for stage in plan.stages
    )
    shelf = plan.shelves[0].model_copy(update={"papers": plan.shelves[0].papers[:2]})
    resources = tuple(one.model_copy(update={"url": ""}) for one in plan.resources[:2])
    return plan.model_copy(update={"stages": stages, "shelves": (shelf,), "resources": resources})


def pages(plan):
    """What a lab begins with."""
    begun = starter.Starter(plan)
    return {
        "README.md": readme.text(begun, date(2026, 11, 24)),
        READING_LIST: shelves.papers(begun),
        "awesome": shelves.awesome(begun),
    }


@pytest.mark.parametrize("kind", ["paper", "concept"])
def test_a_commit_s_subject_is_one_line_that_does_nothing(kind):
    for hostile in [*STRINGS, *TRAILERS]:
        said = subject(f"{kind}: {hostile}")
        assert said.isprintable(), hostile
        assert len(said) <= 72
        assert said.startswith(f"{kind}:")
        assert not re.search(r"\[(?:skip|ci|no)[ -]|(?<!\w)@\w|#\d|\bGH-\d|://", said, re.IGNORECASE), said


TRAILERS = [
    "x\n\nSigned-off-by: Evil <e@evil.example>", "x\r\n\r\nCo-authored-by: a <a@b.c>", "x\n\n\nskip-checks: true", "x [skip ci]", "[ci skip] x", "fixes #1", "closes owner/repo#12", "resolves GH-3",
    "fixes https://github.com/o/r/issues/1", "(@someone) x", "x,@someone", "@someone", "x\x00y", "\x1b[31mred", "# comment", "a" * 500, "字" * 500, "\u202egnp.exe",
]  # fmt: skip


def test_text_from_outside_is_a_line_that_shows_it_whatever_it_holds():
    line = TypeAdapter(text_types.Line)
    for n, hostile in enumerate([*STRINGS, *TRAILERS]):
        for given in form(hostile, n):
            plain = text_types.one_line(given)[:900]
            if plain:
                shown = line.validate_python(text_types.as_line(plain))
                tokens = MARKDOWN.parse(f"- {shown}")
                assert intrusions(tokens) == [], given
                assert outline(tokens) == [], given

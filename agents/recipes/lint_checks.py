"""All that is found in one file by itself and in its source, whatever the rest of the lab says. Nobody is asked."""

from collections.abc import Iterator
from pathlib import Path

from agents.lab.consistency import leading
from agents.note.lint import markdown_rules
from agents.note.lint.added import are_in_notebook
from agents.note.lint.finding import Finding
from agents.note.lint.page import Page
from agents.note.lint.rules import check
from agents.note.lint.subject import Subject, subject
from agents.note.mark import SIGN
from agents.note.paper import PaperNote
from agents.recipes.lint_checked import Checked
from agents.recipes.lint_doubts import doubts
from agents.source.gather import again
from agents.source.ids import ArxivId
from agents.trust import alone, quotes, sourced, typeset


def checked(page: Page, claude_md: str, cache: Path | None) -> Checked:
    """A note, or a page of the person's own; `cache` is where the sources of papers are kept."""
    note = subject(page, claude_md)

    def is_ours(line: int) -> bool:
        return bool(note and note.holds(line))

    found = [*page.findings, *markdown_rules.findings(page, is_ours)]
    alone_there = {finding.line for finding in found if finding.rule == "typography"}
    found += [one for one in _shown(page, note) if one.rule != "math" or one.line not in alone_there]
    if note:
        told = {(finding.line, finding.rule) for finding in found}
        found += [*check(note), *(one for one in _trusted(note, cache) if (one.line, one.rule) not in told)]
    elif page.rows:
        found += are_in_notebook(page, claude_md)
    return Checked.of(page, leading(page, is_ours), found)


def _shown(page: Page, subject: Subject | None) -> Iterator[Finding]:
    """Formulas and diagrams that will not be shown: errors in what Claude wrote for us, where no ⚠ says so."""
    lines = page.text.split("\n")
    is_draft = page.says("engine") == "draft"
    for line, rule, message in typeset.faults(page.text):
        is_ours = bool(subject and subject.holds(line))
        if not (is_ours and SIGN in lines[line - 1]):
            yield Finding(page.path, page.row(line), rule, message, is_error=is_ours and not is_draft)


def _trusted(subject: Subject, cache: Path | None) -> Iterator[Finding]:
    """Does it say what its source says; is it written as it should be. A draft may lack the latter."""
    note = subject.note
    if note is None:
        return
    yield from doubts(subject, alone.outcomes(note), is_error=note.engine != "draft")
    if isinstance(note, PaperNote):
        yield from _against_source(subject, note, cache)


def _against_source(subject: Subject, note: PaperNote, cache: Path | None) -> Iterator[Finding]:
    source = again(note.sha256, note.source, ArxivId(note.arxiv, note.version), cache) if cache else None
    if source is None:
        yield subject.finding(subject.page.line("sha256"), "source", unchecked(subject.page), is_error=False)
        return
    paper = sourced.grounds(source)
    yield from doubts(subject, sourced.outcomes(note, paper), is_error=True)
    yield from doubts(subject, [quotes.pages(note, paper.quotes)], is_error=True)


def unchecked(page: Page) -> str:
    """That the source of a note is not there, and what brings it."""
    arxiv, version = page.says("arxiv"), page.says("version")
    name = f"{arxiv}{f'v{version}' * (version not in {'', '0'})}" if arxiv else "its paper"
    brings = f"python -m agents.paper {arxiv or 'FILE'} --update brings it"
    return f"{name} is not in .lab/cache: numbers, quotes and references were not checked ({brings})"

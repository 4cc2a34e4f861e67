"""From Claude's plan for a lab to one whose papers were looked up: arXiv wins, what it lacks is marked. Pure."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from agents.errors import UsageError
from agents.lab.starter import Starter
from agents.note.plan import Paper, PlanReply, Resource, safe_link
from agents.note.slug import folded, short_name
from agents.note.text import one_line
from agents.source import ids
from agents.source.document import Metadata
from agents.source.ids import ArxivId

PROMPT = "prompts/init.md"


def named_id(paper: Paper) -> ArxivId | None:
    """The id that Claude gave, if it is one."""
    with suppress(UsageError):
        return ArxivId(ids.parse(paper.arxiv).id)
    return None


def by_id(plan: PlanReply, hits: Iterable[Metadata]) -> dict[str, Metadata]:
    """Title -> the paper that has the id which was given with it, and this title. One that has another is another."""
    entries = {hit.arxiv: hit for hit in hits}
    found = {}
    for paper in plan.papers:
        name = named_id(paper)
        hit = entries.get(name.id) if name else None
        if hit and _is_titled(paper.title, hit.title):
            found[paper.title] = hit
    return found


def by_title(plan: PlanReply, hits: Iterable[Metadata]) -> dict[str, Metadata]:
    """Title -> the paper with this title; of several, the one of the same first author."""
    entries: dict[str, list[Metadata]] = {}
    for hit in hits:
        entries.setdefault(folded(hit.title), []).append(hit)
    return {
        paper.title: max(same, key=lambda hit: _is_first(paper.first_author, hit))
        for paper in plan.papers
        if (same := entries.get(folded(paper.title)))
    }


def looked_up(plan: PlanReply, found: Mapping[str, Metadata]) -> Starter:
    """The plan with arXiv's own titles, ids and years; a paper that turns out to be another one's twin is left out."""
    seen: set[str] = set()
    shelves, doubted = [], set()
    for shelf in plan.shelves:
        papers = []
        for paper in shelf.papers:
            mended = _mended(paper, found.get(paper.title))
            if mended.arxiv in seen:
                continue
            papers.append(mended)
            if mended.arxiv:
                seen.add(mended.arxiv)
            else:
                doubted.add(mended.title)
        shelves.append(shelf.model_copy(update={"papers": tuple(papers)}))
    resources = tuple(map(_with_safe_link, plan.resources))
    doubted |= {resource.url for resource in resources if resource.url}
    return Starter(plan.model_copy(update={"shelves": tuple(shelves), "resources": resources}), frozenset(doubted))


def counts(starter: Starter) -> tuple[int, int]:
    """How many papers were found, of how many."""
    papers = starter.plan.papers
    return sum(bool(paper.arxiv) for paper in papers), len(papers)


def _mended(paper: Paper, hit: Metadata | None) -> Paper:
    if hit is None:
        return paper.model_copy(update={"arxiv": ""})
    author = one_line(hit.authors[0]) if hit.authors else paper.first_author
    facts = {"title": one_line(hit.title), "arxiv": hit.arxiv, "year": hit.published.year, "first_author": author}
    return paper.model_copy(update=facts)


def _with_safe_link(resource: Resource) -> Resource:
    is_safe = resource.url.startswith("https://") and safe_link(resource.url)
    return resource if is_safe else resource.model_copy(update={"url": ""})


def _is_titled(said: str, listed: str) -> bool:
    """The same title, or the part of it before the colon."""
    return folded(said) == folded(listed) or folded(said) == folded(short_name(listed))


def _is_first(author: str, hit: Metadata) -> bool:
    """Whether the last names are the same."""
    return bool(hit.authors) and _last(author) == _last(hit.authors[0])


def _last(name: str) -> str:
    return folded(name.rsplit(maxsplit=1)[-1])

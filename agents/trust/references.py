"""Is it a real paper, and described rightly? Looked up in the paper's own bibliography, then in arXiv's answer.

Nothing is ever called a fake: most references that are taken for invented are real papers with a wrong field.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.note.mark import UNVERIFIED
from agents.note.note import Note
from agents.note.paper import PaperBody
from agents.note.reading import FOUND, OPEN, WRONG, FoundReading, Reading
from agents.source.document import Metadata, Source
from agents.trust import named, titles, works
from agents.trust.outcome import Doubt, Outcome
from agents.trust.works import Difference, Work

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Bibliography:
    """What is known of other papers without asking anybody."""

    itself: Work | None  # the paper that the note is about; None where its source is not at hand
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The ids and titles that arXiv may know."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What came of one entry. `work`: the paper that it means; `wrong`: in which fields it is not that."""

    badge: str
    work: Work | None = None
    wrong: tuple[Difference, ...] = ()
    message: str = ""

    @property
    def holds(self) -> bool:
        return self.badge.startswith(FOUND) and OPEN not in self.badge

    @property
    def unsettled(self) -> bool:
        return WRONG not in self.badge


NOTHING = Bibliography(None, ())


def bibliography(source: Source) -> Bibliography:
    return Bibliography(works.itself(source), works.cited(source.document.references))


def outcome(part: PaperBody[Any], known: Bibliography, on_arxiv: Sequence[Metadata] | None = None) -> Outcome:
    """Every paper that a reply or a note names. `on_arxiv`: its answer; None: it was not asked, or did not answer.

    A note's own badge stands for what arXiv had answered when the note was made, and for a bibliography (`NOTHING`)
    that is not at hand.
    """
    verdicts = _verdicts(part, known, on_arxiv)
    doubts = [doubt for n, verdict in enumerate(verdicts) for doubt in _doubts(f"further_reading.{n}", verdict)]
    mentions = named.mentions(part)
    strange = [one for one in mentions if not _is_known(one, part, known, verdicts, on_arxiv)]
    doubts += map(_doubt, strange)
    right = sum(verdict.holds for verdict in verdicts) + len(mentions) - len(strange)
    return Outcome("references", right, len(verdicts) + len(mentions), tuple(doubts))


def questions(part: PaperBody[Any], known: Bibliography, on_arxiv: Sequence[Metadata] = ()) -> Questions:
    """What is left to ask arXiv, after what it has answered already."""
    verdicts = _verdicts(part, known, on_arxiv)
    left = [reading for reading, verdict in zip(part.further_reading, verdicts, strict=True) if not verdict.holds]
    strange = [one for one in named.mentions(part) if not _is_known(one, part, known, verdicts, on_arxiv)]
    ids = [reading.arxiv for reading in left if reading.arxiv] + [one.arxiv for one in strange if one.arxiv]
    asked = [reading.title for reading in left] + [one.title for one in strange if one.title]
    return Questions(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(asked)))


def with_badges(
    readings: Iterable[dict[str, Any]], part: PaperBody[Any], known: Bibliography, on_arxiv: Sequence[Metadata] | None
) -> list[dict[str, Any]]:
    """The entries as plain data (`model_dump()`), each with its badge, and with what the paper's record adds."""
    verdicts = _verdicts(part, known, on_arxiv)
    return [data | _added(data, verdict) for data, verdict in zip(readings, verdicts, strict=True)]


def _added(data: dict[str, Any], verdict: _Verdict) -> dict[str, Any]:
    """The badge; an id and a year where there were none; the whole title for one that was cut at its colon."""
    work = verdict.work
    if work is None or not verdict.holds:
        return {"badge": verdict.badge}
    is_cut = titles.letters(data["title"]) == titles.head(work.title)
    return {
        "badge": verdict.badge,
        "arxiv": data["arxiv"] or work.arxiv,
        "year": data["year"] or (work.years[0] if work.years else 0),
        "title": works.short(work.title) if is_cut else data["title"],
    }


def _verdicts(part: PaperBody[Any], known: Bibliography, on_arxiv: Sequence[Metadata] | None) -> list[_Verdict]:
    listed = tuple(map(works.listed, on_arxiv or ()))
    found = []
    for reading in part.further_reading:
        verdict = _verdict(reading, known.works, listed)
        badge = reading.badge if isinstance(reading, FoundReading) else ""
        if not verdict.holds and _stands(badge, verdict, known, on_arxiv):
            verdict = _Verdict(badge, message="as its badge says")
        found.append(verdict)
    return found


def _stands(badge: str, verdict: _Verdict, known: Bibliography, on_arxiv: Sequence[Metadata] | None) -> bool:
    """Whether what a note says was found out when it was made, from what is not at hand now."""
    if on_arxiv is None and works.LISTED in badge:
        return True
    return bool(badge) and known.itself is None and (badge.startswith(FOUND) or verdict.work is None)


def _verdict(reading: Reading, cited: Sequence[Work], listed: Sequence[Work]) -> _Verdict:
    """The bibliography first; a paper of the same title on arXiv adds to it, or is the one that was meant."""
    every = (*cited, *listed)
    work, twin = works.meant(reading, cited), works.meant(reading, listed)
    if work and any(works.differences(reading, work)):
        work = works.joined(work, twin)
    for candidate in filter(None, (work, twin)):
        if not any(works.differences(reading, candidate, every)):
            return _Verdict(f"{FOUND} {candidate.known}", candidate)
    work = work or twin or works.misnamed(reading, every)
    if work is None:
        return _Verdict(
            UNVERIFIED, message=f"{reading.title!r} is not in this paper's bibliography. {_nearest(reading, cited)}"
        )
    wrong = tuple(works.differences(reading, work, every))
    hard = [one.badge for one in wrong if not one.unsettled]
    return _Verdict("；".join(hard or [f"{FOUND} {work.known}", *(one.badge for one in wrong)]), work, wrong)


def _nearest(reading: Reading, cited: Sequence[Work]) -> str:
    """For Claude: the entries of the bibliography that it may have meant."""
    real = [work for work in cited if titles.is_one(work.title)]
    near = sorted(real, key=lambda work: -titles.likeness(reading.title, work.title))[:_NEAREST]
    if not near:
        return "Leave it out unless you are certain of it."
    shown = "; ".join(f"{works.short(work.entry or work.title)!r}" for work in near)
    return f"Nearest there: {shown}"


def _doubts(where: str, verdict: _Verdict) -> list[Doubt]:
    if verdict.holds:
        return []
    if verdict.wrong:
        return [
            Doubt(f"{where}.{one.field}", f"{one.message} ({one.badge})", unsettled=one.unsettled)
            for one in verdict.wrong
        ]
    return [Doubt(where, f"{verdict.message} ({verdict.badge})", unsettled=verdict.unsettled)]


def _is_known(
    one: named.Mention,
    part: PaperBody[Any],
    known: Bibliography,
    verdicts: Sequence[_Verdict],
    on_arxiv: Sequence[Metadata] | None,
) -> bool:
    """Whether a paper that is named in running text was found somewhere."""
    if on_arxiv is None and isinstance(part, Note):
        return not one.is_marked  # what was not found was marked when the note was made
    every = [*known.works, *([known.itself] if known.itself else []), *map(works.listed, on_arxiv or ())]
    every += [verdict.work for verdict in verdicts if verdict.work]
    if one.arxiv:
        return any(work.arxiv == one.arxiv for work in every)
    return any(works.is_titled(one.title, work) for work in every)


def _doubt(one: named.Mention) -> Doubt:
    what = f"arXiv:{one.arxiv}" if one.arxiv else repr(one.title)
    message = f"{what} is not in this paper's bibliography: name only papers that are, as they are printed there"
    return Doubt(one.where, message, mark=UNVERIFIED, at=one.end, unsettled=True)

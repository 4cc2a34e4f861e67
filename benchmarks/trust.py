"""Errors planted into true statements about real papers, and how many of them the checks of a note find.

Every statement, true or false, is put into an empty but valid reply and goes through the checks that a reply of
Claude's goes through. Caught: the field is refused, or a doubt names it. Accused: the same of a statement that is true.
Exits 1 where a goal is missed, and 2 where the papers are not there. `--misses` prints each error that was not found
and each true statement that was accused.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import trust_time
from corpus import CORPUS, TRUTH, Measure, paper_files, papers, plain_pages, show, text_files
from eprints import served
from known_formulas import formulas
from planting import KINDS, kinds_of, plant
from pydantic import ValidationError
from statements import Statement, claim
from true_cells import cells
from true_references import references
from true_sentences import numbers, paragraphs, quotes
from trust_note import filed, in_doubt, outcomes

from agents.note.paper import PaperReply
from agents.source import tex
from agents.source.document import Source
from agents.source.merge import merge
from agents.source.pdf import read
from agents.trust import sourced
from agents.trust.sourced import Grounds

CAUGHT, SWAPS_CAUGHT, ACCUSED, CASES = 0.99, 0.90, 0.02, 2000
EVERY = 10  # case is looked at as a note too
SWAPS = {"row swapped", "column swapped"}
ERRORS = {"cell": 4, "number": 3, "quote": 1, "reference": 3, "formula": 15}  # planted into one statement, at most
TEX = (("pdf/1706.03762-attention.pdf", "1706.03762"), ("latex/9802040/13.pdf", "9802040"))  # read with their TeX
EMPTY: dict[str, Any] = {
    "echo": {"title": "", "first_author": "", "last_heading": ""},
    "tags": [],
    "aliases": [],
    "summary": "这篇论文提出一种方法。",
    "background": "此前的方法有不足。",
    "method": {
        "intuition": "换一个角度看同一件事。",
        "approach": [claim("方法见原文。")],
        "diagram": {"nodes": [{"id": "in", "label": "Input"}], "edges": []},
        "formulas": {"items": [], "none": "这里不列公式。"},
    },
    "experiments": {"results": [], "ablation": {"rows": [], "contributions": [], "none": "这里不列消融实验。"}},
    "assessment": {
        "improvements": [],
        "limitations": [],
        "comparison": {"items": [], "none": "没有可比的论文。"},
        "lessons": [],
    },
    "further_reading": [],
}


@dataclass(frozen=True, slots=True)
class Case:
    """A statement in a reply; `kind` is the error planted into it, "" where it is true."""

    kind: str
    form: str
    where: str
    said: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    case: Case
    paper: str
    doubts: tuple[str, ...]
    note: bool | None = None  # whether the filed note has its doubts in the same fields; None: not looked at


def reply(where: str, said: Any) -> dict[str, Any]:
    """An empty reply with one statement: `where` as in "experiments.results.0" or "summary"."""

    def put(value: Any, path: list[str]) -> Any:
        if not path:
            return said
        if path == ["0"]:
            return [said]
        inner = {path[0]: put(value[path[0]], path[1:])}
        return value | ({"none": ""} if "none" in value and path[0] != "none" else {}) | inner

    made: dict[str, Any] = put(EMPTY, where.split("."))
    return made


def part_of(case: Case) -> PaperReply | ValidationError:
    """The reply; what is wrong with the field where it is none."""
    try:
        return PaperReply.model_validate(reply(case.where, case.said))
    except ValidationError as error:
        if not any(_is_in(".".join(map(str, one["loc"])), case) for one in error.errors()):
            raise  # the reply around the statement is not a valid one
        return error


def doubts(case: Case, part: PaperReply | ValidationError, paper: Grounds) -> tuple[str, ...]:
    """What is said against the field in which the statement stands."""
    if isinstance(part, ValidationError):
        return tuple(one["msg"] for one in part.errors())
    found = [doubt for one in outcomes(part, paper) for doubt in one.doubts]
    return tuple(doubt.message for doubt in found if _is_in(doubt.where, case))


def _is_in(where: str, case: Case) -> bool:
    return f"{where}.".startswith(f"{case.where}.")


def same_of_the_note(part: PaperReply | ValidationError, paper: Grounds) -> bool | None:
    if isinstance(part, ValidationError):
        return None
    return in_doubt(outcomes(filed(part, paper), paper)) == in_doubt(outcomes(part, paper))


def cases(made: Iterable[Statement], words: list[str], dice: Random) -> Iterator[Case]:
    """Each statement as it is, and with some of the errors that can be made in it, every kind in its turn."""
    used: Counter[str] = Counter()
    for one in made:
        yield Case("", one.form, one.where, one.said())
        planted = [(kind, said) for kind in kinds_of(one) for said in plant(kind, one, dice, words)]
        dice.shuffle(planted)
        for kind, said in sorted(planted, key=lambda case: used[case[0]])[: ERRORS[one.form.split()[0]]]:
            used[kind] += 1
            yield Case(kind, one.form, one.where, said)


def true_statements(path: Path, source: Source, dice: Random) -> list[Statement]:
    paper, document = source.arxiv, source.document
    found = paragraphs(path)
    return [
        *cells(path, document, papers().get(paper, {}) if TRUTH.is_file() else {}, paper, dice),
        *numbers(found, dice),
        *quotes(found, dice),
        *references(document, "\n".join(plain_pages(path)), dice),
        *formulas(paper, exact=source.read == "pdf+tex"),
    ]


def source_of(path: Path, with_tex: str = "") -> Source:
    document = read(path)
    if with_tex:
        document = merge(document, tex.read(served(with_tex))).document
    paper = with_tex or path.stem.partition("-")[0]
    kind = "pdf+tex" if with_tex else "pdf"
    return Source(kind, document.title, document.authors, document, sha256="0" * 64, arxiv=paper, file=path.name)


def judged(path: Path, with_tex: str = "") -> list[Verdict]:
    """All cases of one paper."""
    source, dice = source_of(path, with_tex), Random(f"{path.stem} {with_tex}")
    made = true_statements(path, source, dice)
    words = sorted({word for one in made if one.form == "quote" for word in one.piece.split() if _is_common(word)})
    return list(verdicts(cases(made, words, dice), f"{source.arxiv} {source.read}", sourced.grounds(source)))


def verdicts(made: Iterable[Case], paper: str, grounds: Grounds) -> Iterator[Verdict]:
    """A false statement follows the true one that it was made of: what is said of both is not about the error."""
    usual: tuple[str, ...] = ()
    for n, case in enumerate(made):
        part = part_of(case)
        found = doubts(case, part, grounds)
        usual = found if not case.kind else usual
        note = same_of_the_note(part, grounds) if n % EVERY == 0 else None
        yield Verdict(case, paper, tuple(one for one in found if not case.kind or one not in usual), note)


@cache
def _is_common(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.islower() and len(word) > 3


def split(found: list[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """The false ones, and the true ones."""
    return [one for one in found if one.case.kind], [one for one in found if not one.case.kind]


def share(found: list[Verdict]) -> float:
    """Of how many something is said."""
    return sum(bool(one.doubts) for one in found) / len(found) if found else 0.0


def table(found: list[Verdict]) -> list[Measure]:
    """A measure for each kind of error, and for the statements that are true; beside them each form of statement."""
    planted, true = split(found)
    measures = []
    for kind in KINDS:
        of = [one for one in planted if one.case.kind == kind]
        goal = SWAPS_CAUGHT if kind in SWAPS else CAUGHT
        met = share(of) >= goal if of else None
        value = f"{share(of):.1%} of {len(of)}"
        measures.append(Measure(f"caught: {kind}", value, f">= {goal:.0%}", met, _forms(of)))
    accused, notes = share(true), [one.note for one in found if one.note is not None]
    same = f"{sum(notes)}/{len(notes)}"
    return [
        *measures,
        Measure(
            "accused: true statements",
            f"{accused:.1%} of {len(true)}",
            f"<= {ACCUSED:.0%}",
            accused <= ACCUSED,
            _forms(true),
        ),
        Measure("errors planted", str(len(planted)), f">= {CASES}", len(planted) >= CASES),
        Measure("the filed note is in doubt where its reply is", same, "all", bool(notes) and all(notes)),
    ]


def _forms(of: list[Verdict]) -> str:
    forms = dict.fromkeys(one.case.form for one in of)
    with_doubts = Counter(one.case.form for one in of if one.doubts)
    return ", ".join(f"{form} {with_doubts[form]}/{sum(one.case.form == form for one in of)}" for form in forms)


def print_misses(found: list[Verdict]) -> None:
    for one in found:
        if bool(one.doubts) != bool(one.case.kind):
            what = f"missed: {one.case.kind}" if one.case.kind else f"accused: {'; '.join(one.doubts)}"
            print(f"{one.paper} | {one.case.form} | {what}\n    {one.case.said}")
        if one.note is False:
            print(f"{one.paper} | {one.case.form} | other doubts as a note\n    {one.case.said}")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print what was not found, and what was accused")
    args = parser.parse_args(argv)
    if not TRUTH.is_file():
        print(f"nothing was measured: the real papers are not at {CORPUS}", file=sys.stderr)
        return 2
    plain = [(path, "") for path in (*paper_files(), *text_files())]
    work = [*plain, *((CORPUS / path, name) for path, name in TEX)]
    with ProcessPoolExecutor(2) as pool:
        judgements = [one for found in pool.map(judged, *zip(*work, strict=True)) for one in found]
    if args.misses:
        print_misses(judgements)
    measures = [*table(judgements), *trust_time.measures(CORPUS)]
    show(measures)
    planted, true = split(judgements)
    print(f"\ncaught {share(planted):.1%} accused {share(true):.1%} cases {len(planted)}")
    return int(any(not one.met for one in measures))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

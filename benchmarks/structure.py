"""What was read of each paper beside what a person reads in it, and beside its TeX: truth.json and corpus/latex."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import ablation
import cited
from corpus import CORPUS, Measure, paper_files, papers, text_files
from score import normal

from agents.source.document import Document
from agents.source.pdf import read

COUNTS = ("references", "tables", "figures", "equations")
MAX_OFF = 0.02  # of a count, summed over the papers
EXACT, FOUND, NUMBERS = 0.97, 0.93, 0.90
TEX = {"latex/1706.03762/main.pdf": "main.tex", "latex/9802040/13.pdf": "13.tex"}  # a PDF and what it was made from


def found_counts(document: Document) -> dict[str, int]:
    return {name: len(getattr(document, name)) for name in COUNTS}


def wrong_parts(document: Document, truth: dict[str, Any]) -> list[str]:
    """Which of title, authors and top-level sections are not as a person reads them."""
    sections = [normal(section.heading) for section in document.sections if section.level == 1]
    names = [normal(name) for name in document.authors]
    lasts = [normal(name) for name in truth["authors"]]
    right = {
        "title": normal(document.title) == normal(truth["title"]),
        "authors": len(names) == len(lasts) and all(a.endswith(b) for a, b in zip(names, lasts, strict=True)),
        "sections": sections == [normal(section) for section in truth["sections"]],
    }
    return [part for part, ok in right.items() if not ok]


def count_all(facts: dict[str, dict[str, Any]]) -> list[Measure]:
    """Print a line a paper; titles, authors, sections and counts as measures."""
    wrong_of: Counter[str] = Counter()
    sums = {name: [0, 0] for name in COUNTS}
    print(f"\n{'paper':<14}{'title, authors, sections':<28}" + "".join(f"{name:>14}" for name in COUNTS))
    for paper, truth in facts.items():
        document = read(CORPUS / truth["file"])
        wrong, found = wrong_parts(document, truth), found_counts(document)
        wrong_of.update(wrong)
        for name in COUNTS:
            sums[name][0] += found[name]
            sums[name][1] += truth["counts"][name]
        shown = "".join(f"{found[name]}/{truth['counts'][name]}".rjust(14) for name in COUNTS)
        print(f"{paper:<14}" + (f"wrong: {', '.join(wrong)}" if wrong else "right").ljust(28) + shown)
    parts = [
        Measure(f"{part} right", f"{len(facts) - wrong_of[part]}/{len(facts)}", "all", not wrong_of[part])
        for part in ("title", "authors", "sections")
    ]
    return parts + [
        Measure(name, f"{found}/{true}", f"off <= {MAX_OFF:.0%}", abs(found - true) <= MAX_OFF * true)
        for name, (found, true) in sums.items()
    ]


def _flat(path: Path, folder: Path) -> str:
    """A TeX file with what it reads in, comments off."""
    text = re.sub(r"(?<!\\)%.*", "", path.read_text(encoding="utf-8", errors="replace"))

    def included(found: re.Match[str]) -> str:
        other = folder / f"{found[1].strip().removesuffix('.tex')}.tex"
        return _flat(other, folder) if other.is_file() else ""

    return re.sub(r"\\(?:input|include)\s*\{([^}]*)\}", included, text)


def tex_sections(path: Path) -> list[str]:
    """Titles of sections of every level, as the TeX has them; "References" where there is a bibliography."""
    found = []
    for match in re.finditer(
        r"\\((?:sub){0,2}section)\*?\s*(?:\[[^\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}|\\begin\{thebib",
        _flat(path, path.parent),
    ):
        title = "References" if match[2] is None else re.sub(r"\\label\{[^}]*\}", "", match[2])
        found.append(re.sub(r"\\[a-zA-Z]+\s*|[{}$~\\]", " ", title))
    return found


def _bare(title: str) -> str:
    """Letters and digits alone: spaces, dashes, fonts and quotes are set in many ways."""
    return re.sub(r"[\W_]", "", title.casefold())


def sections_against_tex() -> Measure:
    found, true, both = 0, 0, 0
    for pdf, tex in TEX.items():
        ours = Counter(_bare(section.title) for section in read(CORPUS / pdf).sections)
        theirs = Counter(map(_bare, tex_sections((CORPUS / pdf).with_name(tex))))
        found, true, both = found + ours.total(), true + theirs.total(), both + (ours & theirs).total()
    recall, precision = both / true, both / max(found, 1)
    value = f"{recall:.2f} / {precision:.2f}"
    return Measure("all sections, recall / precision", value, f">= {FOUND}", min(recall, precision) >= FOUND)


def citations() -> Measure:
    """Print a line a PDF that has links to its bibliography."""
    right = total = 0
    print(f"\n{'in-text citations':<34}{'exact':>8}{'entries':>9}")
    for path in paper_files() + text_files():
        truth = cited.counts(path)
        if not truth:
            continue
        exact = cited.exact(read(path), truth)
        print(f"{path.name:<34}{exact:>8}{len(truth):>9}")
        right, total = right + exact, total + len(truth)
    share = right / max(total, 1)
    return Measure("citation counts exact", f"{share:.1%}", f">= {EXACT:.0%}", share >= EXACT, f"{right}/{total}")


def measures() -> list[Measure]:
    facts = papers()
    found = count_all(facts)
    found += [sections_against_tex(), citations()]
    pairs = [ablation.count(paper, read(CORPUS / truth["file"]), truth) for paper, truth in facts.items()]
    right, total = map(sum, zip(*pairs, strict=True))
    share = right / total
    return [
        *found,
        Measure(
            "ablation numbers in place, PDF alone",
            f"{share:.1%}",
            f">= {NUMBERS:.0%}",
            share >= NUMBERS,
            f"{right}/{total}",
        ),
    ]

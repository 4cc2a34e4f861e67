"""What reaches the model: nothing that a reader cannot see, all of the body, and fewer characters than plain text."""

import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Any

from corpus import CORPUS, Measure, paper_files, plain_pages, text_files, unmeasured
from score import LIGATURES

from agents.model.rendering import render
from agents.source.document import Document, Source
from agents.source.pdf import load_mupdf, read

INJECTED = CORPUS / "odd" / "injection-hidden-text-ppo.pdf"
PLANTED = 5
MAX_SENT, KEPT, FALSE_ALARMS = 0.85, 0.995, 1
DPI, FAINT, TINY = 150, 16, 2.0  # of 255 grey levels; points
ENOUGH = 5  # letters of a line that says something
_FIRST = re.compile(r"\s*(\S{0,4}\s)?(abstract|introduction)\b.*", re.IGNORECASE)
_LAST = re.compile(r"\s*(references|bibliography|literature cited)\W*", re.IGNORECASE)


def unseen(path: Path) -> list[str]:
    """Lines of the file whose place on the page, drawn, shows nothing or that are too small to read.

    Pages are drawn for it, which the reader cannot afford: this is the judge, not what is judged.
    """
    found = []
    mupdf = load_mupdf()
    with mupdf.open(path) as document:
        for page in document:
            drawn = page.get_pixmap(dpi=DPI, colorspace=mupdf.csGRAY)
            lines = [line for block in page.get_text("dict")["blocks"] for line in block.get("lines", [])]
            for line in lines:
                text = "".join(span["text"] for span in line["spans"])
                if sum(map(str.isalpha, text)) >= ENOUGH and (
                    max(span["size"] for span in line["spans"]) < TINY or _contrast(drawn, line["bbox"]) < FAINT
                ):
                    found.append(text)
    return found


def _contrast(drawn: Any, box: tuple[float, ...]) -> int:
    """Between the lightest and the darkest spot of a box."""
    x0, y0, x1, y1 = (max(0, int(edge * DPI / 72)) for edge in box)
    rows = [
        drawn.samples_mv[y * drawn.stride + x0 : y * drawn.stride + min(x1, drawn.width)]
        for y in range(y0, min(y1, drawn.height))
    ]
    spots = b"".join(map(bytes, rows))
    return max(spots) - min(spots) if spots else 0


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.translate(LIGATURES).casefold())


def rendered(path: Path, document: Document) -> str:
    return render(Source("pdf", document.title, document.authors, document, sha256="0" * 64, file=path.name))


def body_lines(pages: list[str]) -> list[str]:
    """Lines of running text from abstract to references: six words or more, and none that comes back on other pages."""
    lines = [line for page in pages for line in page.split("\n")]
    start = next((index for index, line in enumerate(lines) if _FIRST.fullmatch(line)), 0)
    end = max((index for index, line in enumerate(lines) if _LAST.fullmatch(line)), default=len(lines))
    often = Counter(re.sub(r"\d", "0", line) for line in lines)
    return [line for line in lines[start:end] if len(words(line)) >= 6 and often[re.sub(r"\d", "0", line)] < 3]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text.translate(LIGATURES).casefold())


def lost(lines: list[str], shown: str) -> list[str]:
    """Lines of which not even half the pairs of neighbouring words are shown. Both ends may be half a broken word."""
    there = words(shown)
    pairs = set(itertools.pairwise(there))
    gone = []
    for line in lines:
        ours = words(line)[1:-1]
        wanted = list(itertools.pairwise(ours))
        if 2 * sum(pair in pairs for pair in wanted) < len(wanted):
            gone.append(line)
    return gone


def hidden() -> list[Measure]:
    """Print what was taken out of real papers."""
    planted, document = unseen(INJECTED), read(INJECTED)
    shown = letters(rendered(INJECTED, document))
    out = [text for text in planted if letters(text) not in shown]
    alarms = {path.name: found for path in paper_files() + text_files() if (found := read(path).hidden)}
    print()
    for name, found in alarms.items():
        kinds = Counter(one.kind for one in found)
        print(f"hidden text in {name}: " + ", ".join(f"{count} x {kind}" for kind, count in kinds.items()))
    planted_goal, name = f"{PLANTED}/{PLANTED}", "planted hidden pieces out"
    first = Measure(name, f"{len(out)}/{len(planted)}", planted_goal, len(out) == len(planted) == PLANTED)
    if not document.hidden:
        return [first, unmeasured("real papers with a false alarm", f"<= {FALSE_ALARMS}", "the reader has no scan yet")]
    return [
        first,
        Measure(
            "real papers with a false alarm",
            str(len(alarms)),
            f"<= {FALSE_ALARMS}",
            len(alarms) <= FALSE_ALARMS,
            ", ".join(alarms),
        ),
    ]


def sent() -> list[Measure]:
    """Print a line a paper: the characters of its rendering over those of plain text, and the body lines it lost."""
    shares, kept, total = {}, 0, 0
    print(f"\n{'what is sent':<34}{'plain':>9}{'sent':>9}{'share':>7}{'lines of body':>15}{'lost':>6}")
    for path in paper_files() + text_files():
        pages = plain_pages(path)
        plain, shown = "".join(pages), rendered(path, read(path))
        lines = body_lines(pages)
        gone = lost(lines, shown)
        shares[path.name] = len(shown) / len(plain)
        kept, total = kept + len(lines) - len(gone), total + len(lines)
        print(f"{path.name:<34}{len(plain):>9}{len(shown):>9}{shares[path.name]:>7.2f}{len(lines):>15}{len(gone):>6}")
    worst = max(shares, key=lambda name: shares[name])
    mean = sum(shares.values()) / len(shares)
    return [
        Measure(
            "characters sent / plain text, worst paper",
            f"{shares[worst]:.2f}",
            f"<= {MAX_SENT}",
            shares[worst] <= MAX_SENT,
            f"{worst}; mean {mean:.2f}",
        ),
        Measure(
            "lines of the body kept",
            f"{kept / total:.2%}",
            f">= {KEPT:.1%}",
            kept / total >= KEPT,
            f"{total - kept} lost",
        ),
    ]


def measures() -> list[Measure]:
    return hidden() + sent()

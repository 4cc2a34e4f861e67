"""The formulas of three real TeX sources: every numbered equation with its number, all parsed by real KaTeX.

KaTeX itself comes from npm into the peers' environment; without node and npm, that measure is not taken.
"""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from importlib import import_module, util
from pathlib import Path

import ablation
from corpus import Measure, papers, unmeasured
from eprints import served
from rivals import PLACE

from agents.source.document import Exact

KATEX = "katex@0.19.1"
NUMBERED = {"1706.03762": 3, "9802040": 13, "2004.14974": 0}  # counted in the papers as printed
NUMBERS = 0.99
_CHECK = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(formulas.map(tex => {
  try { katex.renderToString(tex, {displayMode: true, throwOnError: true, strict: 'ignore'}); return ''; }
  catch (error) { return String(error.message); }
})));
"""


def reader() -> Callable[[bytes], Exact] | None:
    if util.find_spec("agents.source.tex") is None:
        return None
    read: Callable[[bytes], Exact] = import_module("agents.source.tex").read
    return read


def katex() -> Path | None:
    """Where KaTeX is, put there when it is not; None where it cannot be had."""
    place = PLACE / "katex" / "node_modules" / "katex"
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    if not place.is_dir():
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(PLACE / "katex"), KATEX]
        subprocess.run(command, capture_output=True, check=False)
    return place if place.is_dir() else None


def complaints(formulas: list[str], place: Path) -> list[str]:
    """KaTeX's word on each formula, "" where it has none."""
    done = subprocess.run(
        ["node", "-e", _CHECK, str(place)], input=json.dumps(formulas), capture_output=True, text=True, check=True
    )
    said: list[str] = json.loads(done.stdout)
    return said


def _found(exact: Exact, count: int) -> int:
    """How many of the numbers 1..count an equation carries, once."""
    numbers = Counter(equation.number for equation in exact.equations if equation.number and equation.tex)
    return sum(numbers[str(number)] == 1 for number in range(1, count + 1))


def measures() -> list[Measure]:
    names = (
        "TeX: numbered equations, each with its number",
        "TeX: formulas that KaTeX parses",
        "TeX: ablation numbers in place",
    )
    goals = ("all", "all", f">= {NUMBERS:.0%}")
    read = reader()
    if read is None:
        return [unmeasured(name, goal, "there is no tex.read yet") for name, goal in zip(names, goals, strict=True)]
    exacts = {paper: read(served(paper)) for paper in NUMBERED}
    found = {paper: _found(exacts[paper], count) for paper, count in NUMBERED.items()}
    numbered = [sum(found.values()), sum(NUMBERED.values())]
    extra = sum(len([one for one in exacts[paper].equations if one.number]) - found[paper] for paper in NUMBERED)
    first = Measure(
        names[0],
        f"{numbered[0]}/{numbered[1]}",
        goals[0],
        numbered[0] == numbered[1] and not extra,
        f"{extra} that are none",
    )
    right, total = ablation.count("1706.03762", exacts["1706.03762"], papers()["1706.03762"])
    third = Measure(names[2], f"{right / total:.1%}", goals[2], right / total >= NUMBERS, f"{right}/{total}")
    return [first, _parsed(exacts, names[1], goals[1]), third]


def inline(exact: Exact) -> list[str]:
    """The formulas in the running text."""
    return [part for block in exact.blocks if block.kind == "text" for part in _dollars(block.text)]


def _dollars(text: str) -> list[str]:
    parts = text.replace(r"\$", "\0").split("$")
    return [part.replace("\0", r"\$") for part in parts[1::2] if part.strip()] if len(parts) % 2 else []


def _parsed(exacts: dict[str, Exact], name: str, goal: str) -> Measure:
    place = katex()
    if place is None:
        return unmeasured(name, goal, "KaTeX could not be had: node and npm are needed")
    formulas = [
        tex for exact in exacts.values() for tex in [*(one.tex for one in exact.equations), *inline(exact)] if tex
    ]
    said = complaints(formulas, place)
    print()
    for tex, word in zip(formulas, said, strict=True):
        if word:
            print(f"not parsed: {word}\n    {tex[:100]}")
    good = said.count("")
    return Measure(name, f"{good}/{len(said)}", goal, good == len(said) and bool(said))

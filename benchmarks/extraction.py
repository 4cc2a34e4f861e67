"""The reader beside every tool that can be installed, beside plain text extraction, and beside hand-read truth.

    python benchmarks/extraction.py [quality|time|structure|shown|formulas ...]     (nothing named: all of them)

Exit 1 when a goal is missed, or one of its measures could not be taken; 2 where the corpus of real papers is not beside
the project or the peers cannot be installed. The last line is for machines.
"""

import sys

import clock
import equations
import quality
import shown
import structure
from corpus import TRUTH, Measure, show
from peers import PEERS
from rivals import CannotInstallError, install

NAN = float("nan")
PARTS = ("quality", "time", "structure", "shown", "formulas")


def last_line(text: float, best: float, structure_ratio: float | None, scan: float | None, peers: int) -> str:
    """`nan` stands where nothing could be measured."""
    ratios = [NAN if ratio is None else ratio for ratio in (structure_ratio, scan)]
    return f"text {text:.4f} best-peer {best:.4f} time {ratios[0]:.2f}x with-scan {ratios[1]:.2f}x peers {peers}"


def measure(parts: tuple[str, ...]) -> tuple[list[Measure], str, int]:
    """The measures, the last line, and how many peers did not read the files."""
    found: list[Measure] = []
    text, best, plain, scan, peers, failures = NAN, NAN, None, None, 0, 0
    if "quality" in parts:
        tools, failed = quality.run(install())
        quality.show(tools, failed)
        found += quality.measures(tools)
        text, best = tools[quality.OURS].score, quality.best_peer(tools)
        peers, failures = len(PEERS) - len(failed), len(failed)
    if "time" in parts:
        timed, plain, scan = clock.measures()
        found += timed
    for name, part in (("structure", structure), ("shown", shown), ("formulas", equations)):
        if name in parts:
            found += part.measures()
    return found, last_line(text, best, plain, scan, peers), failures


def main() -> int:
    parts = tuple(sys.argv[1:]) or PARTS
    if wrong := set(parts) - set(PARTS):
        print(f"extraction: there is no part {', '.join(sorted(wrong))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if not TRUTH.is_file():
        print("extraction: no corpus of real papers beside the project, nothing measured", file=sys.stderr)
        return 2
    try:
        found, line, failures = measure(parts)
    except CannotInstallError as error:
        print(f"extraction: the peers cannot be installed, nothing measured: {error}", file=sys.stderr)
        return 2
    show(found)
    bad = [one.name for one in found if not one.met]
    print(f"\n{len(found) - len(bad)} of {len(found)} goals met" + (f"; not: {'; '.join(bad)}" if bad else ""))
    print(line)
    return 2 if failures else int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())

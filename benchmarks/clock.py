"""The reader's time beside plain `page.get_text()` of the same file, interleaved in one process; memory; scaling.

CPU time, except on two processes; a file's figure is the median of its rounds' ratios, the whole's the median file.
"two processes": the wall time of reading all files with a pool of two, over that of plain text on one process.
"""

import inspect
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus import CORPUS, Measure, paper_files, plain_pages, text_files, unmeasured

from agents.source import pdf

ROUNDS = 7
GOAL, GOAL_WITH_SCAN, GOAL_TWO, GOAL_MEMORY, GOAL_FLAT = 1.3, 1.5, 0.9, 120, 1.2
INJECTED = CORPUS / "odd" / "injection-hidden-text-ppo.pdf"
SIZES = (10, 60, 600)
Reader = Callable[[Path], object]


def readers() -> dict[str, Reader]:
    """The reader without and with its scan for hidden text, as far as it lets one choose."""
    found: dict[str, Reader] = {}
    choice = next((name for name in inspect.signature(pdf.read).parameters if name in {"scan", "hidden"}), None)
    if choice:
        found["structure"] = lambda path: pdf.read(path, **{choice: False})
    if choice or pdf.read(INJECTED).hidden:
        found["with scan"] = pdf.read
    return found or {"structure": pdf.read}


def seconds(action: Reader, path: Path) -> float:
    start = time.process_time()
    action(path)
    return time.process_time() - start


def ratios(path: Path, rounds: int, chosen: dict[str, Reader]) -> tuple[float, dict[str, float]]:
    """Plain text's fastest seconds, and each reader's median multiple of the plain text of its round."""
    plain, times = [], {name: list[float]() for name in chosen}
    for number in range(rounds + 1):
        base = seconds(plain_pages, path)
        for name, reader in chosen.items():
            ratio = seconds(reader, path) / base
            if number:  # the first round fills caches
                times[name].append(ratio)
        plain.append(base)
    return min(plain), {name: statistics.median(values) for name, values in times.items()}


def time_all(files: list[Path], rounds: int = ROUNDS) -> dict[str, float]:
    """Print a line a file; the median file's ratio for each reader."""
    chosen, all_ratios = readers(), []
    print(f"\ntime beside get_text(), {rounds} rounds interleaved, CPU\n")
    print(f"{'file':<34}{'get_text ms':>12}" + "".join(f"{name:>12}" for name in chosen))
    for path in files:
        plain, found = ratios(path, rounds, chosen)
        all_ratios.append(found)
        print(f"{path.name:<34}{plain * 1000:>12.1f}" + "".join(f"{ratio:>11.2f}x" for ratio in found.values()))
    medians = {name: statistics.median(found[name] for found in all_ratios) for name in chosen}
    print(f"{'median':<34}{'':>12}" + "".join(f"{ratio:>11.2f}x" for ratio in medians.values()))
    return medians


def _read(path: Path) -> int:
    return pdf.read(path).pages


def two_processes(files: list[Path], rounds: int = ROUNDS) -> float:
    """Wall time of two readers over that of one plain extraction: the fastest round of each."""
    files = sorted(files, key=lambda path: -path.stat().st_size)
    plain, ours = [], []
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(_read, files, chunksize=1)
        for _ in range(rounds):
            start = time.perf_counter()
            for path in files:
                plain_pages(path)
            middle = time.perf_counter()
            pool.map(_read, files, chunksize=1)
            plain.append(middle - start)
            ours.append(time.perf_counter() - middle)
    return min(ours) / min(plain)


def join(files: list[Path], pages: int, target: Path, most: int = 1000) -> Path:
    """A file of that many pages: the given ones (`most` pages of each), one behind the other, again and again."""
    mupdf = pdf.load_mupdf()
    joined = mupdf.open()
    parts = [mupdf.open(path) for path in files]
    while len(joined) < pages:
        for part in parts:
            if (left := pages - len(joined)) > 0:
                joined.insert_pdf(part, to_page=min(left, most, len(part)) - 1)
    joined.save(target, garbage=3, deflate=True)
    return target


def grown(path: Path) -> float:
    script = Path(__file__).with_name("growth.py")
    done = subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _goal(name: str, value: float | None, goal: float, why: str) -> Measure:
    if value is None:
        return unmeasured(name, f"<= {goal}", why)
    return Measure(name, f"{value:.2f}x", f"<= {goal}x", value <= goal)


def measures() -> tuple[list[Measure], float | None, float | None]:
    """The measures, and the two ratios of the last line: structure, and structure with the scan."""
    files = paper_files() + text_files()
    medians = time_all(files)
    structure, scan = medians.get("structure"), medians.get("with scan")
    two = two_processes(files)
    with tempfile.TemporaryDirectory() as folder:
        big = join(files, 600, Path(folder) / "600.pdf")
        memory = grown(big)
        same = [join(paper_files()[:1], size, Path(folder) / f"{size}-same.pdf", most=SIZES[0]) for size in SIZES]
        per_page = [
            min(seconds(pdf.read, path) for _ in range(3)) / size * 1000 for path, size in zip(same, SIZES, strict=True)
        ]
    print(
        "\nms a page, the same ten pages again and again: "
        + ", ".join(f"{size} pages {value:.2f}" for size, value in zip(SIZES, per_page, strict=True))
    )
    flat = per_page[-1] / per_page[0]
    return (
        [
            _goal("structure / get_text()", structure, GOAL, "the reader has no switch for its scan"),
            _goal("structure with the scan / get_text()", scan, GOAL_WITH_SCAN, "the reader has no scan yet"),
            _goal("structure on two processes / get_text(), wall", two, GOAL_TWO, ""),
            Measure("memory for 600 pages", f"{memory:.0f} MB", f"<= {GOAL_MEMORY} MB", memory <= GOAL_MEMORY),
            _goal("a page of 600 / a page of 10", flat, GOAL_FLAT, ""),
        ],
        structure,
        scan,
    )

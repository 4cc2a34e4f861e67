"""What all agents share at the edge: flags, the report on a run, errors as one line and one hint, exit codes."""

import argparse
import gc
import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NoReturn, TextIO

from agents.errors import LabError, UsageError

DEFAULT_MODEL = "claude-sonnet-5-5"
SAVED_BUT_INCOMPLETE = 3
BUG = 1

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

RunStatus = Literal["written", "already", "incomplete", "dry-run", "estimate", "checked"]


@dataclass(slots=True)
class Report:
    """What a run has to say. `path` and `output` go to stdout, the rest to stderr.

    `exit` is 0 or 3, of a check also 65.
    """

    status: RunStatus
    path: str = ""
    commit: str = ""
    engine: str = ""
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    usd: Decimal | None = Decimal(0)
    checks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    output: str = ""  # instead of the path, and before the lines: a diff, an estimate, findings
    lines: list[str] = field(default_factory=list)  # for the person, a sentence each
    exit: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)  # further keys of the JSON object


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"see: {self.prog} --help")

    def print_help(self, file: Any = None) -> None:
        put(self.format_help().removesuffix("\n"), file or sys.stdout)


def bare_parser(agent: str, doc: str) -> argparse.ArgumentParser:
    """A parser without flags; the module's docstring is the help."""
    first, _, rest = doc.partition("\n\n")
    return _Parser(
        prog=f"python -m agents.{agent}",
        description=first,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_lab(add: Callable[..., Any]) -> None:
    """The flag that names the lab."""
    add("--lab", metavar="DIR", help="the lab (default: $LAB_DIR, else the nearest folder upwards that is one)")


def parser(agent: str, doc: str, *, lab: bool = True) -> argparse.ArgumentParser:
    """A parser with the flags that every writing agent has; `lab=False` for the one that makes its lab."""
    made = bare_parser(agent, doc)
    add = made.add_argument_group("flags of every agent").add_argument
    if lab:
        add_lab(add)
    add(
        "--engine",
        choices=("auto", "claude", "draft"),
        default="auto",
        help="who writes: Claude, or extraction without a model (default: auto)",
    )
    add("--model", metavar="NAME", help=f"the model (default: $LAB_MODEL, else {DEFAULT_MODEL})")
    add("--dry-run", action="store_true", help="ask, keep the reply, print the diff, change nothing")
    add("--no-commit", action="store_true", help="write the files, leave the commit to you")
    add("--force", action="store_true", help="ask anew and rewrite, an edited note too (a copy goes to .lab/backup/)")
    add("--strict", action="store_true", help="refuse a note in which anything stays unproven (exit 65)")
    add("--estimate", action="store_true", help="print tokens and USD, ask nothing")
    add("--max-usd", metavar="X", type=usd, help="spend at most this much (default: $LAB_MAX_USD, else no limit)")
    add("--json", action="store_true", help="print one JSON object about the run")
    add("-v", "--verbose", action="store_true", help="say more")
    add("-q", "--quiet", action="store_true", help="say only the result and what is wrong")
    return made


def usd(text: str) -> Decimal:
    """An amount that was typed; argparse's own error for anything else."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of USD")
    return amount


def count(text: str) -> int:
    """A whole number above 0 that was typed; argparse's own error for anything else."""
    if not (text.isascii() and text.isdigit() and int(text[:12]) > 0 and len(text) <= 12):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def main(agent: str, made: argparse.ArgumentParser, argv: Sequence[str] | None) -> int:
    """Run one agent from its arguments to its exit code. The only place that catches everything."""
    _mend_streams()
    signal.signal(signal.SIGTERM, _terminated)
    started = time.monotonic()
    try:
        args = made.parse_args(argv)
        # Only now: a recipe brings pydantic and every room of the house, which --help should not wait for.
        report = import_module(f"agents.recipes.{agent}").recipe(args)
    except LabError as error:
        return _fail(error.what, error.hint, error.code)
    except KeyboardInterrupt as stopped:
        code = 143 if stopped.args else 130
        return _fail("interrupted", "run the same command again: what was paid for is kept", code)
    except Exception as error:  # noqa: BLE001 - a bug: say so, keep the trace where it can be reported from
        what = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        return _fail(f"a bug of ours: {what}", _kept_trace(), BUG)
    _print(agent, report, time.monotonic() - started, args)
    return int(report.exit)


def process(main: Callable[[], int]) -> NoReturn:
    """`main` as the whole life of a process, which ends with its exit code.

    Nearly all of our memory is code that was imported and lives to the end: the collector would walk through it some
    200 times and find next to nothing, and once more at exit unless it is frozen. Measured in CPU time, to the exit:
    0.2 of 1.35 s without a model, 0.8 of 3.7 s with Claude; 1 to 3 MB more at the peak.
    """
    gc.disable()
    try:
        raise SystemExit(main())
    finally:
        gc.freeze()


def _mend_streams() -> None:
    """Closed streams (`>&-`) become the null device; a narrow encoding shows what it lacks as escapes."""
    null = Path(os.devnull)
    sys.stdin = sys.stdin or null.open(encoding="utf-8")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or null.open("w", encoding="utf-8")
        stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, stream)


def _terminated(*_: Any) -> NoReturn:
    raise KeyboardInterrupt("SIGTERM")


def warn(sentence: str) -> None:
    """One clean line on stderr: nothing in it can move the cursor or hide text."""
    put(" ".join(sentence.split()), sys.stderr)


def put(text: str, stream: TextIO) -> None:
    """Print a line. A reader that has gone (`| head`), or a full disk, is no reason to stop work that is half done."""
    try:
        print(_UNPRINTABLE.sub("", text), file=stream, flush=True)
    except OSError:
        # Python flushes again at exit and would complain there: give it somewhere to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _fail(what: str, hint: str, code: int) -> int:
    warn(f"error: {what}")
    warn(f"hint: {hint}")
    return code


def _kept_trace() -> str:
    import tempfile

    with tempfile.NamedTemporaryFile(
        "w", prefix="llm-learning-lab-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exc(file=log)
    return f"please report it with {log.name}"


def _print(agent: str, report: Report, seconds: float, args: argparse.Namespace) -> None:
    if report.output and not args.json:
        put(report.output.removesuffix("\n"), sys.stdout)
    for line in report.lines:
        warn(line)
    if args.json:
        put(json.dumps(_as_json(agent, report, seconds), ensure_ascii=False), sys.stdout)
        return
    if (report.commit or report.engine) and report.status != "already" and not args.quiet:
        warn(_cost(report, seconds))
    if report.path and not report.output:
        put(report.path, sys.stdout)


def _cost(report: Report, seconds: float) -> str:
    commit = f"commit {report.commit} · " if report.commit else ""
    price = "price unknown" if report.usd is None else f"{report.usd:.4f} USD"
    spent = f"{report.tokens_in} tokens in, {report.tokens_out} out, {price} · " if report.engine == "claude" else ""
    who = f"{report.engine} {report.model}".strip()
    return f"{commit}{who}{' · ' if who else ''}{spent}{seconds:.1f} s"


def _as_json(agent: str, report: Report, seconds: float) -> dict[str, Any]:
    return {
        "agent": agent,
        "path": report.path,
        "commit": report.commit,
        "engine": report.engine,
        "model": report.model,
        "status": report.status,
        "tokens": {"in": report.tokens_in, "out": report.tokens_out, "cached": report.tokens_cached},
        "usd": None if report.usd is None else float(report.usd),
        "seconds": round(seconds, 2),
        "checks": {name: list(counts) for name, counts in report.checks.items()},
        "exit": report.exit,
        **report.more,
    }

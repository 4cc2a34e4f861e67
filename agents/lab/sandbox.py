"""Executing a notebook: in a sandbox, or, when the person says so, without one.

The code of a notebook is written by a model that has read hostile text. Sandboxed, it reaches nothing but itself (see
`confinement.py`). Unsandboxed there are the same limits, no key in its environment, and an end to all its processes;
but it **can** read and change every file that the person can, and use the network. A process that kills the runner,
or on macOS one that starts a session of its own, may outlive the run.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from agents.errors import ConfigError, DataError
from agents.lab import process_tree
from agents.lab.confinement import LIMITS, bubblewrap, command, environment, task
from agents.lab.notebook_outputs import clean, plain

_POLL = 0.2
_NEEDED = ("nbclient", "ipykernel")
_TRIAL = 30.0  # seconds
_OTHERWISE = "run it in Jupyter yourself, or --run-unsandboxed if you have read the code"
_NAMESPACES = (
    "allow user namespaces for bwrap (Ubuntu: an AppArmor profile for it; a container: its seccomp profile), or "
)


@dataclass(frozen=True, slots=True)
class Executed:
    notebook: bytes  # as it was, with the outputs of this run: text and PNG
    failed: str  # "" when every cell ran; else which one did not, and why
    timed_out: bool
    seconds: float


@dataclass(slots=True)
class _Run:
    """What the runner has reported so far."""

    cells: dict[int, tuple[int | None, list[Any]]] = field(default_factory=dict)
    at: int | None = None  # the cell that runs, or ran last
    end: dict[str, Any] | None = None
    stopped: str = ""  # why we ended it: "time", "memory", "processes", "output"
    complaint: str = ""

    @property
    def why(self) -> str:
        """Why it ended before all cells ran: "" if they did."""
        return self.stopped or (str(self.end.get("why")) if self.end else "death")


def require(*, sandboxed: bool, modules: Iterable[str] = ()) -> None:
    """ConfigError unless notebooks can be run here, found out by trying; `modules`: what the notebook imports."""
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise ConfigError(f"running a notebook needs {', '.join(missing)}", 'pip install "llm-learning-lab[notebooks]"')
    if missing := [name for name in modules if importlib.util.find_spec(name) is None]:
        raise ConfigError(
            f"this notebook imports {', '.join(missing)}, which is not installed here",
            f"install it into this environment: {sys.executable} -m pip install {' '.join(missing)}",
        )
    if sandboxed:
        _try_sandbox()


def _try_sandbox() -> None:
    if sys.platform != "linux":
        raise ConfigError(f"there is no sandbox for notebooks on {sys.platform}", _OTHERWISE)
    if not (bwrap := shutil.which("bwrap")):
        raise ConfigError(
            "running a notebook needs a sandbox, and bubblewrap (bwrap) is not installed",
            f"sudo apt install bubblewrap (or dnf, pacman, zypper); or {_OTHERWISE}",
        )
    try:
        trial = subprocess.run(
            bubblewrap(bwrap, LIMITS, command("--check")),
            input=json.dumps(task(LIMITS, Path("/"), sandboxed=True)).encode(),
            capture_output=True,
            timeout=_TRIAL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"bubblewrap does not work here: {error}", _OTHERWISE) from error
    if trial.returncode:
        said = plain(trial.stderr.decode("utf-8", "replace")).strip().splitlines()
        forbidden = any(word in " ".join(said) for word in ("namespace", "uid map", "ermission", "not permitted"))
        raise ConfigError(
            f"bubblewrap does not work here: {said[-1] if said else f'it ended with {trial.returncode}'}",
            (_NAMESPACES if forbidden else "bubblewrap 0.7 or newer is needed; or ") + _OTHERWISE,
        )


def execute(
    notebook: bytes, *, scripts: Mapping[str, bytes], sandboxed: bool, progress: Callable[[str], None]
) -> Executed:
    """Run all code cells in order, up to the first that fails; call `require` before.

    `scripts` are found in ../scripts, as in the lab. The notebook comes back with its sources, ids and metadata as they
    were. DataError when it is none.
    """
    from nbformat import from_dict, v4

    book = _read(notebook)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        given = task(LIMITS, folder, sandboxed=sandboxed) | {
            "notebook": book,
            "scripts": {_script(name): b64encode(content).decode() for name, content in scripts.items()},
        }
        arguments = bubblewrap(shutil.which("bwrap") or "bwrap", LIMITS, command()) if sandboxed else command()
        run = _watched(arguments, folder, json.dumps(given).encode(), _told(book, progress))
    for index in _code_cells(book):  # every one with the outputs of this run: none where it did not run
        count, outputs = run.cells.get(index, (None, []))
        book.cells[index].execution_count = count
        book.cells[index].outputs = from_dict(clean(outputs, str(folder)))  # type: ignore[no-untyped-call]
    text: str = v4.writes(book)  # type: ignore[no-untyped-call]
    executed = (text + "\n" * notebook.endswith(b"\n")).encode()
    return Executed(executed, _failure(run, book), run.why == "time", time.monotonic() - started)


def _script(name: str) -> str:
    if not name or name == ".." or Path(name).name != name:
        raise ValueError(f"not the name of a file in experiments/scripts/: {name!r}")
    return name


def _read(notebook: bytes) -> Any:
    from nbformat import v4
    from nbformat.validator import iter_validate

    try:
        book = v4.reads(notebook.decode("utf-8"))  # type: ignore[no-untyped-call]
        wrong = next(iter(iter_validate(book)), None)  # type: ignore[no-untyped-call]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"this is no notebook: {error}", "open it in Jupyter and save it again") from error
    if wrong is not None:
        raise DataError(f"this is no valid notebook: {wrong}".splitlines()[0], "open it in Jupyter and save it again")
    return book


def _told(book: Any, progress: Callable[[str], None]) -> Callable[[int], None]:
    """Says which cell runs; ValueError for an index that is none of a code cell."""
    code = _code_cells(book)
    return lambda index: progress(f"running code cell {code.index(index) + 1} of {len(code)}")


def _code_cells(book: Any) -> list[int]:
    return [index for index, cell in enumerate(book.cells) if cell.cell_type == "code"]


def _watched(arguments: Sequence[str], folder: Path, given: bytes, tell: Callable[[int], None]) -> _Run:
    """Start the runner, follow what it reports, and end it and everything that came of it, whatever happens."""
    run = _Run()
    with tempfile.TemporaryFile() as task_file, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        task_file.write(given)
        task_file.seek(0)
        process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment(folder),
            stdin=task_file,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            _follow(process, out, run, tell)
        finally:
            process_tree.end(process.pid)
            process.wait()
        size = err.seek(0, os.SEEK_END)
        err.seek(max(0, size - 2000))
        run.complaint = plain(err.read().decode("utf-8", "replace")).strip()
    return run


def _follow(process: subprocess.Popen[bytes], out: BinaryIO, run: _Run, tell: Callable[[int], None]) -> None:
    deadline, at = time.monotonic() + LIMITS.seconds + LIMITS.grace, 0
    while run.end is None and not run.stopped:
        ended = process.poll() is not None  # asked first: what it wrote before it ended is read below
        processes, memory = process_tree.held(process.pid)
        if os.fstat(out.fileno()).st_size > LIMITS.said:
            run.stopped = "output"
        elif processes > LIMITS.processes:
            run.stopped = "processes"
        elif memory > LIMITS.memory and process_tree.memory(process.pid) > LIMITS.memory:
            run.stopped = "memory"
        elif time.monotonic() > deadline:
            run.stopped = "time"
        report = os.pread(out.fileno(), LIMITS.said, at)
        whole = report[: report.rfind(b"\n") + 1]
        at += len(whole)
        for line in whole.splitlines():
            _take(line, run, tell)
        if ended:
            return
        time.sleep(_POLL)


def _take(line: bytes, run: _Run, tell: Callable[[int], None]) -> None:
    """One line of the runner's; one that is not of its making is passed over."""
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        told = json.loads(line)
        match told["what"]:
            case "start":
                tell(told["index"])
                run.at = told["index"]
            case "done" if isinstance(told["outputs"], list):
                count = told["count"] if isinstance(told["count"], int) else None
                run.cells[told["index"]] = (count, told["outputs"])
            case "end":
                run.end = told


def _failure(run: _Run, book: Any) -> str:
    """What went wrong, for the person and for Claude: "" if nothing did."""
    if not run.why:
        return ""
    if run.at is None:
        raise ConfigError(f"the notebook could not be started: {_last(run.complaint)}", _OTHERWISE)
    what = {
        "time": f"the run was ended: it took longer than {LIMITS.seconds:.0f} s",
        "memory": f"the run was ended: it took more than {LIMITS.memory / 2**30:.1f} GiB of memory",
        "processes": f"the run was ended: it had more than {LIMITS.processes} processes",
        "output": "the run was ended: it printed too much",
        "error": _exception(run, book.cells[run.at].outputs),
    }.get(run.why, f"the kernel died (out of memory, or a crash in compiled code)\n{run.complaint}")
    return f"code cell {_code_cells(book).index(run.at) + 1}: {what}".strip()


def _exception(run: _Run, outputs: Sequence[Mapping[str, Any]]) -> str:
    """Its name and message, then the traceback: both ends of a long one, as the cell's own line stands first."""
    name, value = (plain(str((run.end or {}).get(key))) for key in ("name", "value"))
    trace = [line for output in outputs for entry in output.get("traceback", []) for line in entry.splitlines()]
    lines = [line[:200] for line in trace if line.strip(" -")]
    short = lines if len(lines) <= 30 else [*lines[:12], "…", *lines[-17:]]
    return "\n".join([f"{name}: {value}", *short])


def _last(complaint: str) -> str:
    return complaint.splitlines()[-1][:300] if complaint else "it said nothing"

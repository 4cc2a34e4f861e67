"""What a run of a notebook gave, kept in .lab/runs until the notebook is filed.

What is asked next, a repair or the conclusion, depends on it to the letter: were a killed run executed anew, a time or
an address in its outputs would differ, and an answer that is paid for would not be found again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from agents import disk
from agents.errors import DiskError
from agents.lab import sandbox
from agents.lab.find import Lab
from agents.lab.sandbox import Executed
from agents.note import cells

_FOLDER = "runs"


def execute(
    lab: Lab, notebook: str, *, scripts: Mapping[str, bytes], sandboxed: bool, progress: Callable[[str], None]
) -> tuple[Executed, Path]:
    """Run a notebook, or take what is kept of the run of the same code; and where that is kept."""
    path = _path(lab, notebook, scripts, sandboxed=sandboxed)
    kept = _load(path)
    if kept is not None:
        progress("this code was run before it could be filed: its outputs are taken from .lab/runs")
        return kept, path
    done = sandbox.execute(notebook.encode(), scripts=scripts, sandboxed=sandboxed, progress=progress)
    record = {"notebook": done.notebook.decode(), "failed": done.failed, "timed_out": done.timed_out}
    with disk.whole(path, 0o600) as file:
        file.write(json.dumps(record | {"seconds": done.seconds}, ensure_ascii=False).encode())
    return done, path


def forget(kept: Iterable[Path]) -> None:
    """The notebook is filed, or given up: the next run is a new one."""
    for path in kept:
        with suppress(OSError):
            path.unlink()


def _path(lab: Lab, notebook: str, scripts: Mapping[str, bytes], *, sandboxed: bool) -> Path:
    digest = hashlib.sha256(b"sandboxed" if sandboxed else b"unsandboxed")
    for part in _parts(notebook, scripts):
        digest.update(hashlib.sha256(part).digest())
    return lab.private / _FOLDER / f"{digest.hexdigest()[:32]}.json"


def _parts(notebook: str, scripts: Mapping[str, bytes]) -> Iterable[bytes]:
    yield from (code.encode() for code in cells.codes(cells.load(notebook)))
    for name, data in sorted(scripts.items()):
        yield name.encode()
        yield data


def _load(path: Path) -> Executed | None:
    try:
        found = json.loads(path.read_bytes())
        return Executed(found["notebook"].encode(), found["failed"], found["timed_out"], found["seconds"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", "mend its permissions") from error

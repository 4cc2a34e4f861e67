"""Runs one notebook, inside the walls that `confinement.py` puts up. A script of its own: it imports nothing of ours.

stdin    one JSON object: the notebook, the scripts (base64) and the limits of `confinement.Limits`
stdout   one JSON object a line: `start` and `done` of each cell, at last `end`; then it waits to be killed, so that
         whoever started it can end everything that the cells left behind
`--check` only tries the walls: the limits, a child, the imports.

What comes out of here was written beside code that may be hostile: the reader takes outputs from it and nothing else.
"""

import base64
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SUBREAPER = 36  # prctl: orphans become children of this process, where they are found and ended
_TEXT, _PICTURES = 2**20, 2**23  # bytes of streams, and of everything else, that are kept of one cell
_SAID = 2000  # characters of an exception
_CUT = "\n[… output cut here …]\n"


def set_limits(limits: dict[str, Any]) -> None:
    """Soft and hard, so that no child can raise them."""
    kinds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: limits["file"]}
    # RLIMIT_AS would count address space that PyTorch reserves and never touches
    kinds[resource.RLIMIT_DATA] = limits["memory"]
    if limits["processes"]:
        kinds[resource.RLIMIT_NPROC] = limits["processes"]
    for kind, most in kinds.items():
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _lay_out(task: dict[str, Any]) -> None:
    """The folders as they are in the lab: a notebook finds its scripts in ../scripts, here as there."""
    root = Path(task["folder"]) / "experiments"
    for name in ("notebooks", "scripts"):
        (root / name).mkdir(parents=True)
    for name in ("HOME", "TMPDIR"):
        Path(os.environ[name]).mkdir(parents=True, exist_ok=True)
    for name, content in task["scripts"].items():
        (root / "scripts" / name).write_bytes(base64.b64decode(content))
    os.chdir(root / "notebooks")


def _client(notebook: Any, deadline: float, socket: str) -> Any:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class Client(NotebookClient):
        """Keeps a bounded part of what a cell says, and no widgets."""

        room: dict[str, int]

        def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
            kind, content = msg["msg_type"], msg["content"]
            if kind.startswith("comm"):
                return None
            if kind == "error":
                trace = [str(frame)[:_SAID] for frame in content["traceback"][-20:]]
                msg = {**msg, "content": {**content, "evalue": str(content["evalue"])[:_SAID], "traceback": trace}}
            elif kind in {"stream", "display_data", "update_display_data", "execute_result"}:
                purse = "text" if kind == "stream" else "pictures"
                left = self.room[purse]
                self.room[purse] -= len(json.dumps(content, default=str))
                if left < 0 or (self.room[purse] < 0 and kind == "update_display_data"):
                    return None
                if self.room[purse] < 0:  # the first that is too much: where the rest would stand, this is said
                    text = {"name": content.get("name", "stdout"), "text": str(content.get("text", ""))[:left] + _CUT}
                    stream = {"header": {**msg["header"], "msg_type": "stream"}, "msg_type": "stream"}
                    msg = {**msg, **stream, "content": text}
            return super().process_message(msg, cell, cell_index)

    # sockets of the file system: no port that others of this machine could reach; the path is short, as it must be
    manager = AsyncKernelManager(transport="ipc", ip=socket, kernel_name="python3")
    return Client(
        notebook,
        km=manager,
        record_timing=False,
        interrupt_on_timeout=False,  # a cell may ignore an interrupt; it is killed from outside
        timeout_func=lambda _: max(0.1, deadline - time.monotonic()),
    )


def _run(task: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Every code cell, up to the first that fails; what the `end` says."""
    import nbformat
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    deadline = time.monotonic() + task["seconds"]
    notebook: Any = nbformat.from_dict(task["notebook"])  # type: ignore[no-untyped-call]
    client = _client(notebook, deadline, str(Path(task["folder"]) / "k"))
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            cell.outputs, cell.execution_count = [], None
            client.room = {"text": _TEXT, "pictures": _PICTURES}
            say("start", index=index)
            end: dict[str, Any] = {}
            try:
                client.execute_cell(cell, index)
            except CellTimeoutError:
                end = {"why": "time"}
            except DeadKernelError:
                end = {"why": "death"}
            except CellExecutionError as error:
                end = {"why": "error", "name": error.ename, "value": error.evalue[:_SAID]}
            say("done", index=index, count=cell.execution_count, outputs=cell.outputs)
            if end:
                break
        else:
            end = {"why": ""}
        say("end", **end)
        while True:  # the kernel and all it started are ended from outside, and this with them
            signal.pause()


def main() -> None:
    # the cells inherit descriptor 1; ours is another one, which they do not
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = json.load(sys.stdin)
    set_limits(task)
    if "--check" in sys.argv:
        import ipykernel  # noqa: F401 - that it can be imported here is the question
        import nbclient  # noqa: F401

        subprocess.run([sys.executable, "-c", ""], check=True)
        return
    _adopt_orphans()
    _lay_out(task)

    def say(what: str, **more: Any) -> None:
        ours.write(json.dumps({"what": what, **more}) + "\n")
        ours.flush()

    _run(task, say)


if __name__ == "__main__":
    main()

"""The walls around a notebook: limits, a bare environment, and where there is one the sandbox (bubblewrap).

Inside the sandbox there are Python, the packages of this environment and the system's libraries, all read-only; three
small file systems in memory that vanish with it; and no network, no home, no lab, no key, no process of anybody else's.
Not one file is shared with it: what goes in is read from stdin, what comes out is written to stdout.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RUNNER = Path(__file__).with_name("run_notebook.py")
_INSIDE = "/lab"
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/sys/devices/system/cpu")  # PyTorch counts CPUs there
_PREFIX = ("bin", "lib", "lib64", "share", "pyvenv.cfg")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. Bytes, unless it says otherwise."""

    seconds: float = 180.0  # of the whole run; the prompt asks for a CPU minute
    grace: float = 10.0  # seconds more, to hand over the outputs of a run that takes too long
    memory: int = 4 * 2**30  # of one process's own data, and of all together
    file: int = 200 * 2**20  # one file
    disk: int = 512 * 2**20  # each of the file systems in memory
    processes: int = 256
    said: int = 64 * 2**20  # all that the runner reports


LIMITS = Limits()


def task(limits: Limits, folder: Path, *, sandboxed: bool) -> dict[str, Any]:
    """The limits as the runner reads them. Outside a namespace the count of processes is that of all the person's."""
    inside = {**asdict(limits), "folder": _INSIDE if sandboxed else str(folder)}
    return inside if sandboxed else {**inside, "processes": 0}


def environment(folder: Path) -> dict[str, str]:
    """All that a notebook sees of the environment. One thread: small models are slower on more, and less repeatable."""
    home = folder / "home"
    one = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
    folders = {
        "HOME": home,
        "TMPDIR": folder / "tmp",
        "IPYTHONDIR": home / "ipython",
        "MPLCONFIGDIR": home / "matplotlib",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
    }
    return {
        **{name: str(path) for name, path in folders.items()},
        **one,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "USER": "lab",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def command(*more: str) -> list[str]:
    """Python on the runner. Isolated: no folder and no setting of the person's changes what it imports."""
    return [sys.executable, "-I", str(RUNNER), *more]


def bubblewrap(bwrap: str, limits: Limits, inner: Sequence[str]) -> list[str]:
    """`inner` inside the walls."""
    arguments = [bwrap, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"]
    arguments += ["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "lab"]
    for folder in map(Path, _SYSTEM):
        if folder.is_symlink():  # /lib -> usr/lib: as it is here
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for path in ("/tmp", _INSIDE, "/dev/shm"):  # noqa: S108 - of the sandbox's own
        arguments += ["--size", str(limits.disk), "--tmpfs", path]
    for path in (*_FILES, *_python(), str(RUNNER)):  # after /tmp, since they may stand there
        arguments += ["--ro-bind-try", path, path]
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in environment(Path(_INSIDE)).items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--chdir", _INSIDE, "--", *inner]


def _python() -> list[str]:
    """Where this Python and its packages are, by every name that leads there; a prefix may hold more, even a lab."""
    names = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]}
    names |= {name.resolve() for name in names}
    return [str(name / part) for name in sorted(names) if not name.is_relative_to("/usr") for part in _PREFIX]

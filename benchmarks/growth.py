"""How much memory reading one PDF takes above an interpreter that has pymupdf imported: a process for itself.

python benchmarks/growth.py FILE     > megabytes
"""

import resource
import sys
from pathlib import Path


def peak() -> float:
    """The most this process has held, in MB.

    Linux hands `ru_maxrss` on from the process that started this one; VmHWM begins anew with each program.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main() -> None:
    for name in ("pymupdf.layout", "pymupdf4llm"):  # as the reader itself imports it
        sys.modules[name] = None  # type: ignore[assignment]
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    before = peak()
    from agents.source.pdf import read

    document = read(Path(sys.argv[1]))
    assert document.blocks
    print(peak() - before)


if __name__ == "__main__":
    main()

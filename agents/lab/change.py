"""A `Change`: what a run wants to leave behind, as a value. `lab/apply.py` carries it out, `--dry-run` prints it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Edit = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Change:
    """A commit message and what is to stand in each file; paths are relative to the lab, with `/`.

    `files` are ours: their whole new content. `edits` are for files that belong to the person (`papers/README.md`):
    each is applied to the bytes that stand there at the moment of writing, under the lab's lock, so that what the
    person saved meanwhile stays. `inputs` are edited files out of which something was taken (an inbox), each with the
    file that it went into: what is not committed of an input is what it was for, so it is committed with that file.
    """

    message: str
    files: Mapping[str, bytes]
    edits: Mapping[str, Edit] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

"""What can go wrong, and the exit code of each; shown by `cli.py` as one `error:` and one `hint:` line.

LabError                  never raised itself
├─ UsageError        2    the command line makes no sense; nothing was touched
├─ DataError        65    this paper, reply or note cannot be used as it is
├─ MissingError     66    no such paper, file, or an empty lab
├─ UnavailableError 69    arXiv is down, refuses, or serves something that is no PDF
├─ BrokenPromise    70    a postcondition of ours failed: nothing was assumed
├─ OverwriteError   73    the person's work would be overwritten, or a path leaves the lab
├─ DiskError        74    reading or writing failed
├─ TryAgainError    75    nothing lost; the same command may work later
├─ ProtocolError    76    not an answer of Claude's, or not about this paper
├─ RefusedError     77    billing, permission, budget
└─ ConfigError      78    key, model, git identity, no lab here

Exit 3 (saved, but something is left to do) is an outcome, not an error: see `cli.py`. An exception of any other class
is a bug: exit 1. Codes follow sysexits(3) where the meaning fits.
"""


class LabError(Exception):
    """Something the person can understand: `what` happened and a `hint` on what to do."""

    code = 1

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class UsageError(LabError):
    code = 2


class DataError(LabError):
    code = 65


class MissingError(LabError):
    code = 66


class UnavailableError(LabError):
    code = 69


class BrokenPromise(LabError):  # noqa: N818 - the others name a condition of the world, this one a fault of ours
    code = 70


class OverwriteError(LabError):
    code = 73


class DiskError(LabError):
    code = 74


class TryAgainError(LabError):
    code = 75


class ProtocolError(LabError):
    code = 76


class RefusedError(LabError):
    code = 77


class ConfigError(LabError):
    code = 78

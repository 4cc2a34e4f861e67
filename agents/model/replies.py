"""Raw replies on disk: a reply is durable before it is used, so that no answer is ever paid for twice."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agents import disk
from agents.errors import DiskError


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer as it came, with what it cost in tokens and time."""

    text: str
    stop_reason: str
    model: str  # the model that answered, as the server named it
    request_id: str
    max_tokens: int  # what it was allowed to write
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    stopped_for: str = ""  # the category of a refusal
    seconds: float = 0.0  # from the request to the end of the answer


_TURNS = TypeAdapter(list[Turn])


def load(path: Path) -> list[Turn]:
    """The turns kept in `path`, [] if there are none. A file that cannot be understood is set aside."""
    try:
        return _TURNS.validate_python(json.loads(path.read_bytes())["turns"])
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError, ValidationError):
        reject(path)
        return []
    except OSError as error:
        raise DiskError(f"cannot read the kept reply {path}: {error.strerror}", "mend its permissions") from error


def keep(path: Path, turns: Sequence[Turn], about: dict[str, str]) -> None:
    """Write all turns so far: whole or not at all, on the platter before this returns, readable by the owner only.

    `about` is for a person who opens the file (agent, target, model).
    """
    record = json.dumps({"about": about, "turns": [asdict(turn) for turn in turns]}, ensure_ascii=False, indent=1)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk.failed(path.parent, error) from error
    with disk.whole(path, 0o600) as file:
        file.write(record.encode("utf-8", "backslashreplace"))


def reject(path: Path) -> Path:
    """Set a reply aside: it stays readable beside its old place, and is not replayed. Its new path."""
    aside = path.with_suffix(".rejected.json")
    number = 2
    while aside.exists():
        aside = path.with_suffix(f".rejected-{number}.json")
        number += 1
    try:
        path.replace(aside)
        disk.sync(path.parent)
    except OSError as error:
        raise DiskError(f"cannot set the reply {path} aside: {error.strerror}", "mend its permissions") from error
    return aside

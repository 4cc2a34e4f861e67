"""The lab's `.env`: a few names are read from it, and the person is told when git could publish it."""

import re
from collections.abc import Mapping

from agents.errors import ConfigError
from agents.lab.find import Lab
from agents.lab.run_git import has_git, run_git

NAMES = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "LAB_MODEL",
    "LAB_ARXIV_URL",
    "LAB_ARXIV_DELAY",
    "LAB_MAX_USD",
)
_FILE = ".env"
_LARGEST = 100_000  # bytes
_NOT_IGNORED = 1  # what `git check-ignore` returns then; 128 where there is no repository
_LINE = re.compile(r"\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*?)\s*")
_QUOTED = re.compile(r"""(["'])(.*?)\1(?:\s+#.*)?""")


def load(lab: Lab, env: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """`env` with what the lab's `.env` adds to it, and a warning ("" without). What `env` has already wins."""
    path = lab.root / _FILE
    if not path.is_file():
        return dict(env), ""
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"{_FILE} is larger than {_LARGEST} bytes", "keep only KEY=value lines in it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        # the decoder's error holds the file's bytes, a key perhaps: it must not hang on to what is shown
        raise ConfigError(f"{_FILE} is not UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot read {_FILE}: {error.strerror}", "mend its permissions") from error
    return {**_values(text), **env}, _warning(lab)


def _values(text: str) -> dict[str, str]:
    lines = (_LINE.fullmatch(line) for line in text.splitlines())
    return {line[1]: _value(line[2]) for line in lines if line and line[1] in NAMES}


def _value(written: str) -> str:
    quoted = _QUOTED.fullmatch(written)
    return quoted[2] if quoted else re.sub(r"(?:^|\s+)#.*$", "", written)


def _warning(lab: Lab) -> str:
    """Git itself is asked, not GitPython: this runs at every start, also where no commit follows."""
    if not has_git() or run_git(lab.root, "check-ignore", "-q", "--", _FILE).code != _NOT_IGNORED:
        return ""
    return f"{_FILE} is not ignored by git: add the line {_FILE} to .gitignore before a key is committed"

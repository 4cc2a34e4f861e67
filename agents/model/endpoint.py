"""Where Claude is, told by the SDK's own environment variables; all of it checked before anything is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from agents.errors import ConfigError

_HOME = "https://api.anthropic.com"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go, and with what; never shown, as all three may hold a secret."""

    url: str = field(repr=False)
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """For messages: the URL itself may carry a password."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether it is this very machine, which no proxy stands before."""
        return self.host in _LOOPBACK

    @property
    def takes_schemas(self) -> bool:
        """Only Anthropic's own promise to answer by the schema; others ignore it in silence."""
        return self.host == "anthropic.com" or self.host.endswith(".anthropic.com")


def available(env: Mapping[str, str]) -> bool:
    """Whether there is anything to call. A base URL suffices: local endpoints want no key."""
    return any(env.get(f"ANTHROPIC_{name}") for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL"))


def endpoint(env: Mapping[str, str]) -> Endpoint:
    """Read the SDK's own variables; ConfigError for what would fail later, or worse: leak. Sends nothing."""
    if not available(env):
        raise ConfigError("no key for Claude", "set ANTHROPIC_API_KEY, or use --engine draft, which needs none")
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        # The HTTP library quotes such a key in its exceptions.
        if re.search(r"[^!-~]", env.get(name, "")):
            hint = f"set {name} again: often a line break was copied with it"
            raise ConfigError(f"{name} holds white space or a character that is no ASCII: a key has neither", hint)
    url = env.get("ANTHROPIC_BASE_URL") or _HOME
    if not _is_url(url):
        raise ConfigError("ANTHROPIC_BASE_URL is no http(s) URL", "write it like http://localhost:11434")
    key, token = env.get("ANTHROPIC_API_KEY", ""), env.get("ANTHROPIC_AUTH_TOKEN", "")
    if key or not token:
        # The API takes one of the two. Given none, the SDK would look for a profile on this disk.
        return Endpoint(url, key=key or "no-key-needed")
    return Endpoint(url, token=token)


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False

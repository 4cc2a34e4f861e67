"""What an error answer of the API means: for the person, or for the retry policy."""

import re
from dataclasses import dataclass

from agents.errors import BrokenPromise, ConfigError, DataError, LabError, ProtocolError, RefusedError
from agents.model.retry import Transient

# An error event inside a stream comes with HTTP status 200: there its type stands for the status.
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_TOO_LONG = re.compile(r"prompt is too long|context (length|window)|too many tokens", re.IGNORECASE)
_BILLING = re.compile(r"credit balance|spend.limit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as the server gave it; "" where it did not say. `wait`: its `retry-after`, in seconds."""

    status: int
    kind: str = ""
    code: str = ""
    message: str = ""
    request_id: str = ""
    wait: float | None = None


def meaning(failure: Failure, model: str, host: str) -> LabError | Transient:
    """Permanent causes first: a spent budget comes as 429, an empty account as 400, and neither mends by waiting."""
    status = failure.status if failure.status >= 400 else _STATUS.get(failure.kind, 500)
    said = f": {failure.message}" if failure.message else ""
    if status == 402 or _BILLING.search(f"{failure.code} {failure.message}"):
        hint = "look at the credit and the limits of the account behind this key"
        return RefusedError(f"billing: no credit left, or the spend limit is reached{said}", hint)
    if status in {408, 409, 429} or status >= 500:
        return Transient(_transient(status, host), failure.wait)
    if status == 401:
        return ConfigError(f"API key rejected by {host}", "set ANTHROPIC_API_KEY to a key that is valid there")
    if status == 403:
        return RefusedError(f"not allowed{said}", "ask the owner of this key for permission, or use another key")
    if status == 404:
        hint = "name another with --model or LAB_MODEL; an ANTHROPIC_BASE_URL must not end in /v1"
        return ConfigError(f'model "{model}" not found at {host}', hint)
    if status == 413 or (status == 400 and _TOO_LONG.search(failure.message)):
        too_long = "request too large" if status == 413 else "paper too long"
        return DataError(f"{too_long} for {model}{said}", "choose a model with a larger context with --model")
    if status == 400:
        name = f" (request {failure.request_id})" if failure.request_id else ""
        hint = "report this line as a bug of ours; --engine draft works meanwhile"
        return BrokenPromise(f"bug: request rejected by {host}{said}{name}", hint)
    return ProtocolError(f"HTTP {status} from {host}{said}", "check ANTHROPIC_BASE_URL and the proxy")


def _transient(status: int, host: str) -> str:
    names = {408: "timed out", 429: "rate limited", 504: "timed out", 529: "overloaded"}
    return names.get(status, f"HTTP {status} from {host}")

"""The one retry policy for Claude. The SDK's own is off: it would sleep through any `retry-after`, days if told so."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar

import tenacity

from agents.errors import LabError, ProtocolError, TryAgainError

T = TypeVar("T")
Progress = Callable[[str], None]


class Transient(Exception):  # noqa: N818 - a condition, like those of agents.errors
    """May work in a moment. `wait`: the seconds that the server asked for."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class Odd(Exception):  # noqa: N818
    """Not an answer of Claude's at all, such as the login page of a hotel network: worth one more try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call is tried; times in seconds."""

    attempts: int = 5
    total: float = 900
    one_wait: float = 300  # the slowest tier's window reopens after 171 s: a cap of 120 would never succeed
    sleep: Callable[[float], None] = time.sleep


def persist(once: Callable[[float], T], patience: Patience, progress: Progress) -> T:
    """`once(seconds left)` until it answers. TryAgainError or ProtocolError when patience ends; others pass."""
    started = time.monotonic()
    odd = 0

    def stop(state: tenacity.RetryCallState) -> bool:
        nonlocal odd
        odd += isinstance(_error(state), Odd)
        spent = state.seconds_since_start or 0.0
        return (
            odd > 1
            or state.attempt_number >= patience.attempts
            or state.upcoming_sleep > patience.one_wait
            or spent + state.upcoming_sleep >= patience.total
        )

    def announce(state: tenacity.RetryCallState) -> None:
        retry = f"retry {state.attempt_number}/{patience.attempts - 1}"
        progress(f"{_error(state)}, waiting {math.ceil(state.upcoming_sleep)} s ({retry})")

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type((Transient, Odd)),
        wait=_wait,
        stop=stop,
        sleep=patience.sleep,
        before_sleep=announce,
        retry_error_callback=lambda state: _give_up(state, patience),
    )(lambda: once(max(1.0, patience.total - (time.monotonic() - started))))


def seconds(retry_after: str | None, now: datetime) -> float | None:
    """A `retry-after` header in seconds from `now`; None if it says nothing usable (0, the past, nan, prose)."""
    if not retry_after:
        return None
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            until = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        wait = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return wait if wait > 0 else None


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait(state: tenacity.RetryCallState) -> float:
    backoff = 2.0 ** min(state.attempt_number - 1, 3) * random.uniform(1, 1.25)  # noqa: S311 - spreads load, no secret
    error = _error(state)
    return max(error.wait or 0.0, backoff) if isinstance(error, Transient) else backoff


def _give_up(state: tenacity.RetryCallState, patience: Patience) -> NoReturn:
    raise _verdict(state, patience) from None


def _verdict(state: tenacity.RetryCallState, patience: Patience) -> LabError:
    error, tries = _error(state), state.attempt_number
    if isinstance(error, Odd):
        return ProtocolError(str(error), "check ANTHROPIC_BASE_URL, the proxy, and whether this network wants a login")
    if isinstance(error, Transient) and error.wait and error.wait > patience.one_wait:
        return TryAgainError(f"{error} until {_clock_time(error.wait)}", "run the same command after that time")
    plural = "s" if tries > 1 else ""
    return TryAgainError(f"{error} after {tries} attempt{plural}", "nothing is lost: run the same command again later")


def _clock_time(wait: float) -> str:
    try:
        return f"{datetime.now(UTC) + timedelta(seconds=wait):%Y-%m-%d %H:%M} UTC"
    except OverflowError:  # "inf", which one proxy really sends
        return "further notice"

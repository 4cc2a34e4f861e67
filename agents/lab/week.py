"""ISO weeks, which begin on Monday and belong to the year that holds their Thursday: 2027-01-01 lies in 2026-W53."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from agents.errors import UsageError

_WEEK = re.compile(r"(\d{4})-?W?(\d{1,2})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week by its number; printed as its log is named."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    def __contains__(self, day: date) -> bool:
        return of(day) == self

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 7)

    @property
    def next(self) -> "Week":
        return of(self.monday + timedelta(days=7))

    @property
    def last(self) -> "Week":
        """The one before."""
        return of(self.monday - timedelta(days=7))

    @property
    def zone(self) -> str:
        """How far the person's clock is from UTC as the week begins: `+08:00`."""
        return datetime.combine(self.monday, time()).astimezone().isoformat()[-6:]


def of(day: date) -> Week:
    """The week that a day lies in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def parse(text: str, today: date) -> Week:
    """A week that was typed, `2026-W48`. UsageError for one that does not exist, or has not begun."""
    found = _WEEK.fullmatch(text.strip())
    if not found:
        raise UsageError(f"{text!r} is no week", "write it as 2026-W48")
    year, number = int(found[1]), int(found[2])
    try:
        week = of(date.fromisocalendar(year, number, 1))
    except ValueError as error:
        last = of(date(year, 12, 28)).number if year else 52
        raise UsageError(
            f"there is no week {number} in {year}: that year has {last} ISO weeks", "check --week"
        ) from error
    if week > of(today):
        raise UsageError(f"{week} has not begun: today is {today}", "check --week")
    return week


def day_of(timestamp: int) -> date:
    """The person's calendar day of a moment: his time zone is the system's, summer time and all."""
    return datetime.fromtimestamp(timestamp, UTC).astimezone().date()

"""ISO weeks: what belongs to which, by the person's clock."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from agents.errors import UsageError
from agents.lab.week import Week, day_of, of, parse

TODAY = date(2027, 1, 4)


@pytest.fixture
def zone(monkeypatch):
    def set_to(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_to
    monkeypatch.undo()
    time.tzset()


def moment(text):
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2027-01-01", "2026-W53"),
        ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2025-12-29", "2026-W01"),
        ("2026-11-23", "2026-W48"),
        ("2026-11-29", "2026-W48"),
        ("2024-12-30", "2025-W01"),
        ("0999-06-05", "0999-W23"),
    ],
)
def test_a_day_belongs_to_the_year_of_its_weeks_thursday(day, week):
    assert str(of(date.fromisoformat(day))) == week


def test_every_day_of_forty_years_lies_in_one_week_from_monday_to_sunday():
    day = date(2000, 1, 1)
    while day < date(2040, 1, 1):
        week = of(day)
        assert day in week and week.monday <= day <= week.sunday
        assert week.next.last == week and week.next.monday - week.sunday == timedelta(days=1)
        assert parse(str(week), date(2050, 1, 1)) == week
        day += timedelta(days=1)


@pytest.mark.parametrize("text", ["2026-W48", "2026-w48", "2026W48", "2026-48", " 2026-W48 "])
def test_a_week_may_be_typed_in_several_ways(text):
    assert parse(text, TODAY) == Week(2026, 48)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2025-W53", "2025: that year has 52"),
        ("2026-W54", "2026: that year has 53"),
        ("2026-W00", "no week 0"),
        ("0000-W01", "no week 1 in 0"),
        ("2027-W02", "has not begun: today is 2027-01-04"),
        ("9999-W01", "has not begun"),
        ("9999-W53", "no week 53"),
        ("", "no week"),
        ("W48", "no week"),
        ("2026-11-27", "no week"),
        ("２０２６-W48", "no week"),
        ("🎉", "no week"),
        ("2026-W048", "no week"),
        ("x" * 300, "no week"),
    ],
)
def test_a_week_that_is_none_is_a_usage_error(text, says):
    with pytest.raises(UsageError, match=says):
        parse(text, TODAY)


@pytest.mark.parametrize(
    ("name", "week"), [("Pacific/Kiritimati", "2027-W01"), ("America/Los_Angeles", "2026-W53"), ("UTC", "2026-W53")]
)
def test_the_same_moment_lies_in_another_week_elsewhere(zone, name, week):
    zone(name)
    assert str(of(day_of(moment("2027-01-03T12:00:00+00:00")))) == week


def test_a_week_runs_from_monday_midnight_to_sunday_midnight_by_the_persons_clock(zone):
    zone("Asia/Shanghai")
    assert day_of(moment("2026-11-22T23:59:59+08:00")) in Week(2026, 47)
    assert day_of(moment("2026-11-23T00:00:00+08:00")) in Week(2026, 48)
    assert day_of(moment("2026-11-29T23:59:59+08:00")) in Week(2026, 48)
    assert day_of(moment("2026-11-30T00:00:00+08:00")) in Week(2026, 49)


@pytest.mark.parametrize(("week", "hours"), [(Week(2026, 13), 167), (Week(2026, 43), 169), (Week(2026, 30), 168)])
def test_a_week_with_a_change_of_the_clock_has_seven_days_all_the_same(zone, week, hours):
    zone("Europe/Berlin")
    begins = datetime.combine(week.monday, datetime.min.time()).astimezone()
    ends = datetime.combine(week.next.monday, datetime.min.time()).astimezone()
    assert (ends.astimezone(UTC) - begins.astimezone(UTC)) == timedelta(hours=hours)
    assert day_of(int(begins.timestamp())) in week and day_of(int(ends.timestamp()) - 1) in week
    assert day_of(int(begins.timestamp()) - 1) in week.last and day_of(int(ends.timestamp())) in week.next


def test_the_zone_is_told_as_it_is_when_the_week_begins(zone):
    zone("Europe/Berlin")
    assert (Week(2026, 30).zone, Week(2026, 48).zone) == ("+02:00", "+01:00")

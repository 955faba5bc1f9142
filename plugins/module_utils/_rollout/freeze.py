# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Times at which no traffic moves forward, in the time zones of the people who set them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=60)
"""Windows that leave no time open for so long are taken for a mistake."""

Interval = tuple[datetime, datetime]
"""From, inclusive, to, exclusive; UTC."""


class Unreadable(Exception):
    """A window that says nothing sensible: the text says what is wrong, hint what to do."""

    def __init__(self, wrong: str, hint: str) -> None:
        super().__init__(wrong)
        self.hint = hint


@dataclass(frozen=True)
class Once:
    """A window that comes once."""

    begin: datetime
    end: datetime

    def intervals(self, _begin: datetime, _end: datetime) -> Iterator[Interval]:
        """Itself, wherever it is."""
        yield self.begin.astimezone(UTC), self.end.astimezone(UTC)


@dataclass(frozen=True)
class Weekly:
    """A window of some days of the week (0 is Monday). With an end that is not after its begin it goes into the next
    day."""

    days: frozenset[int]
    begin: time
    end: time
    zone: ZoneInfo

    def intervals(self, begin: datetime, end: datetime) -> Iterator[Interval]:
        """Those that touch a stretch of time."""
        day = begin.astimezone(self.zone).date() - DAY
        while day <= end.astimezone(self.zone).date():
            if day.weekday() in self.days:
                until = day if self.end > self.begin else day + DAY
                yield self._at(day, self.begin), self._at(until, self.end)
            day += DAY

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)


Window: TypeAlias = "Once | Weekly"


def window_of(asked: Mapping[str, object]) -> Window:
    """A window as the inventory has it: from and to, zone (UTC by default), and days where it comes each week.

    from and to are dates with times (2026-12-20 18:00) without days, times (18:00) with days. Raises Unreadable.
    """
    zone = _zone(str(asked.get("zone") or "UTC"))
    days = asked.get("days")
    if days:
        return Weekly(_days(days), _time(asked, "from"), _time(asked, "to"), zone)
    begin, end = _moment(asked, "from", zone), _moment(asked, "to", zone)
    if end <= begin:
        raise Unreadable("ends before it begins", "Let to be later than from")
    return Once(begin, end)


def closed_until(windows: Iterable[Window], now: datetime) -> datetime | None:
    """When the windows that now is in, and those that follow without a gap, are over; None where none is.

    What lasts beyond LOOK_AHEAD is given as that far away.
    """
    return next((end for begin, end in _merged(windows, now, now + LOOK_AHEAD) if begin <= now < end), None)


def closed_within(windows: Iterable[Window], now: datetime, seconds: float) -> datetime | None:
    """When the first window begins that now, or a moment of the next seconds, is in; None where there is none."""
    until = now + timedelta(seconds=seconds)
    return next((max(begin, now) for begin, end in _merged(windows, now, until) if begin <= until and end > now), None)


def never_open(windows: Iterable[Window], now: datetime) -> bool:
    """Whether they leave no time open in the next weeks."""
    until = closed_until(windows, now)
    return until is not None and until >= now + LOOK_AHEAD


def _merged(windows: Iterable[Window], begin: datetime, end: datetime) -> Sequence[Interval]:
    found: list[Interval] = []
    for one in sorted(interval for window in windows for interval in window.intervals(begin, end)):
        if found and one[0] <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], one[1])
        else:
            found.append(one)
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(
            f"there is no time zone {name}", "Write it as in Europe/Berlin; the controller needs the package tzdata"
        ) from None


def _days(given: object) -> frozenset[int]:
    names = [str(day).lower()[:3] for day in given] if isinstance(given, Sequence) else []
    if isinstance(given, str) or not names or set(names) - set(DAYS):
        raise Unreadable("days are none of a week's", f"List some of {', '.join(DAYS)}")
    return frozenset(DAYS.index(name) for name in names)


def _time(asked: Mapping[str, object], end: str) -> time:
    try:
        return time.fromisoformat(str(asked.get(end)))
    except ValueError:
        raise Unreadable(
            f"{end} is no time of day", "Write 18:00, in quotes; a window with days has times without dates"
        ) from None


def _moment(asked: Mapping[str, object], end: str, zone: ZoneInfo) -> datetime:
    if asked.get(end) is None:
        raise Unreadable(f"has no {end}", "Give both ends; what never ends is no window")
    try:
        moment = datetime.fromisoformat(str(asked[end]))
    except ValueError:
        raise Unreadable(
            f"{end} is no date with a time", 'Write "2026-12-20 18:00", or add days for a window of each week'
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)

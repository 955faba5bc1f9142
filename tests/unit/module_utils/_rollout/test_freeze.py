# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Freeze windows, in the time zones of those who set them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.freeze import (
    Unreadable,
    closed_until,
    closed_within,
    never_open,
    window_of,
)

WEEKEND = {"days": ["fri"], "from": "16:00", "to": "23:59", "zone": "Europe/Berlin"}
NIGHTS = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "22:00", "to": "06:00", "zone": "UTC"}
ALWAYS = {**NIGHTS, "from": "00:00", "to": "00:00"}
CHRISTMAS = {"from": "2026-12-20 18:00", "to": "2027-01-02 08:00", "zone": "America/New_York"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CLOSED: dict[str, tuple[list[dict[str, object]], str, str | None]] = {
    "winter in Berlin": ([WEEKEND], "2026-01-16 15:00", "2026-01-16 22:59"),
    "just before": ([WEEKEND], "2026-01-16 14:59", None),
    "summer in Berlin": ([WEEKEND], "2026-07-17 14:00", "2026-07-17 21:59"),
    "another day": ([WEEKEND], "2026-07-16 14:00", None),
    "over midnight": ([NIGHTS], "2026-07-16 23:00", "2026-07-17 06:00"),
    "after midnight": ([NIGHTS], "2026-07-17 05:59", "2026-07-17 06:00"),
    "its end is open": ([NIGHTS], "2026-07-17 06:00", None),
    "the night that clocks go forward": (
        [{**NIGHTS, "from": "01:00", "to": "04:00", "zone": "Europe/Berlin"}],
        "2026-03-29 01:30",
        "2026-03-29 02:00",
    ),
    "once": ([CHRISTMAS], "2026-12-24 12:00", "2027-01-02 13:00"),
    "once, before": ([CHRISTMAS], "2026-12-20 22:59", None),
    "two in a row": (
        [WEEKEND, {"days": ["fri"], "from": "23:00", "to": "08:00", "zone": "Europe/Berlin"}],
        "2026-01-16 15:00",
        "2026-01-17 07:00",
    ),
}


@pytest.mark.parametrize(("asked", "now", "until"), CLOSED.values(), ids=CLOSED)
def test_closed(asked: list[dict[str, object]], now: str, until: str | None) -> None:
    assert closed_until(map(window_of, asked), at(now)) == (at(until) if until else None)


WITHIN = {
    "now": ("2026-07-16 23:00", 60, "2026-07-16 23:00"),
    "on the way": ("2026-07-16 21:30", 3600, "2026-07-16 22:00"),
    "afterwards": ("2026-07-16 20:30", 3600, None),
}


@pytest.mark.parametrize(("now", "seconds", "begin"), WITHIN.values(), ids=WITHIN)
def test_what_would_run_into_a_window(now: str, seconds: float, begin: str | None) -> None:
    assert closed_within([window_of(NIGHTS)], at(now), seconds) == (at(begin) if begin else None)


@pytest.mark.parametrize(("asked", "never"), [(ALWAYS, True), (NIGHTS, False), (CHRISTMAS, False)], ids=str)
def test_windows_that_never_end(asked: dict[str, object], never: bool) -> None:
    assert never_open([window_of(asked)], at("2026-12-25 12:00")) is never


UNREADABLE = {
    "no such zone": ({**WEEKEND, "zone": "Europe/Berln"}, "no time zone Europe/Berln"),
    "no such day": ({**WEEKEND, "days": ["caturday"]}, "days"),
    "days as a text": ({**WEEKEND, "days": "fri"}, "days"),
    "YAML has made a number of it": ({**WEEKEND, "from": 960}, "no time of day"),
    "no end": ({"from": "2026-12-20 18:00"}, "has no to"),
    "ends first": ({"from": "2026-12-20 18:00", "to": "2026-12-20 17:00"}, "ends before it begins"),
    "a time without days": ({"from": "18:00", "to": "20:00"}, "no date"),
}


@pytest.mark.parametrize(("asked", "text"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(asked: dict[str, object], text: str) -> None:
    with pytest.raises(Unreadable, match=text) as found:
        window_of(asked)
    assert found.value.hint

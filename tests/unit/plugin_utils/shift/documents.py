# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documents of shifts, as report.py leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 11, 26, 17, tzinfo=UTC)
RATE = 200
"""Requests a second, of both sides."""


def moment(seconds: float) -> str:
    """So many seconds after the beginning."""
    return (BEGAN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted(end: int, green: float, period: int = 60) -> dict[str, Any]:
    """A window of the traffic, of which green has so many percent."""
    new = round(RATE * period * green / 100)
    requests = {"green": new, "blue": RATE * period - new}
    return {"gate": "green-share", "from": moment(end - period), "to": moment(end), "requests": requests}


def transition(
    seconds: float, what: str, text: str, share: float | None, reason: str | None = None, verdicts: Sequence[int] = ()
) -> dict[str, Any]:
    """A line of the timeline. verdicts: the places of those that decided it."""
    told = {"at": moment(seconds), "what": what, "text": text, "reason": reason, "share": share}
    return {**told, "verdicts": list(verdicts)}


def verdict(seconds: float, gate: str, said: str, **changes: Any) -> dict[str, Any]:
    """A verdict."""
    given = {"gate": gate, "verdict": said, "reason": "3 of 3 are OK", "evidence": {"state": "OK"}, "side": "green"}
    return {**given, "observed_at": moment(seconds), "share": 0, **changes}


def rolled_back(**changes: Any) -> dict[str, Any]:
    """A shift that went 10, 50 and back because an alarm went off, with its traffic minute by minute."""
    failing = {"reason": "green-5xx is in ALARM", "evidence": {"alarm": "green-5xx", "state": "ALARM"}, "share": 50}
    shares = [(0, 0), (60, 10), (720, 50), (1080, 0)]
    document: dict[str, Any] = {
        "migration": "acme-prod-20261126T170000Z",
        "stack": "acme-prod",
        "router": "route53",
        "who": {"user": "ops@bastion", "awx": None, "aws": "arn:aws:sts::123456789012:assumed-role/cutover/ops"},
        "sides": {"old": "blue", "new": "green"},
        "gates": [
            {"name": "green-alarm", "side": "green", "decides": True},
            {"name": "green-share", "side": "green", "decides": False},
            {"name": "blue-alarm", "side": "blue", "decides": True},
        ],
        "steps": [{"weight": weight, "bake": 600, "approval": weight == 50} for weight in (10, 50, 100)],
        "began": moment(0),
        "written": moment(1200),
        "ended": moment(1200),
        "status": "rolled_back",
        "reason": "gate_failed",
        "weights": {"blue": 100, "green": 0},
        "timeline": [
            transition(5, "prepared", "health checks and TTL are ready; no traffic has moved", 0),
            transition(60, "step", "step 1 of 3: blue 90, green 10; clients follow within 60 s, bake 600 s", 10),
            transition(720, "step", "step 2 of 3: blue 50, green 50; clients follow within 60 s, bake 600 s", 50),
            transition(1080, "going_back", "going back: a gate failed (green-alarm)", 50, "gate_failed", [3]),
            transition(1081, "back", "back to blue 100, green 0: clients follow within 60 s", 0),
            transition(1200, "ended", "rolled back: a gate failed (green-alarm)", 0, "gate_failed"),
        ],
        "shares": [{"at": moment(at), "share": share} for at, share in shares],
        "traffic": [
            *(counted(at, 10) for at in range(180, 720, 60)),
            *(counted(at, 50) for at in range(840, 1080, 60)),
        ],
        "verdicts": [
            verdict(5, "green-alarm", "pass"),
            verdict(5, "blue-alarm", "pass", side="blue"),
            verdict(5, "green-share", "inconclusive", reason="no requests at all", evidence={}),
            verdict(1080, "green-alarm", "fail", **failing),
        ],
    }
    return {**document, **changes}


def as_it_begins(**changes: Any) -> dict[str, Any]:
    """What there is before the first look."""
    nothing: Sequence[Any] = []
    empty = dict.fromkeys(("timeline", "shares", "traffic", "verdicts"), nothing)
    return rolled_back(**{**empty, "ended": None, "status": None, "reason": None, "weights": None, **changes})

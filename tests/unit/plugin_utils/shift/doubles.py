# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A clock that only passes when it is told to, and modules that answer as they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.cutover.aws.plugins.plugin_utils.shift.driver import Clock

Result = dict[str, Any]
ZONE = "Z1"
GROUPS = [{"zone_id": ZONE, "name": "www.example.com", "type": "A"}]
GATES = [
    {"name": "green-errors", "side": "green", "type": "alarm", "alarm": "green"},
    {"name": "blue-errors", "side": "blue", "type": "alarm", "alarm": "blue"},
]
ASKED: dict[str, Any] = {
    "stack_name": "acme-prod",
    "region": "eu-west-1",
    "router": "route53",
    "groups": GROUPS,
    "old_side": "blue",
    "new_side": "green",
    "steps": [{"weight": 10, "bake": 60}, {"weight": 100, "bake": 60}],
    "gates": GATES,
    "interval": 15,
    "hold_timeout": 300,
    "max_duration": 3000,
    "approval": "wait",
    "freeze_windows": [],
    "guards": {"blue": {"alarm": "blue-5xx"}, "green": {"alarm": "green-5xx", "id": "check-green"}},
    "health_checks": {"blue": "https-blue", "green": "https-green"},
}


@dataclass
class Time:
    """Monotonic seconds and the time of day; sleeping is what passes."""

    now: float = 100.0
    begun: datetime = datetime(2026, 11, 26, 17, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep, lambda: self.begun + timedelta(seconds=self.now - 100))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Modules:
    """Answers to calls of modules. weights are what the records have; answer may say something else to a module."""

    weights: dict[str, int] = field(default_factory=lambda: {"blue": 100, "green": 0})
    control: str = "run"
    approved: str = ""
    verdicts: dict[str, str] = field(default_factory=dict)
    answer: Callable[[str, Result], Result | None] = lambda module, arguments: None
    calls: list[tuple[str, Result, bool]] = field(default_factory=list)

    def __call__(self, module: str, arguments: Result, *, check: bool = False) -> Result:
        name = module.rpartition(".")[2]
        self.calls.append((name, arguments, check))
        given = self.answer(name, arguments)
        return given if given is not None else getattr(self, name)(arguments, check)

    def route53_weighted_shift(self, arguments: Result, check: bool) -> Result:
        changed = "weights" in arguments and arguments["weights"] != self.weights
        if changed and not check:
            self.weights = dict(arguments["weights"])
        return {"changed": changed, "places": [{"weights": self.weights}], "ttl": 60, "ttl_wait": 60 if changed else 0}

    def ssm_parameter_info(self, arguments: Result, _check: bool) -> Result:
        (name,) = arguments["names"]
        return {"values": {name: self.control if name.endswith("control") else self.approved}}

    def traffic_gate(self, arguments: Result, _check: bool) -> Result:
        names = [gate["name"] for gate in arguments["gates"]]
        said = [{"gate": name, "verdict": self.verdicts.get(name, "pass"), "reason": "as told"} for name in names]
        return {"verdicts": [{**one, "evidence": {}, "observed_at": "2026-11-26T17:00:00Z"} for one in said]}

    def route53_health_check(self, arguments: Result, _check: bool) -> Result:
        return {"health_check_id": arguments.get("health_check_id") or f"new-{arguments['alarm']}"}

    def sns(self, _arguments: Result, _check: bool) -> Result:
        return {"changed": True}

    def of(self, name: str) -> list[Result]:
        """The arguments of all calls of a module that may write."""
        return [arguments for module, arguments, check in self.calls if module == name and not check]

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift asks of the module that splits the traffic: records, or a load balancer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from ...module_utils._model.dns import shift_check_key

Arguments = dict[str, Any]
Result = Mapping[str, Any]
Call = Callable[..., dict[str, Any]]

HEALTH_CHECK = "cutover.aws.route53_health_check"
NOTHING_DONE: Result = {}


class Router(ABC):
    """The arguments of a router's module for each moment of a shift."""

    module: str

    @abstractmethod
    def reading(self) -> Arguments:
        """To see the weights, in check mode."""

    @abstractmethod
    def prepare(self, call: Call) -> Result:
        """Makes ready what the shift needs; moves no traffic. The last module's result."""

    @abstractmethod
    def moving(self, *, back: bool) -> Arguments:
        """To write weights."""

    @abstractmethod
    def held(self, result: Result) -> float:
        """Seconds for which clients may follow what was there before a run that knows nothing of it began."""

    @abstractmethod
    def wait(self, result: Result) -> float:
        """Seconds until everybody follows what was written."""

    @abstractmethod
    def release(self, call: Call) -> Result:
        """Takes away what prepare made. The last module's result."""


class AlbRouter(Router):
    """Weights of target groups. There is nothing that would leave a failing group by itself, so nothing to prepare."""

    module = "cutover.aws.elb_weighted_shift"

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._routes = asked["routes"]

    def reading(self) -> Arguments:
        """As it is."""
        return {"routes": self._routes}

    def prepare(self, call: Call) -> Result:
        """A target group that the action lacks is added with weight 0."""
        return call(self.module, {"routes": self._routes})

    def moving(self, *, back: bool) -> Arguments:
        """Back at once also for clients with a cookie."""
        return {"routes": self._routes, "stickiness": "released" if back else "kept"}

    def held(self, result: Result) -> float:
        """As after a write."""
        return self.wait(result)

    def wait(self, result: Result) -> float:
        """A load balancer follows within seconds. Clients that a cookie keeps with their group are no reason to wait:
        it may last for days."""
        return 0.0

    def release(self, call: Call) -> Result:
        """Nothing."""
        return NOTHING_DONE


class RecordRouter(Router):
    """Weighted records. While a shift is under way each side's record carries a health check that follows the alarm of
    its side (guards), so that Route 53 leaves a failing side by itself, also when nobody runs this any more."""

    module = "cutover.aws.route53_weighted_shift"

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._asked = asked
        self._groups = asked["groups"]
        self._sides = (asked["old_side"], asked["new_side"])
        self._guards: Mapping[str, Mapping[str, Any]] = asked.get("guards") or {}
        self._checks = {side: guard["id"] for side, guard in self._guards.items() if guard.get("id")}

    def reading(self) -> Arguments:
        """As it is."""
        return {"groups": self._groups}

    def prepare(self, call: Call) -> Result:
        """A check of each side's alarm, which its records carry from now on; a shorter TTL."""
        for side, guard in self._guards.items():
            made = call(HEALTH_CHECK, self._check(side, guard))
            if made.get("failed"):
                return made
            self._checks[side] = made["health_check_id"]
        ttl = {} if self._asked.get("ttl") is None else {"ttl": self._asked["ttl"]}
        return call(self.module, {"groups": self._with_checks(self._checks), **ttl})

    def _check(self, side: str, guard: Mapping[str, Any]) -> Arguments:
        stack = self._asked["stack_name"]
        known = {"health_check_id": guard["id"]} if guard.get("id") else {}
        name = f"{stack}-shift-{side}"
        tags = {"cutover:stack": stack, "cutover:key": shift_check_key(side), "Name": name}
        return {
            **known,
            "type": "alarm",
            "alarm": guard["alarm"],
            "alarm_region": guard.get("region") or self._asked["region"],
            # What is missing is no reason to leave a side: counts of errors are missing while there are none.
            "insufficient_data": "LastKnownStatus",
            "tags": {**tags, "cutover:zone": self._groups[0]["zone_id"]},
        }

    def _with_checks(self, checks: Mapping[str, str]) -> list[Arguments]:
        """The groups, each side with its check; without one, a side keeps the one that it has."""
        return [{**group, "members": self._members(group, checks)} for group in self._groups]

    def _members(self, group: Mapping[str, Any], checks: Mapping[str, str]) -> Arguments:
        given = group.get("members") or {}
        return {
            side: {**(given.get(side) or {}), **({"health_check": checks[side]} if side in checks else {})}
            for side in dict.fromkeys([*given, *self._sides])
        }

    def moving(self, *, back: bool) -> Arguments:
        """The checks stay as they are on the way back, which depends on nothing that it does not need."""
        return {"groups": self._groups if back else self._with_checks(self._checks)}

    def held(self, result: Result) -> float:
        """The TTL."""
        return float(result.get("ttl") or 0)

    def wait(self, result: Result) -> float:
        """The TTL of what was there before; where nothing had to be written, nobody knows since when it is there."""
        return float(result["ttl_wait"] if result.get("changed") else result.get("ttl") or 0)

    def release(self, call: Call) -> Result:
        """The records carry again what they carry outside of a shift; then the checks go."""
        if not self._checks and self._asked.get("ttl_after") is None:
            return NOTHING_DONE
        afterwards = {side: str((self._asked.get("health_checks") or {}).get(side) or "") for side in self._checks}
        ttl = {} if self._asked.get("ttl_after") is None else {"ttl": self._asked["ttl_after"]}
        result = call(self.module, {"groups": self._with_checks(afterwards), **ttl})
        for check in [] if result.get("failed") else self._checks.values():
            gone = {"health_check_id": check, "state": "absent", "zone_id": self._groups[0]["zone_id"]}
            result = call(HEALTH_CHECK, gone)
            if result.get("failed"):
                break
        return result


def router_of(asked: Mapping[str, Any]) -> Router:
    """The router that the task names."""
    return AlbRouter(asked) if asked["router"] == "alb" else RecordRouter(asked)

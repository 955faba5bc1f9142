# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The health of targets, from probes of the servers that stand for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from local_cloud.live.backends import Backends
from local_cloud.live.fleet import Balancer, Group, balancers, groups
from local_cloud.live.health import Health, Streak
from local_cloud.live.probe import Outcome, Probes, look
from local_cloud.live.traffic import NAMESPACE
from local_cloud.services.cloudwatch.metrics import stores
from local_cloud.watching.store import Metric

MINUTE = 60
Key = tuple[str, str]

# Elastic Load Balancing User Guide, "Health check reason codes"
REASONS: dict[str, tuple[str, Callable[[Outcome], str]]] = {
    "answer": ("Target.ResponseCodeMismatch", lambda one: f"Health checks failed with these codes: [{one.status}]"),
    "timeout": ("Target.Timeout", lambda _: "Request timed out"),
    "refused": ("Target.FailedHealthChecks", lambda _: "Health checks failed"),
}


class TargetHealth:
    """A group is asked once for all of its targets, which are one server; each target has a streak of its own."""

    def __init__(self, backends: Backends, probes: Probes) -> None:
        self._backends = backends
        self._probes = probes
        self._streaks: dict[Key, Streak] = {}
        self._last: dict[str, Outcome] = {}
        self._asked_at: dict[str, float] = {}
        self._lock = Lock()

    def reset(self) -> None:
        with self._lock:
            self._streaks.clear()
            self._last.clear()
            self._asked_at.clear()

    def step(self, at: float) -> None:
        present, serving = groups(), balancers()
        used = {arn for balancer in serving for arn in balancer.groups()}
        for arn in used & set(present):
            self._ask(present[arn], at)
        if at % MINUTE == 0:
            for balancer in serving:
                self._publish(balancer, present, at - MINUTE)

    def of(self, group_arn: str, target_id: str) -> Streak:
        return self._streaks.get((group_arn, target_id), Streak())

    def describe(self, group_arn: str, target_id: str) -> dict[str, str]:
        """As DescribeTargetHealth has it."""
        health = self.of(group_arn, target_id).health
        if health == "healthy":
            return {"State": health}
        if health == "initial":
            text = "Initial health checks in progress"
            return {"State": health, "Reason": "Elb.InitialHealthChecking", "Description": text}
        outcome = self._last.get(group_arn, Outcome("refused"))
        reason, words = REASONS[outcome.kind]
        return {"State": health, "Reason": reason, "Description": words(outcome)}

    def serves(self, balancer: Balancer) -> bool:
        """Whether Route 53 takes a load balancer for healthy (EvaluateTargetHealth).

        Each target group with targets needs a healthy one, and one without any makes it unhealthy: Developer Guide,
        "Values specific for alias records", Evaluate target health.
        """
        present = groups()
        used = [present[arn] for arn in balancer.groups() if arn in present]
        return bool(used) and all("healthy" in self._states(group) for group in used)

    def _states(self, group: Group) -> list[Health]:
        return [self.of(group.arn, target).health for target in list(group.moto.targets)]

    def _ask(self, group: Group, at: float) -> None:
        moto = group.moto
        with self._lock:
            self._forget_those_gone(group)
        if at - self._asked_at.get(group.arn, float("-inf")) < float(moto.health_check_interval_seconds):
            return
        endpoint = self._backends.endpoint(group.arn, moto.health_check_path or "/")
        if endpoint is None or not moto.targets:
            return
        self._asked_at[group.arn] = at
        probe = partial(look, endpoint, float(moto.health_check_timeout_seconds))
        self._probes.send(group.arn, probe, partial(self._tell, group))

    def _tell(self, group: Group, outcome: Outcome) -> None:
        moto = group.moto
        codes = str((moto.matcher or {}).get("HttpCode", "200"))
        passed = outcome.kind == "answer" and is_expected(outcome.status, codes)
        thresholds = int(moto.healthy_threshold_count), int(moto.unhealthy_threshold_count)
        with self._lock:
            if not passed:
                self._last[group.arn] = outcome
            for target in list(moto.targets):
                key = group.arn, target
                self._streaks[key] = self._streaks.get(key, Streak()).after(passed, *thresholds)

    def _forget_those_gone(self, group: Group) -> None:
        for key in [one for one in self._streaks if one[0] == group.arn and one[1] not in group.moto.targets]:
            del self._streaks[key]

    def _publish(self, balancer: Balancer, present: dict[str, Group], minute: float) -> None:
        for arn in balancer.groups():
            group: Any = present.get(arn)
            if group is None or not group.moto.targets:
                continue
            states = self._states(group)
            dimensions = {"LoadBalancer": balancer.full_name, "TargetGroup": group.full_name}
            for name, count in (("Healthy", states.count("healthy")), ("UnHealthy", states.count("unhealthy"))):
                metric = Metric.of(NAMESPACE, f"{name}HostCount", dimensions)
                stores[balancer.scope].add(metric, minute, [(float(count), 1.0)])


def is_expected(status: int, codes: str) -> bool:
    """``codes`` as target groups have them: 200, 200,202 or 200-299."""
    for part in codes.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and int(first) <= status <= int(last or first):
            return True
    return False

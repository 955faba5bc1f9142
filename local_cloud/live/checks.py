# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Route 53's health checks: those that probe, those that follow an alarm's data, and those calculated from others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from local_cloud.live.alarms import condition_of, evaluate
from local_cloud.live.health import Streak
from local_cloud.live.probe import Endpoint, Outcome, Probes, knock, look
from local_cloud.services.cloudwatch.metrics import stores
from local_cloud.services.route53.health_checks import Config, configs
from local_cloud.watching.evaluate import COMPARISONS
from local_cloud.watching.store import Metric

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud
    from local_cloud.live.reach import Reach

MINUTE = 60
# Route 53's metrics exist in this region alone.
METRICS_REGION = "us-east-1"
# Seconds: "How Route 53 determines the status of health checks that monitor an endpoint"
HTTP_TIMEOUT = 4.0
TCP_TIMEOUT = 10.0
LONGEST_CHAIN = 8

Key = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """One look of a checker: a sentence in Route 53's words, and when (AWS's time)."""

    words: str
    at: float


class HealthChecks:
    """One checker stands for all of Route 53's; what is healthy is so for every region."""

    def __init__(self, cloud: Cloud, probes: Probes, reach: Reach) -> None:
        self._cloud = cloud
        self._probes = probes
        self._reach = reach
        self._streaks: dict[Key, Streak] = {}
        self._asked_at: dict[Key, float] = {}
        self._by_alarm: dict[Key, bool] = {}
        self.seen: dict[Key, Seen] = {}
        self.failed: dict[Key, Seen] = {}
        self._lock = Lock()

    def reset(self) -> None:
        with self._lock:
            for memory in (self._streaks, self._asked_at, self._by_alarm, self.seen, self.failed):
                memory.clear()

    def step(self, at: float) -> None:
        for account, identifier, config in _all():
            key = account, identifier
            if config["Type"] == "CLOUDWATCH_METRIC":
                if at % MINUTE == 0:
                    self._follow(key, config, at)
            elif "RequestInterval" in config and not config["Disabled"]:
                self._ask(key, config, at)
        if at % MINUTE == 0:
            self._publish(at - MINUTE)

    def is_healthy(self, account: str, identifier: str, chain: int = 0) -> bool:
        """Healthy until it is known to be otherwise; a check that is gone says nothing."""
        config = configs[account, "aws"].get(identifier)
        if config is None or chain > LONGEST_CHAIN:
            return True
        return self._says(account, identifier, config, chain) != bool(config["Inverted"])

    def _says(self, account: str, identifier: str, config: Config, chain: int) -> bool:
        """Before it is inverted. A disabled one always says healthy."""
        if config["Disabled"]:
            return True
        if config["Type"] == "CALCULATED":
            children = config.get("ChildHealthChecks", [])
            healthy = sum(self.is_healthy(account, child, chain + 1) for child in children)
            return healthy >= int(config.get("HealthThreshold", len(children)))
        if config["Type"] == "CLOUDWATCH_METRIC":
            return self._by_alarm.get((account, identifier), True)
        return self._streaks.get((account, identifier), Streak()).health != "unhealthy"

    def _ask(self, key: Key, config: Config, at: float) -> None:
        if at - self._asked_at.get(key, float("-inf")) < float(config["RequestInterval"]):
            return
        self._asked_at[key] = at
        self._probes.send(key, partial(self._probe, config), partial(self._tell, key, config, at))

    def _probe(self, config: Config) -> Outcome:
        """Only ever to an address of our own."""
        port = int(config["Port"])
        address = self._reach.address(config.get("FullyQualifiedDomainName", ""), config.get("IPAddress"))
        if address is None:
            return Outcome("refused")
        endpoint = Endpoint(
            address,
            self._reach.port(port),
            config.get("ResourcePath") or "/",
            config.get("FullyQualifiedDomainName", ""),
            tls=config["Type"].startswith("HTTPS"),
        )
        return knock(endpoint, TCP_TIMEOUT) if config["Type"] == "TCP" else look(endpoint, HTTP_TIMEOUT)

    def _tell(self, key: Key, config: Config, at: float, outcome: Outcome) -> None:
        passed = is_success(config, outcome)
        threshold = int(config["FailureThreshold"])
        seen = Seen(observation(config, outcome), at)
        with self._lock:
            self.seen[key] = seen
            if not passed:
                self.failed[key] = seen
            self._streaks[key] = self._streaks.get(key, Streak()).after(passed, threshold, threshold)

    def _follow(self, key: Key, config: Config, at: float) -> None:
        """The alarm's data, not its state: whoever sets the state by hand moves nothing here."""
        state = self._state_by_data(key[0], config["AlarmIdentifier"], at)
        self.seen[key] = Seen(f"Alarm {config['AlarmIdentifier']['Name']} by its data: {state}", at)
        if state == "INSUFFICIENT_DATA":
            choice = config.get("InsufficientDataHealthStatus", "LastKnownStatus")
            if choice == "LastKnownStatus":
                return
            self._by_alarm[key] = choice == "Healthy"
        else:
            self._by_alarm[key] = state == "OK"

    def _state_by_data(self, account: str, alarm_id: dict[str, str], at: float) -> str:
        """Route 53 knows no percentiles and no M out of N; of such alarms it knows nothing."""
        from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415  (moto takes a second to import)

        scope = account, alarm_id["Region"]
        alarm: Any = cloudwatch_backends[account][alarm_id["Region"]].alarms.get(alarm_id["Name"])
        known = alarm is not None and alarm.rule is None and alarm.comparison_operator in COMPARISONS
        if not known or not alarm.statistic:
            return "INSUFFICIENT_DATA"
        condition = condition_of(alarm)
        if condition.to_alarm != condition.periods or alarm.period < MINUTE:
            return "INSUFFICIENT_DATA"
        # by no state of before: ignored data are no data
        missing = "missing" if condition.missing == "ignore" else condition.missing
        found = evaluate(self._cloud, scope, alarm, at, replace(condition, missing=missing))
        return "INSUFFICIENT_DATA" if found is None else found.verdict.state

    def _publish(self, minute: float) -> None:
        for account, identifier, _ in _all():
            metric = Metric.of("AWS/Route53", "HealthCheckStatus", {"HealthCheckId": identifier})
            value = 1.0 if self.is_healthy(account, identifier) else 0.0
            stores[account, METRICS_REGION].add(metric, minute, [(value, 1.0)])


def _all() -> Iterator[tuple[str, str, Config]]:
    for account, region in configs:
        for identifier, config in list(configs[account, region].items()):
            yield account, identifier, config


def is_success(config: Config, outcome: Outcome) -> bool:
    if outcome.kind != "answer":
        return False
    if config["Type"] == "TCP":
        return True
    in_range = HTTPStatus.OK <= outcome.status < HTTPStatus.BAD_REQUEST
    return in_range and config.get("SearchString", "") in outcome.body


def observation(config: Config, outcome: Outcome) -> str:
    """What a checker reports."""
    if outcome.kind == "timeout":
        return "Failure: The health checker could not establish a connection within the timeout limit."
    if outcome.kind == "refused":
        return "Failure: The health checker could not connect to the endpoint."
    if config["Type"] == "TCP":
        return "Success: TCP connection established"
    words = f"HTTP Status Code {outcome.status}, {phrase(outcome.status)}"
    if is_success(config, outcome):
        return f"Success: {words}"
    found = "" if config.get("SearchString", "") in outcome.body else " The search string was not found."
    return f"Failure: {words}.{found}"


def phrase(status: int) -> str:
    return next((one.phrase for one in HTTPStatus if one == status), "Unknown")

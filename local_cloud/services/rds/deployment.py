# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A blue/green deployment as RDS keeps and shows it. Source: botocore's rds model, BlueGreenDeployment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from local_cloud.request import Request
from local_cloud.state import Store

PROVISIONING, AVAILABLE = "PROVISIONING", "AVAILABLE"
SWITCHING, COMPLETED = "SWITCHOVER_IN_PROGRESS", "SWITCHOVER_COMPLETED"
FAILED, INVALID, DELETING = "SWITCHOVER_FAILED", "INVALID_CONFIGURATION", "DELETING"
TASKS = (
    "CREATING_READ_REPLICA_OF_SOURCE",
    "DB_ENGINE_VERSION_UPGRADE",
    "CONFIGURE_BACKUPS",
    "CREATING_TOPOLOGY_OF_SOURCE",
)
"""As `aws rds describe-blue-green-deployments` shows them, in order."""


@dataclass
class Pair:
    """Names, which a switchover swaps: source is always the former production database."""

    source: str
    target: str


@dataclass
class Deployment:
    """until is when its state is over, on the cloud's clock. The rest after it is for tests to set: lag and
    replica_lag are what RDS measures of the copies of production and of its replicas (None: nothing), replication the
    state of it, calls_off why RDS will call the switchover off.
    """

    identifier: str
    name: str
    pairs: list[Pair]
    created: datetime
    tags: list[dict[str, str]]
    begun: float
    until: float | None
    upgrades: bool = False
    status: str = PROVISIONING
    details: str | None = None
    with_targets: bool = False
    lag: float | None = 0.0
    replica_lag: float | None = 0.0
    replication: str = "replicating"
    minutes_to_switch: float = 1.0
    calls_off: str | None = None

    def shown(self, request: Request) -> dict[str, Any]:
        """As AWS answers it."""
        details = [self._detail(request, pair) for pair in self.pairs]
        status, told = self.status, self.details
        if status == AVAILABLE and any(one["Status"].startswith("MISSING") for one in details):
            status, told = INVALID, "Resources of the green environment are invalid"
        arns = (details[0].get("SourceMember"), details[0].get("TargetMember"))
        return {
            "BlueGreenDeploymentIdentifier": self.identifier,
            "BlueGreenDeploymentName": self.name,
            "Source": arns[0] or arn_of(request, self.pairs[0].source),
            "Target": arns[1] or arn_of(request, self.pairs[0].target),
            "SwitchoverDetails": details,
            "Tasks": self._tasks(request),
            "Status": status,
            "CreateTime": self.created,
            "TagList": self.tags,
            **({"StatusDetails": told} if told else {}),
        }

    def _detail(self, request: Request, pair: Pair) -> dict[str, str]:
        found = request.backend().databases
        members = {"SourceMember": pair.source, "TargetMember": pair.target}
        there = {member: arn_of(request, name) for member, name in members.items() if name in found}
        missing = [f"MISSING_{member.removesuffix('Member').upper()}" for member in members if member not in there]
        own = self.status
        if self.status == DELETING:
            own = COMPLETED if self.details else AVAILABLE
        return {**there, "Status": missing[0] if missing else own}

    def _tasks(self, request: Request) -> list[dict[str, str]]:
        names = [name for name in TASKS if self.upgrades or name != "DB_ENGINE_VERSION_UPGRADE"]
        if self.status != PROVISIONING or self.until is None or self.until <= self.begun:
            return [{"Name": name, "Status": "COMPLETED"} for name in names]
        part = (request.cloud.clock.now() - self.begun) / (self.until - self.begun)
        current = min(int(part * len(names)), len(names) - 1)
        states = ["COMPLETED"] * current + ["IN_PROGRESS"] + ["PENDING"] * (len(names) - current - 1)
        return [{"Name": name, "Status": state} for name, state in zip(names, states, strict=True)]

    def tell(self, request: Request, message: str) -> None:
        """An event of RDS."""
        event = SimpleNamespace(
            source_identifier=self.identifier,
            source_type="blue-green-deployment",
            message=message,
            event_categories=["notification"],
            date=datetime.now(UTC),
            source_arn="",
        )
        request.backend().events.append(event)


def arn_of(request: Request, name: str) -> str:
    """Of an instance of the caller's."""
    return f"arn:aws:rds:{request.region}:{request.account}:db:{name}"


deployments: Store[dict[str, Deployment]] = Store(dict)
"""By identifier."""

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud for each tool, so that runs of different tools can take turns while each keeps what it has built."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud import guard, quotas
from local_cloud.client import Client
from local_cloud.daemon import Daemon
from local_cloud.testing import boto3_client
from tests.bench.processes import processor_seconds

# What AWS allows by default is too little for ten stacks with three addresses each.
ENOUGH = 100.0
RAISED = (
    ("ec2", quotas.ELASTIC_ADDRESSES),
    ("vpc", quotas.VPCS_PER_REGION),
    ("vpc", quotas.INTERNET_GATEWAYS_PER_REGION),
    ("vpc", quotas.NAT_GATEWAYS_PER_ZONE),
)
REGIONS = (guard.REGION, "us-west-2")


@dataclass(frozen=True)
class Calls:
    """How many calls of each operation (`service:Operation`) a run has made."""

    read: dict[str, int]
    written: dict[str, int]


@dataclass(frozen=True)
class Conditions:
    """latency: seconds added to each call. time_scale: real seconds for a minute of AWS's time, 0 for no waiting."""

    latency: float = 0.0
    time_scale: float = 0.0


class Cloud:
    """Runs from `start` to `stop`."""

    def __init__(self, directory: Path) -> None:
        self._daemon = Daemon(directory, python=sys.executable)

    def start(self) -> None:
        status = self._daemon.start(port=0, time_scale=0)
        self._pid = int(status["pid"])
        self._dns = str(status["dns"])
        self.client = Client(status["endpoint"])
        self.empty()

    def stop(self) -> None:
        self._daemon.stop()

    def empty(self) -> None:
        """Without resources, and with the lists loaded that moto reads from disk at the first call."""
        self.client.reset()
        for service, code in RAISED:
            self.client.quota(service, code, ENOUGH)
        self.set(Conditions())
        for region in REGIONS:
            boto3_client(self.client.endpoint, "ec2", region).describe_images(ImageIds=[])
        boto3_client(self.client.endpoint, "iam").list_policies(MaxItems=1)

    def set(self, conditions: Conditions) -> None:
        """From the next call on."""
        slow = [{"kind": "latency", "seconds": conditions.latency}] if conditions.latency else []
        self.client.faults(slow)
        self.client.time_scale(conditions.time_scale)

    def environment(self) -> dict[str, str]:
        """What leads a command to this cloud and to no other."""
        return guard.guard_variables(self.client.endpoint, dns=self._dns)

    def mark(self) -> int:
        return self.client.mark()

    def calls(self, since: int) -> Calls:
        return counted(self.client.calls(since=since))

    def processor_seconds(self) -> float:
        """What the cloud itself has spent since it started."""
        return processor_seconds(self._pid)


def counted(calls: list[dict[str, Any]]) -> Calls:
    """Entries of the call log, in numbers."""
    return Calls(*(_by_operation(call for call in calls if call["access"] == access) for access in ("read", "write")))


def _by_operation(calls: Iterable[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(f"{call['service']}:{call['operation']}" for call in calls).most_common())

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small world for shifts: a zone with two weighted records, and an alarm of each side, whose state a test sets.

Times are real, and short: a TTL of a second, alarms that could go off within ten.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.integration.runs import ROOT, Controller, Run

STACK = "acme-prod"
CALLER = "arn:aws:iam::123456789012:user/controller"
PLAY = [
    {
        "name": "Move traffic",
        "hosts": "stacks",
        "gather_facts": False,
        "vars_files": [str(ROOT / "playbooks/vars/connection.yml")],
        "vars": {
            "cutover_stack": {
                "project": "acme",
                "environment": "prod",
                "region": "us-east-1",
                "account_id": "123456789012",
            }
        },
        "tasks": [
            {
                "name": "Read what an earlier shift has left",
                "cutover.aws.stack_info": {"stack": "{{ cutover_stack }}", "layers": ["dns"], "resources": True},
                "module_defaults": {"group/cutover.aws.aws": "{{ cutover_aws }}"},
                "register": "existing",
            },
            {
                "name": "Shift",
                "ansible.builtin.import_role": {"name": "cutover.aws.migration", "tasks_from": "shift"},
                "vars": {"cutover_found": "{{ existing.found }}"},
            },
        ],
    }
]
POLL = 0.3


@dataclass
class ShiftWorld:
    """A zone name of its own, so that worlds do not see each other; the stack's health checks they share."""

    controller: Controller
    name: str
    zone: str = ""
    type: str = "A"
    variables: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        route53, cloudwatch = self.controller.aws("route53"), self.controller.aws("cloudwatch")
        self.route53, self.cloudwatch, self.ssm = route53, cloudwatch, self.controller.aws("ssm")
        made = route53.create_hosted_zone(Name=self.name, CallerReference=self.name)["HostedZone"]["Id"]
        self.zone = made.rpartition("/")[2]
        self.write("CREATE", {"blue": 100, "green": 0})
        for side in ("blue", "green"):
            self._watch(self.alarm(side), side, 10)
            # Route 53 follows no alarm of high resolution.
            self._watch(self.guard(side), side, 60, missing="missing")
            self.set(side, "OK")
        self.say("run")
        self.file = self.controller.directory / "shift.yml"
        self.file.write_text(yaml.safe_dump(PLAY))
        self.variables = {
            "migration_record_groups": [{"zone_id": self.zone, "name": f"www.{self.name}", "type": self.type}],
            "migration_steps": [{"weight": 50, "bake": 10}, {"weight": 100, "bake": 10}],
            "migration_gates": [
                {"name": side, "side": side, "type": "alarm", "alarm": self.alarm(side)} for side in ("blue", "green")
            ],
            "migration_guards": {side: {"alarm": self.guard(side)} for side in ("blue", "green")},
            "migration_interval": 5,
            "migration_delivery": 0,
            "migration_hold_timeout": 15,
            "migration_output_dir": str(self.controller.directory),
            "migration_caller": CALLER,
        }

    def _watch(self, alarm: str, balancer: str, period: int, missing: str = "notBreaching") -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=alarm,
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_5XX_Count",
            Dimensions=[{"Name": "LoadBalancer", "Value": balancer}],
            Statistic="Sum",
            Period=period,
            EvaluationPeriods=1,
            Threshold=10,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData=missing,
        )

    def alarm(self, side: str) -> str:
        """The name of the alarm that a side's gate asks."""
        return f"{STACK}-{self.name.partition('.')[0]}-{side}"

    def guard(self, side: str) -> str:
        """The name of the alarm that a side's health check follows."""
        return f"{self.alarm(side)}-guard"

    def set(self, side: str, state: str) -> None:
        """The state of a side's alarm."""
        self.cloudwatch.set_alarm_state(AlarmName=self.alarm(side), StateValue=state, StateReason="set by a test")

    def say(self, word: str) -> None:
        """What the operator's parameter says."""
        self.ssm.put_parameter(Name=f"/cutover/{STACK}/control", Value=word, Type="String", Overwrite=True)

    def write(self, action: str, weights: Mapping[str, int]) -> None:
        """Weights, by somebody else than the shift."""
        records = [self._record(side, weight) for side, weight in weights.items()]
        changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    def _record(self, side: str, weight: int) -> dict[str, Any]:
        value = {"blue": "192.0.2.1", "green": "192.0.2.2"}[side]
        name = {"Name": f"www.{self.name}", "Type": "A", "SetIdentifier": side}
        return {**name, "Weight": weight, "TTL": 1, "ResourceRecords": [{"Value": value}]}

    def records(self) -> dict[str, dict[str, Any]]:
        """The record sets by side."""
        listed = self.route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return {record["SetIdentifier"]: record for record in listed if "SetIdentifier" in record}

    def weights(self) -> dict[str, int]:
        """As they are now."""
        return {side: record["Weight"] for side, record in sorted(self.records().items())}

    def at(self, weight: int) -> Callable[[], bool]:
        """Whether green has this weight, for Controller.lost."""
        return lambda: self.weights()["green"] == weight

    def run(self, *arguments: str, **variables: Any) -> Run:
        """A shift to its end."""
        return self.controller.run(str(self.file), *arguments, **{**self.variables, **variables})

    def run_and(self, weight: int, deed: Callable[[], None], **variables: Any) -> Run:
        """A shift to its end; once green has this weight, a deed is done."""
        with subprocess.Popen(
            self.controller.command(str(self.file), **{**self.variables, **variables}),
            cwd=self.controller.directory,
            env=self.controller.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            reached = self.at(weight)
            while process.poll() is None and not reached():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=POLL)
            deed()
            output, _ = process.communicate()
            return Run(process.returncode, output)

    def changes(self, since: int) -> list[dict[str, Any]]:
        """The change calls of the zone since a mark."""
        calls = self.controller.cloud.calls(since=since, operation="ChangeResourceRecordSets")
        return [call for call in calls if self.zone in json.dumps(call["parameters"])]

    def report(self) -> dict[str, Any]:
        """The newest one."""
        document: dict[str, Any] = json.loads(self.reports()[-1].read_text())
        return document

    def page(self) -> str:
        """The one of the newest report."""
        return self.reports()[-1].with_suffix(".html").read_text()

    def reports(self) -> list[Path]:
        """The files, the newest last."""
        return sorted(Path(self.controller.directory, "reports").glob("*.json"))

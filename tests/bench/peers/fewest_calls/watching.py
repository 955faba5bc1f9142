# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Log groups, topic, alarms, dashboard, parameters, backup plan."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.bench.peers.fewest_calls.environment import HOME, SIDES, Environment
from tests.bench.peers.fewest_calls.steps import Action, Steps

LOGS = ("vpc-flow", "app", "alb")
PARAMETERS = {"vpc-id": "vpc", "alb-dns": "alb", "db-endpoint": "rds", "bucket": "s3data"}
"""And what each is read from."""
ALARMS: dict[str, dict[str, Any]] = {
    "alb-5xx": {"of": "alb", "MetricName": "HTTPCode_ELB_5XX_Count", "Statistic": "Sum", "Threshold": 10},
    "alb-latency": {"of": "alb", "MetricName": "TargetResponseTime", "Threshold": 2},
    "blue-cpu": {"of": "asg-blue", "MetricName": "CPUUtilization", "Threshold": 85},
    "green-cpu": {"of": "asg-green", "MetricName": "CPUUtilization", "Threshold": 85},
    "rds-cpu": {"of": "rds", "MetricName": "CPUUtilization", "Threshold": 80},
    "rds-storage": {
        "of": "rds",
        "MetricName": "FreeStorageSpace",
        "Threshold": 2e9,
        "ComparisonOperator": "LessThanThreshold",
    },
}


class Watching:
    def __init__(self, environment: Environment) -> None:
        self._env = environment
        self._ids = environment.ids

    def build(self, steps: Steps) -> None:
        for log in LOGS:
            steps.add(f"log-{log}", partial(self._make_log, log))
        steps.add("sns", self._make_topic)
        for alarm, settings in ALARMS.items():
            steps.add(f"alarm-{alarm}", partial(self._make_alarm, alarm), needs=("sns", settings["of"]))
        steps.add("dashboard", self._make_dashboard, needs=("alb",))
        for parameter, source in PARAMETERS.items():
            steps.add(f"ssm-{parameter}", partial(self._make_parameter, parameter), needs=(source,))
        steps.add("vault", self._make_vault, needs=("kms",))
        steps.add("plan", self._make_plan, needs=("vault",))

    def checks(self) -> dict[str, Action]:
        cloudwatch, backup, ssm = (self._env.aws(service) for service in ("cloudwatch", "backup", "ssm"))
        logs, sns, ids, name = self._env.aws("logs"), self._env.aws("sns"), self._ids, self._env.name
        return {
            "logs": lambda: len(logs.describe_log_groups(logGroupNamePrefix=f"/{name}/")["logGroups"]) == len(LOGS),
            "sns": lambda: bool(sns.get_topic_attributes(TopicArn=ids["sns"])),
            "alarms": lambda: (
                len(cloudwatch.describe_alarms(AlarmNamePrefix=f"{name}-")["MetricAlarms"]) >= len(ALARMS)
            ),
            "dashboard": lambda: bool(cloudwatch.get_dashboard(DashboardName=name)),
            "ssm": lambda: len(ssm.get_parameters(Names=self._parameters())["Parameters"]) == len(PARAMETERS),
            "vault": lambda: backup.describe_backup_vault(BackupVaultName=name)["BackupVaultName"] == name,
            "plan": lambda: backup.get_backup_plan(BackupPlanId=ids["plan"])["BackupPlanId"] == ids["plan"],
        }

    def remove(self, steps: Steps) -> None:
        cloudwatch, backup, ids, name = self._env.aws("cloudwatch"), self._env.aws("backup"), self._ids, self._env.name
        logs, alarms = self._env.aws("logs"), [f"{name}-{alarm}" for alarm in ALARMS]
        for log in LOGS:
            steps.add(f"log-{log}", partial(logs.delete_log_group, logGroupName=f"/{name}/{log}"), needs=("flow",))
        steps.add("alarms", lambda: cloudwatch.delete_alarms(AlarmNames=alarms))
        steps.add("dashboard", lambda: cloudwatch.delete_dashboards(DashboardNames=[name]))
        steps.add("sns", lambda: self._env.aws("sns").delete_topic(TopicArn=ids["sns"]), needs=("alarms",))
        steps.add("ssm", lambda: self._env.aws("ssm").delete_parameters(Names=self._parameters()))
        steps.add("plan", lambda: backup.delete_backup_plan(BackupPlanId=ids["plan"]))
        steps.add("vault", lambda: backup.delete_backup_vault(BackupVaultName=name), needs=("plan",))

    def _parameters(self) -> list[str]:
        return [f"/{self._env.name}/{parameter}" for parameter in PARAMETERS]

    def _make_log(self, log: str) -> None:
        logs, name = self._env.aws("logs"), {"logGroupName": f"/{self._env.name}/{log}"}
        logs.create_log_group(**name, tags=self._env.tag_map)
        logs.put_retention_policy(**name, retentionInDays=30)

    def _make_topic(self) -> None:
        made = self._env.aws("sns").create_topic(Name=f"{self._env.name}-alarms", Tags=self._env.tags)
        self._ids["sns"] = made["TopicArn"]

    def _make_alarm(self, alarm: str) -> None:
        settings = dict(ALARMS[alarm])
        namespace, dimension = self._metric_of(settings.pop("of"))
        self._env.aws("cloudwatch").put_metric_alarm(
            **{
                "AlarmName": f"{self._env.name}-{alarm}",
                "Namespace": namespace,
                "Statistic": "Average",
                "ComparisonOperator": "GreaterThanThreshold",
                "Period": 300,
                "EvaluationPeriods": 2,
                "Dimensions": [dimension],
                "AlarmActions": [self._ids["sns"]],
                "Tags": self._env.tags,
                **settings,
            }
        )

    def _metric_of(self, what: str) -> tuple[str, dict[str, str]]:
        if what == "alb":
            return "AWS/ApplicationELB", {"Name": "LoadBalancer", "Value": self._balancer()}
        if what == "rds":
            return "AWS/RDS", {"Name": "DBInstanceIdentifier", "Value": self._env.name}
        fleets = {f"asg-{side}": f"{self._env.name}-{side}" for side in SIDES}
        return "AWS/EC2", {"Name": "AutoScalingGroupName", "Value": fleets[what]}

    def _balancer(self) -> str:
        return self._ids["alb"].split(":loadbalancer/")[-1]

    def _make_dashboard(self) -> None:
        properties = {
            "region": HOME,
            "title": "ALB",
            "stat": "Sum",
            "period": 300,
            "metrics": [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", self._balancer()]],
        }
        widget = {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6, "properties": properties}
        self._env.aws("cloudwatch").put_dashboard(
            DashboardName=self._env.name, DashboardBody=json.dumps({"widgets": [widget]})
        )

    def _make_parameter(self, parameter: str) -> None:
        values = {
            "vpc-id": self._ids.get("vpc"),
            "alb-dns": self._ids.get("alb-dns"),
            "db-endpoint": self._ids.get("db-endpoint"),
            "bucket": f"{self._env.name}-data-peers",
        }
        self._env.aws("ssm").put_parameter(
            Name=f"/{self._env.name}/{parameter}", Type="String", Value=values[parameter], Tags=self._env.tags
        )

    def _make_vault(self) -> None:
        self._env.aws("backup").create_backup_vault(
            BackupVaultName=self._env.name, EncryptionKeyArn=self._ids["kms-arn"], BackupVaultTags=self._env.tag_map
        )

    def _make_plan(self) -> None:
        rule = {
            "RuleName": "daily",
            "TargetBackupVaultName": self._env.name,
            "ScheduleExpression": "cron(0 5 * * ? *)",
            "Lifecycle": {"DeleteAfterDays": 35},
        }
        made = self._env.aws("backup").create_backup_plan(
            BackupPlan={"BackupPlanName": self._env.name, "Rules": [rule]}, BackupPlanTags=self._env.tag_map
        )
        self._ids["plan"] = made["BackupPlanId"]

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's policies: complete, no wider than needed, within IAM's limits, and as the script makes them."""

from __future__ import annotations

import io
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model import names
from local_cloud.actions import EXCEPTIONS, PREFIXES, action_names
from scripts import iam_policy
from scripts.iam_dependents import DEPENDENT
from scripts.iam_scopes import LOAD_BALANCER_LIMIT, NAME_LIMIT, Target

CALLS: dict[str, list[str]] = json.loads(iam_policy.CALLS.read_text(encoding="utf-8"))
POLICIES: dict[str, Any] = json.loads(iam_policy.POLICIES.read_text(encoding="utf-8"))
STATEMENTS = [statement for policy in POLICIES.values() for statement in policy["Statement"]]

# IAM and AWS STS quotas: a managed policy, white space aside; managed policies of a role
LARGEST = 6144
MOST = 10

# What no ARN can name, or what is only looked at: see docs/iam.md.
ON_ANYTHING = {
    "AcmList",
    "AcmMake",
    "Account",
    "AutoScalingRead",
    "CloudWatchRead",
    "DnsAny",
    "Ec2Read",
    "Ec2Start",
    "ElbRead",
    "IamList",
    "KmsList",
    "KmsMake",
    "LogsRead",
    "ParametersList",
    "RdsRead",
    "S3List",
    "SnsList",
}


TAGGED = {"StringEquals": {"aws:ResourceTag/cutover:stack": "acme-prod"}}
MADE_TAGGED = {"StringEquals": {"aws:RequestTag/cutover:stack": "acme-prod"}}
OF_MEMBERS = {
    "rds:AddTagsToResource": MADE_TAGGED,
    "rds:CreateDBInstanceReadReplica": MADE_TAGGED,
    "rds:DeleteDBInstance": TAGGED,
    "rds:ModifyDBInstance": TAGGED,
    "rds:PromoteReadReplica": TAGGED,
}
"""What RDS does to the members of a blue/green deployment, whose names are its own meanwhile."""


def granting(action: str) -> list[dict[str, Any]]:
    return [statement for statement in STATEMENTS if any(fnmatchcase(action, one) for one in statement["Action"])]


@pytest.mark.parametrize("operation", iam_policy.operations(CALLS))
def test_every_operation_is_covered(operation: str) -> None:
    for action in action_names(operation):
        assert granting(action), action


@pytest.mark.parametrize("entry", DEPENDENT, ids=lambda entry: entry.action)
def test_what_aws_asks_for_in_their_course_is_covered_with_a_reason(entry: Any) -> None:
    assert granting(entry.action)
    assert set(entry.operations) <= set(iam_policy.operations(CALLS)), "an operation that nothing calls"
    assert entry.reason


def test_the_page_gives_the_reason_of_each_dependent_action() -> None:
    page = (iam_policy.ROOT / "docs" / "iam.md").read_text(encoding="utf-8")
    for entry in DEPENDENT:
        assert f"| `{entry.action}` | {', '.join(entry.operations)} | {entry.reason} |" in page


def test_nothing_is_granted_that_nothing_needs() -> None:
    granted = [action for statement in STATEMENTS for action in statement["Action"]]
    assert sorted(set(granted)) == sorted(iam_policy.needed_actions(iam_policy.operations(CALLS)))
    assert {action for action in granted if granted.count(action) > 1} == set(OF_MEMBERS)


def test_no_exception_is_left_over() -> None:
    called = set(iam_policy.operations(CALLS))
    assert set(EXCEPTIONS) <= called
    assert set(PREFIXES) <= {operation.partition(":")[0] for operation in called}


def test_operations_are_sorted_and_stand_in_one_phase_each() -> None:
    assert tuple(CALLS) == iam_policy.PHASES
    assert all(phase == sorted(phase) for phase in CALLS.values())
    assert len(iam_policy.operations(CALLS)) == sum(len(phase) for phase in CALLS.values())


@pytest.mark.parametrize("stack", ["acme-prod", "a-very-long-project-name-indeed-production"])
def test_the_policies_are_within_the_limits_of_iam(stack: str) -> None:
    found = iam_policy.policies(CALLS, Target(stack, "123456789012", "aws-us-gov"))
    assert len(found) <= MOST
    for name, policy in found.items():
        assert len("".join(json.dumps(policy).split())) <= LARGEST, name


def test_the_file_is_what_the_script_makes() -> None:
    assert iam_policy.main(["--check"]) == 0


def test_a_file_that_is_out_of_date_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(iam_policy, "POLICIES", tmp_path / "iam-policy.json")
    assert iam_policy.main(["--check"]) == 1
    assert "run scripts/iam_policy.py" in capsys.readouterr().err
    assert iam_policy.main([]) == 0
    assert iam_policy.main(["--check"]) == 0


def test_only_listed_statements_work_on_anything() -> None:
    assert {statement["Sid"] for statement in STATEMENTS if statement["Resource"] == ["*"]} == ON_ANYTHING


@pytest.mark.parametrize("action", ["kms:CreateKey", "acm:RequestCertificate"])
def test_what_has_no_arn_yet_is_made_with_the_stacks_tag(action: str) -> None:
    (statement,) = granting(action)
    assert statement["Condition"] == {"StringEquals": {"aws:RequestTag/cutover:stack": "acme-prod"}}


OWN = {
    "elasticloadbalancing:DeleteLoadBalancer": "elasticloadbalancing:us-east-1:{}:loadbalancer/app/{}-app-blue/a0591b",
    "elasticloadbalancing:ModifyListener": "elasticloadbalancing:us-east-1:{}:listener/app/{}-app-blue/a0591b/d3c5d3",
    "elasticloadbalancing:ModifyRule": "elasticloadbalancing:us-east-1:{}:listener-rule/app/{}-app-blue/a05/d3c/9683",
    "elasticloadbalancing:DeleteTargetGroup": "elasticloadbalancing:us-east-1:{}:targetgroup/{}-app-blue/36a9df",
    "autoscaling:UpdateAutoScalingGroup": "autoscaling:us-east-1:{}:autoScalingGroup:186b:autoScalingGroupName/{}-app",
    "rds:DeleteDBInstance": "rds:us-east-1:{}:db:{}-database",
    "rds:CreateDBSnapshot": "rds:us-east-1:{}:snapshot:{}-database-final-20260101t000000z",
    "iam:PassRole": "iam::{}:role/{}-instance-us-east-1",
    "iam:PutRolePolicy": "iam::{}:role/{}-replication-us-east-1",
    "iam:AddRoleToInstanceProfile": "iam::{}:instance-profile/{}-instance-us-east-1",
    "kms:DeleteAlias": "kms:us-west-2:{}:alias/{}",
    "logs:PutRetentionPolicy": "logs:us-east-1:{}:log-group:/{}/vpc-flow-logs:log-stream:",
    "logs:DeleteLogGroup": "logs:us-east-1:{}:log-group:/aws/rds/instance/{}-database/error",
    "cloudwatch:PutDashboard": "cloudwatch::{}:dashboard/{}-overview-us-east-1",
    "cloudwatch:DeleteAlarms": "cloudwatch:us-east-1:{}:alarm:{}-blue-cpu",
    "sns:DeleteTopic": "sns:us-east-1:{}:{}-alarms",
}


@pytest.mark.parametrize("action", OWN)
def test_a_stack_reaches_what_is_its_own_and_no_other_stack_s(action: str) -> None:
    assert reached(action, OWN[action].format("123456789012", "acme-prod"))
    assert not reached(action, OWN[action].format("123456789012", "acme-staging"))
    assert not reached(action, OWN[action].format("210987654321", "acme-prod"))


def test_buckets_are_reached_by_name_for_they_know_no_account() -> None:
    assert reached("s3:DeleteObject", "s3:::acme-prod-assets-us-east-1-123456789012/index.html")
    assert not reached("s3:DeleteBucket", "s3:::acme-staging-assets-us-east-1-123456789012")


@pytest.mark.parametrize("action", ["ec2:DeleteVpc", "kms:ScheduleKeyDeletion", "acm:DeleteCertificate"])
def test_what_only_a_tag_names_is_removed_by_the_tag(action: str) -> None:
    (statement,) = granting(action)
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/cutover:stack": "acme-prod"}}


@pytest.mark.parametrize("action", OF_MEMBERS)
def test_members_of_a_deployment_are_reached_by_the_tag_whatever_their_names(action: str) -> None:
    (statement,) = [one for one in granting(action) if "arn:aws:rds:*:123456789012:db:*" in one["Resource"]]
    assert statement["Condition"] == OF_MEMBERS[action]


@pytest.mark.parametrize("action", ["rds:DeleteBlueGreenDeployment", "rds:SwitchoverBlueGreenDeployment"])
def test_deployments_are_switched_over_and_removed_by_the_tag(action: str) -> None:
    (statement,) = granting(action)
    assert statement["Condition"] == TAGGED
    assert statement["Resource"] == ["arn:aws:rds:*:123456789012:deployment:*", "arn:aws:rds:*:123456789012:db:*"]


def test_a_deployment_is_made_with_its_tag() -> None:
    found = [one["Condition"] for one in granting("rds:AddTagsToResource") if "Condition" in one]
    assert found == [MADE_TAGGED]


@pytest.mark.parametrize("action", ["iam:PassRole", "iam:CreateServiceLinkedRole", "iam:AttachRolePolicy"])
def test_rights_are_handed_on_under_a_condition_only(action: str) -> None:
    (statement,) = granting(action)
    assert statement["Condition"]


@pytest.mark.parametrize("limit", [LOAD_BALANCER_LIMIT, NAME_LIMIT])
@pytest.mark.parametrize("length", [8, 23, 24, 25, 26, 40, 55, 56, 57, 70])
def test_names_that_are_cut_are_reached_too(limit: int, length: int) -> None:
    stack = ("shop-" * 20)[: length - 1] + "p"
    pattern = Target(stack, "123456789012", "aws").names(limit)
    assert fnmatchcase(names.fit(f"{stack}-application-green", limit), pattern)


def reached(action: str, resource: str) -> bool:
    arn = f"arn:aws:{resource}"
    by_name = [statement for statement in granting(action) if statement.get("Condition") not in (TAGGED, MADE_TAGGED)]
    return any(fnmatchcase(arn, pattern) for statement in by_name for pattern in statement["Resource"])


def test_policies_for_another_stack_come_one_file_each(tmp_path: Path) -> None:
    into = ["--stack", "shop-test", "--account", "111122223333", "--into", str(tmp_path / "policies")]
    assert iam_policy.main(into) == 0
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "policies").iterdir()}
    assert set(files) == {f"shop-test-controller-{name}.json" for name in POLICIES}
    assert "acme" not in "".join(files.values())
    assert "123456789012" not in "".join(files.values())


@pytest.mark.parametrize(("path", "reached"), [(None, "shop-test"), ("/shop/test", "shop/test")])
def test_parameters_are_reached_below_the_path_of_the_inventory(path: str | None, reached: str) -> None:
    found = iam_policy.policies(CALLS, Target("shop-test", "111122223333", "aws", path))
    (own,) = [s for policy in found.values() for s in policy["Statement"] if "ssm:PutParameter" in s["Action"]]
    arn = f"arn:aws:ssm:*:111122223333:parameter/{reached}"
    control = "arn:aws:ssm:*:111122223333:parameter/cutover/shop-test/*"
    assert own["Resource"] == [arn, f"{arn}/*", control]


@pytest.mark.parametrize("account", ["12345", "12345678901x", ""])
def test_a_wrong_account_is_refused(account: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        iam_policy.main(["--stack", "shop-test", "--account", account, "--into", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_a_call_log_adds_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "iam-calls.json"
    copy.write_text(json.dumps(CALLS), encoding="utf-8")
    monkeypatch.setattr(iam_policy, "CALLS", copy)
    log = [{"service": "ec2", "operation": name} for name in ("DescribeVpcs", "DescribeImages", "RebootInstances")]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, log))))
    assert iam_policy.main(["--record", "as needed"]) == 0
    assert "1 new: ec2:RebootInstances" in capsys.readouterr().out
    assert json.loads(copy.read_text(encoding="utf-8")) == {
        **CALLS,
        "as needed": sorted([*CALLS["as needed"], "ec2:RebootInstances"]),
    }


def test_an_action_that_nobody_has_placed_stops_the_script() -> None:
    with pytest.raises(iam_policy.UnplacedAction, match="lambda:CreateFunction: no scope"):
        iam_policy.policies({"build": ["lambda:CreateFunction"]}, iam_policy.EXAMPLE)

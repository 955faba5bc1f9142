# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which stack a host is, and runs over an inventory of two: all at once, one of them by --limit, removing one by name.

Everything here only looks, on an account that may be empty; tests/faults builds two and removes one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.runs import Controller, with_second_host


@pytest.fixture
def two(controller: Controller, tmp_path: Path) -> Controller:
    return with_second_host(controller, tmp_path)


@pytest.mark.parametrize(
    ("extra", "shell", "name"),
    [("prod-7", "prod-8", "acme-prod-7"), (None, "prod-8", "acme-prod-8"), (None, None, "acme-prod")],
    ids=["command line", "shell", "inventory"],
)
def test_the_environment_is_named_by_the_nearest(
    controller: Controller, extra: str | None, shell: str | None, name: str
) -> None:
    # All begin with acme-prod, for which the controller of these tests has its IAM policies.
    asked = replace(controller, shell={"ENVIRONMENT_SUFFIX": shell} if shell else {})
    given = {"environment_suffix": extra} if extra else {}
    assert f"of {name} (" in asked.run("playbooks/destroy.yml", "--check", **given).expect().output


def test_each_stack_has_a_plan_of_its_own(two: Controller) -> None:
    mark = two.cloud.mark()
    in_the_shell = replace(two, shell={"ENVIRONMENT_SUFFIX": "pr-8"})
    run = in_the_shell.run("playbooks/plan.yml").expect()
    assert sorted(run.hosts()) == ["eu", "prod"]
    assert two.cloud.calls(since=mark, access="write") == []
    for host, environment in (("prod", "prod"), ("eu", "prod-eu")):
        document = json.loads((two.directory / f"plan-{host}.json").read_text())
        assert document["stack"]["environment"] == environment
        (vpc,) = [change for change in document["layers"]["vpc"]["plan"] if change["type"] == "vpc"]
        assert vpc["name"] == f"acme-{environment}-vpc"


def test_limit_takes_one_of_them(two: Controller) -> None:
    run = two.run("playbooks/plan.yml", "--limit", "eu").expect()
    assert run.hosts() == ["eu"]
    assert json.loads((two.directory / "plan.json").read_text())["stack"]["environment"] == "prod-eu"


def test_two_hosts_of_one_name_are_refused(controller: Controller, tmp_path: Path) -> None:
    mark = controller.cloud.mark()
    refused = with_second_host(controller, tmp_path, environment_suffix="prod").run("site.yml").expect(2)
    assert "the hosts eu and prod are all the stack of this name" in refused.output
    assert controller.cloud.calls(since=mark, access="write") == []


@pytest.mark.parametrize(
    ("limit", "confirm", "said"),
    [
        ("stacks", "acme", "the stacks of this inventory are acme-prod and acme-prod-eu"),
        ("eu", "acme-prod", "this run is for acme-prod-eu"),
    ],
    ids=["neither", "the one that is left out"],
)
def test_destroy_takes_the_name_of_a_stack_of_the_run(two: Controller, limit: str, confirm: str, said: str) -> None:
    mark = two.cloud.mark()
    refused = two.run("playbooks/destroy.yml", "--limit", limit, destroy_confirm=confirm).expect(2)
    assert said in " ".join(refused.output.split())
    assert two.cloud.calls(since=mark, access="write") == []

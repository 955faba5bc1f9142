# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`prod`, or several stacks like it side by side in one inventory."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.integration.runs import ROOT

PROD = ROOT / "inventories" / "prod"


def write(directory: Path, stacks: int) -> None:
    """One stack is `prod` as it stands; several have its variables, with networks, zones and names of their own."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(PROD, directory)
    if stacks > 1:
        original = yaml.safe_load((PROD / "hosts.yml").read_text())["stacks"]["hosts"]["prod"]
        subnets = yaml.safe_load((PROD / "group_vars" / "stacks" / "vpc.yml").read_text())["vpc_subnets"]
        hosts = {f"stack-{n}": {**original, **own_variables(n, subnets)} for n in range(stacks)}
        (directory / "hosts.yml").write_text(yaml.safe_dump({"stacks": {"hosts": hosts}}))


def own_variables(number: int, subnets: dict[str, list[str]]) -> dict[str, Any]:
    """What must differ between two stacks of one account. subnets: those of `prod`, by tier."""
    network = f"10.{100 + number}"
    return {
        "environment_suffix": f"s{number}",
        "vpc_cidr": f"{network}.0.0/16",
        "vpc_subnets": {
            tier: [".".join([network, *cidr.split(".")[2:]]) for cidr in cidrs] for tier, cidrs in subnets.items()
        },
        "dns_zone_name": f"s{number}.acme.example",
    }

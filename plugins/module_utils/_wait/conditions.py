# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be waited for, as data: how to ask, which states are the end, which are a failure that no waiting mends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Condition:
    """How one kind of resource is watched.

    operation is called with {argument: names} and answers a list under result; state is the path of the state in each item. absent_errors are the error
    codes that mean it does not exist. timeout and interval are in seconds; each default is a few times what AWS usually takes.
    """

    service: str
    operation: str
    argument: str
    result: str
    identity: str
    state: str
    ready: frozenset[str]
    failed: frozenset[str]
    gone: frozenset[str] = frozenset({"deleted"})
    absent_errors: frozenset[str] = frozenset()
    one_by_one: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    timeout: int = 600
    interval: int = 5


CONDITIONS: Mapping[str, Condition] = {
    "nat_gateway": Condition(
        service="ec2",
        operation="describe_nat_gateways",
        argument="NatGatewayIds",
        result="NatGateways",
        identity="NatGatewayId",
        state="State",
        ready=frozenset({"available"}),
        failed=frozenset({"failed"}),
        absent_errors=frozenset({"NatGatewayNotFound"}),
        reason="FailureMessage",
    ),
}

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which failures of modules are AWS's eventual consistency and pass by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

NOT_SEEN_YET = re.compile(
    r"\bInvalid\w+\.NotFound\b"  # EC2 of an id
    r"|\bInvalid\w+\.(AlreadyExists|Duplicate|Conflict)\b"  # and when what the last turn has made is made once more
    r"|\bVPC with Id \S+ not found\b|\bFailed to describe newly created subnet\b"  # modules that make an error of it
    r"|\bNoSuchBucket\b|\(404\)"  # S3; a HEAD has no body to say more
    r"|\bNoSuchEntity\b"  # IAM of a role or an instance profile
    r"|\bwas not created\b|\bdo(es)? not exist\b"  # cloudwatchlogs_log_group, ec2_vpc_nacl of subnets
)


def too_early(result: Mapping[str, Any]) -> bool:
    """Whether a module has failed because AWS did not show it what it, or a task before it, had just made.

    AWS may answer a read from before the last writes, even after a read that has shown them
    (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html). Modules of amazon.aws wait for the
    first good read only; on a worse one afterwards they fail, or crash over the answer that has nothing in it. What has
    crashed in a module comes without a message.
    """
    if not result.get("failed"):
        return False
    return "msg" not in result or NOT_SEEN_YET.search(str(result["msg"])) is not None


class TestModule:
    """cutover.aws.too_early"""

    __test__ = False  # not pytest's

    def tests(self) -> dict[str, Callable[..., bool]]:
        """The tests of this file."""
        return {"too_early": too_early}

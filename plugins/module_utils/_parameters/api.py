# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading Parameter Store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._errors import CutoverError

if TYPE_CHECKING:
    from botocore.client import BaseClient

NAMES_OF_ONE_CALL = 10
"""GetParameters takes no more; https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html"""
SECRET_TYPE = "SecureString"


class ParameterUnusable(CutoverError):
    """A parameter does not exist, or is a secret."""


def plain_values(client: BaseClient, names: Sequence[str]) -> dict[str, str]:
    """Values by name. A secret is refused, because what a module returns is printed; raises ParameterUnusable."""
    found = {}
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        answer = client.get_parameters(Names=list(names[start : start + NAMES_OF_ONE_CALL]))
        found.update({item["Name"]: item for item in answer["Parameters"]})
    missing = [name for name in names if name not in found]
    if missing:
        raise ParameterUnusable(
            f"there is no parameter {', '.join(missing)} in region {client.meta.region_name}; "
            "is the name right, and does this region have it?"
        )
    secret = [name for name in names if found[name]["Type"] == SECRET_TYPE]
    if secret:
        raise ParameterUnusable(
            f"{', '.join(secret)} is a secret ({SECRET_TYPE}); this module returns what it reads, so it reads none"
        )
    return {name: found[name]["Value"] for name in names}

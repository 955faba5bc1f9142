# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the task asks for, and what is refused of it before AWS is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._errors import CutoverError
from .plan import Rotation, Wanted

NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
DAYS = range(1, 1001)
RECOVERY_DAYS = range(7, 31)
"""CreateSecret, RotationRulesType and DeleteSecret of the API Reference."""

VALUES: Mapping[str, str] = {
    "engine": "engine",
    "host": "host",
    "port": "port",
    "username": "username",
    "dbname": "dbname",
    "identifier": "dbInstanceIdentifier",
}
"""Options by what the secret calls them; "JSON structure of Secrets Manager secrets" in the User Guide."""


def refuse_unfit(parameters: Mapping[str, Any]) -> None:
    """Raises CutoverError with every mistake."""
    wrong = []
    if not NAME.fullmatch(parameters["name"]):
        wrong.append(f"name is {parameters['name']}; AWS takes 1 to 512 letters, digits and /_+=.@-")
    days = parameters["rotation_days"]
    if days is not None and days not in DAYS:
        wrong.append(f"rotation_days is {days}; AWS takes {DAYS[0]} to {DAYS[-1]}")
    if parameters["recovery_days"] not in RECOVERY_DAYS:
        wrong.append(
            f"recovery_days is {parameters['recovery_days']}; AWS takes {RECOVERY_DAYS[0]} to {RECOVERY_DAYS[-1]}"
        )
    if wrong:
        raise CutoverError(f"{'; '.join(wrong)}. Nothing was changed.")


def wanted_of(parameters: Mapping[str, Any]) -> Wanted:
    """The secret that the task describes."""
    function_arn, days = parameters["rotation_function_arn"], parameters["rotation_days"]
    return Wanted(
        name=parameters["name"],
        description=parameters["description"],
        key_arn=parameters["key_arn"],
        values={VALUES[name]: parameters[name] for name in VALUES if parameters[name] is not None},
        tags=parameters["tags"],
        rotation=Rotation(function_arn, days) if function_arn else None,
    )

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A layer that stands on another is not made before it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import UNKNOWN
from ansible_collections.cutover.aws.plugins.module_utils._plan.inputs import NotBuiltYet, require_inputs


def alarm(name: str, **attributes: Any) -> dict[str, Any]:
    return {"type": "alarm", "name": name, "attributes": attributes}


def test_what_is_known_may_be_made() -> None:
    require_inputs("monitoring", {"alarm": [alarm("cpu", dimensions={"Group": "blue"}, actions=["arn"])], "topic": []})


def test_a_value_that_nobody_has_handed_on_is_named_wherever_it_stands() -> None:
    work = {"alarm": [alarm("cpu", threshold=1, dimensions={"Group": UNKNOWN}, actions=["arn", UNKNOWN])]}
    with pytest.raises(NotBuiltYet, match=r"alarm cpu \(dimensions\.Group, actions\[1\]\)\. Nothing"):
        require_inputs("monitoring", work)


def test_many_are_told_by_a_few() -> None:
    work = {"alarm": [alarm(f"a{n}", key_arn=UNKNOWN) for n in range(20)]}
    with pytest.raises(NotBuiltYet, match=r"a0 \(key_arn\).*a2 \(key_arn\) and 17 more"):
        require_inputs("monitoring", work)


def test_what_is_removed_needs_nothing() -> None:
    require_inputs("monitoring", {"alarm": [], "removed": [alarm("cpu", key_arn=UNKNOWN)]})

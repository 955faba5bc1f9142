# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a destroy says beforehand."""

from __future__ import annotations

from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._plan.removal import removal_text

STACK = {"project": "acme", "environment": "prod", "account_id": "123456789012", "region": "us-east-1"}


def resource(kind: str, **facts: Any) -> dict[str, Any]:
    return {"type": kind, "name": f"the {kind}", "id": kind, "arn": None, "facts": facts}


def test_what_an_earlier_destroy_has_kept_is_not_announced() -> None:
    kept = {"database": {"db_snapshot": [resource("db_snapshot", retained={"reason": "final snapshot"})]}}
    assert removal_text(kept, STACK) == "Nothing of acme-prod (account 123456789012, us-east-1) is there."
    both = {"database": {**kept["database"], "db_instance": [resource("db_instance", status="available")]}}
    text = removal_text(both, STACK)
    assert "the db_instance" in text
    assert "the db_snapshot" not in text
    assert text.endswith("1 resources.")

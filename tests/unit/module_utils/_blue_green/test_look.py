# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What RDS says of a version that it does not offer any more."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._blue_green import look
from ansible_collections.cutover.aws.plugins.module_utils._blue_green.asked import AVAILABLE, Asked


class Rds:
    """Shows a withdrawn version only to who asks for all of them."""

    def describe_db_engine_versions(self, **request: Any) -> dict[str, Any]:
        versions = [{"EngineVersion": "8.0.40", "ValidUpgradeTarget": [{"EngineVersion": "8.4.7"}]}]
        return {"DBEngineVersions": versions if request.get("IncludeAll") else []}


@pytest.mark.parametrize(("wanted", "target"), [("8.4", "8.4.7"), ("8.0", "8.0.40")])
def test_a_withdrawn_version_has_upgrades(wanted: str, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("parameter_group_family", "_parameters", "orderable"):
        monkeypatch.setattr(look, name, lambda *_arguments: {})
    monkeypatch.setattr(look.api, "deployments_of", lambda *_arguments: [])
    monkeypatch.setattr(look.api, "proxy_targets", lambda *_arguments: [])
    monkeypatch.setattr(look.api, "integrations_of", lambda *_arguments: [])
    source = {"Engine": "mysql", "EngineVersion": "8.0.40", "DBInstanceArn": "arn", "DBInstanceClass": "db.m7g.large"}
    facts = look._facts(Asked("up", "shop", AVAILABLE, {"engine_version": wanted}), Rds(), source)
    assert (facts.target, bool(facts.target_version)) == (target, target == "8.0.40")

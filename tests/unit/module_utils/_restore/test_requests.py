# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked of RDS, and what is left out of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._restore import api, requests
from ansible_collections.cutover.aws.plugins.module_utils._restore.route import Scope
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import FROM_TAG, Rule, admitted, copy_name
from tests.unit.module_utils._restore.wishes import FRIDAY, HERE, OWN, WANTED, wish

OWN_SCOPE = Scope("own", HERE)


def restored(**changes: Any) -> dict[str, Any]:
    return dict(requests.restore(wish(**changes), OWN_SCOPE, OWN, FRIDAY, FRIDAY.arn).request)


def test_what_is_off_is_off_without_its_key_and_role() -> None:
    """RDS forgets the key of insights that are off, and refuses a role without an interval."""
    kept = {"performance_insights_key_arn": WANTED, "performance_insights_retention": 7, "monitoring_role_arn": "role"}
    assert not set(kept) & set(wish(**kept, performance_insights=False, monitoring_interval=0).wanted)
    assert set(kept) <= set(wish(**kept, performance_insights=True, monitoring_interval=60).wanted)


def test_storage_is_asked_for_only_where_it_is_more_than_the_snapshot_has() -> None:
    assert restored(allocated_storage=150)["AllocatedStorage"] == 150
    assert "AllocatedStorage" not in restored(allocated_storage=100)


def test_another_account_s_snapshot_is_named_by_its_arn() -> None:
    foreign = replace(FRIDAY, arn=FRIDAY.arn.replace(OWN, "222222222222"))
    assert restored()["DBSnapshotIdentifier"] == "friday"
    request = requests.restore(wish(), OWN_SCOPE, OWN, foreign, foreign.arn).request
    assert request["DBSnapshotIdentifier"] == foreign.arn


def test_a_cluster_gets_the_snapshot_s_version_unless_a_newer_one_is_wanted() -> None:
    aurora = replace(FRIDAY, engine="aurora-postgresql", version="17.4")
    for wanted, version in ((None, "17.4"), ("17", "17.4"), ("17.5", "17.5")):
        asked = wish(type="cluster", engine_version=wanted)
        assert requests.restore(asked, OWN_SCOPE, OWN, aurora, aurora.arn).request["EngineVersion"] == version


def test_what_an_older_botocore_does_not_know_is_left_for_the_change_afterwards() -> None:
    sent: list[dict[str, Any]] = []
    write = requests.restore(wish(), OWN_SCOPE, OWN, FRIDAY, FRIDAY.arn)
    members = set(write.request) - {"BackupRetentionPeriod"}
    model = SimpleNamespace(operation_model=lambda _name: SimpleNamespace(input_shape=SimpleNamespace(members=members)))
    meta = SimpleNamespace(service_model=model, method_to_api_mapping={write.operation: "Restore"})
    client = SimpleNamespace(meta=meta, **{write.operation: lambda **request: sent.append(request)})
    assert api.carry_out(client, write, lambda _arn: "") is None
    assert [set(request) for request in sent] == [members]


def test_copies_of_a_restore_are_nobody_s_snapshots_and_tags_alone_do_not_make_one() -> None:
    tagged = replace(FRIDAY, tags={FROM_TAG: "origin"})
    copied = replace(tagged, name=copy_name("one", "origin"))
    assert FRIDAY.created
    assert admitted([tagged, copied], Rule(), FRIDAY.created) == [tagged]

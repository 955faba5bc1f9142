# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Aliases of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.cutover.aws.plugins.modules import kms_alias
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]


def new_key(cloud: LocalCloud) -> str:
    return str(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])


def target(cloud: LocalCloud, name: str) -> str | None:
    aliases = cloud.client("kms").list_aliases()["Aliases"]
    return next((one["TargetKeyId"] for one in aliases if one["AliasName"] == name), None)


def test_an_alias_is_made_moved_and_freed(cloud: LocalCloud, run: Run) -> None:
    one, other = new_key(cloud), new_key(cloud)
    for key, changed in ((one, True), (one, False), (other, True)):
        result = run(kms_alias.main, name="acme-prod", key_id=key)
        assert (result["changed"], result["key_arn"]) == (changed, key)
        assert key.endswith(str(target(cloud, "alias/acme-prod")))
    assert run(kms_alias.main, name="alias/acme-prod", state="absent")["changed"]
    assert target(cloud, "alias/acme-prod") is None
    assert not run(kms_alias.main, name="acme-prod", state="absent")["changed"]


def test_the_alias_of_a_key_that_waits_for_its_deletion_can_be_freed(cloud: LocalCloud, run: Run) -> None:
    key = new_key(cloud)
    run(kms_alias.main, name="doomed", key_id=key)
    cloud.client("kms").schedule_key_deletion(KeyId=key)
    assert run(kms_alias.main, name="doomed", state="absent")["changed"]
    assert target(cloud, "alias/doomed") is None


def test_check_mode_moves_nothing(cloud: LocalCloud, run: Run) -> None:
    one, other = new_key(cloud), new_key(cloud)
    run(kms_alias.main, name="checked", key_id=one)
    said = run(kms_alias.main, check=True, name="checked", key_id=other)
    assert said["changed"] and said["diff"] == {"before": {"alias/checked": one}, "after": {"alias/checked": other}}
    assert run(kms_alias.main, check=True, name="checked", state="absent")["changed"]
    assert one.endswith(str(target(cloud, "alias/checked")))

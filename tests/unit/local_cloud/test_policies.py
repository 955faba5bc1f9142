# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS's own policies are as moto has them."""

from __future__ import annotations

from typing import Any

import pytest
from moto.iam import aws_managed_policies, models

from local_cloud import policies


@pytest.fixture
def backend() -> Any:
    return models.IAMBackend("aws-cn", "333333333333")


def test_they_are_as_moto_makes_them(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks(policy: Any) -> tuple[Any, ...]:
        (version,) = policy.versions
        return (policy.arn, policy.create_date, policy.update_date, version.version_id, version.document)

    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    data = models.json.loads(aws_managed_policies.aws_managed_policies_data)
    made = [models.AWSManagedPolicy.from_data(name, "333333333333", "aws-cn", one) for name, one in data.items()]
    assert [looks(one) for one in policies._policies(backend)] == [looks(one) for one in made]


def test_there_are_none_where_nobody_wants_them(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    assert policies._policies(backend) == []

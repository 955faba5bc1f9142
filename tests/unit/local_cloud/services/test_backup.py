# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]


def tags(clients: Clients, end: str) -> dict[str, str]:
    """Those that a client finds whose paths have this end; botocore's have a slash."""
    backup = clients("backup")
    backup.create_backup_vault(BackupVaultName="one", BackupVaultTags={"Team": "web"})
    arn = backup.describe_backup_vault(BackupVaultName="one")["BackupVaultArn"]

    def change_end(request: Any, **_: Any) -> None:
        request.url = request.url.rstrip("/") + end

    backup.meta.events.register("before-sign.backup.ListTags", change_end)
    found: dict[str, str] = backup.list_tags(ResourceArn=arn)["Tags"]
    return found


@pytest.mark.parametrize("end", ["/", ""], ids=["as botocore asks", "as the SDK for Go asks"])
def test_tags_are_found(aws: Clients, end: str) -> None:
    assert tags(aws, end) == {"Team": "web"}


def test_canary_moto_wants_the_slash(bare: Clients) -> None:
    assert tags(bare, "") == {}

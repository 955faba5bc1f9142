# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clients of both accounts, what they have been asked, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

from .._shift.api import counted
from . import api
from .asked import Asked
from .route import OWN, SOURCE, Scope


class ClientFactory(Protocol):
    """Makes a boto3 client; the module's own, so that endpoint and retry mode are the task's. keywords go to it."""

    def __call__(self, service: str, region: str, **keywords: Any) -> Any: ...


class Scene:
    """Both accounts. The source's is entered by its role, and is ours where there is none."""

    def __init__(self, asked: Asked, factory: ClientFactory) -> None:
        self.asked = asked
        self._factory = factory
        self._clients: dict[tuple[str, Scope], Any] = {}
        self._calls: list[Counter[str]] = []

    @property
    def own(self) -> Scope:
        """Our account, where the database is to be."""
        return Scope(OWN, self.asked.region)

    @property
    def source(self) -> Scope:
        """Where the source is."""
        return Scope(SOURCE if self.asked.source.role else OWN, self.asked.source.region)

    def client(self, service: str, scope: Scope) -> Any:
        """The same for the whole run."""
        key = (service, scope)
        if key not in self._clients:
            keywords = self._credentials if scope.account == SOURCE else {}
            self._clients[key] = self._made(service, scope.region, keywords)
        return self._clients[key]

    def rds(self, scope: Scope) -> Any:
        """RDS of an account and region."""
        return self.client("rds", scope)

    @cached_property
    def account(self) -> str:
        """Ours."""
        return self._caller[0]

    @cached_property
    def source_account(self) -> str:
        """Whose the source is, if it is named by a name."""
        if not self.asked.source.role:
            return self.account
        return api.account_of(self.client("sts", self.source))[0]

    def arn(self, resource: str, name: str) -> str:
        """Of something at the source."""
        return f"arn:{self._caller[1]}:rds:{self.asked.source.region}:{self.source_account}:{resource}:{name}"

    @property
    def calls(self) -> dict[str, int]:
        """How often each operation has been called."""
        return dict(sorted(sum(self._calls, Counter()).items()))

    @cached_property
    def _caller(self) -> tuple[str, str]:
        return api.account_of(self.client("sts", self.own))

    @cached_property
    def _credentials(self) -> Mapping[str, Any]:
        session = f"cutover-restore-{self.asked.id}"
        found = api.assumed(self.client("sts", self.own), str(self.asked.source.role), session)
        return {**found, "profile_name": None}

    def _made(self, service: str, region: str, keywords: Mapping[str, Any]) -> Any:
        client = self._factory(service, region, **keywords)
        self._calls.append(counted(client))
        return client

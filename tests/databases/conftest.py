# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two real servers of each engine, and sql_compare between them. `make databases` runs these tests.

Where a server is not installed its tests are skipped, but never in CI.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.cutover.aws.plugins.modules import sql_compare
from local_cloud import guard
from local_cloud.testing import LocalCloud
from tests.databases.certificates import Authority
from tests.databases.servers import DATABASE, HOST, PASSWORD, USER, Server, program, server

PROGRAMS = {"mariadb": ("mariadbd", "mariadb-install-db"), "postgres": ("postgres", "initdb")}

Result = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """A source and a target, filled alike, and the module between them."""

    source: Server
    target: Server
    compare: Callable[..., Result]

    def fill(self, *statements: str) -> None:
        """Both anew, with the same statements."""
        for side in (self.source, self.target):
            side.begin_anew(*statements)

    def fails(self, damage: str, told: str) -> None:
        """The target is damaged, and the verdict says where."""
        self.target.run(*damage.split("; "))
        result = self.compare(self.source, self.target)
        assert result["verdict"] == "fail", result
        assert told in result["reason"]


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("authority") / "ca.pem", "authority of tests")


@pytest.fixture(scope="session")
def secret(cloud: LocalCloud) -> str:
    """As RDS writes it."""
    text = json.dumps({"username": USER, "password": PASSWORD})
    return str(cloud.client("secretsmanager").create_secret(Name="rds!db-test", SecretString=text)["ARN"])


@pytest.fixture(scope="session")
def mariadb(authority: Authority) -> Iterator[tuple[Server, Server]]:
    yield from _two("mariadb", authority)


@pytest.fixture(scope="session")
def postgres(authority: Authority) -> Iterator[tuple[Server, Server]]:
    yield from _two("postgres", authority)


def _two(engine: str, authority: Authority) -> Iterator[tuple[Server, Server]]:
    if missing := [name for name in PROGRAMS[engine] if not program(name)]:
        told = f"{', '.join(missing)} not installed; make databases installs it where it may"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    with server(engine, authority) as source, server(engine, authority) as target:
        yield source, target


@pytest.fixture
def mariadb_pair(mariadb: tuple[Server, Server], compare: Callable[..., Result]) -> Pair:
    return Pair(*mariadb, compare)


@pytest.fixture
def postgres_pair(postgres: tuple[Server, Server], compare: Callable[..., Result]) -> Pair:
    return Pair(*postgres, compare)


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Pair:
    """Of the engine that the test is parametrized with."""
    made: Pair = request.getfixturevalue(f"{request.param}_pair")
    return made


@pytest.fixture
def place(authority: Authority, secret: str) -> Callable[..., dict[str, Any]]:
    """place(server, ca_file=...) is what the module takes for a side."""

    def of(side: Server, **other: Any) -> dict[str, Any]:
        where = {"host": HOST, "port": side.port, "database": DATABASE}
        return {**where, "secret_arn": secret, "ca_file": str(authority.path), **other}

    return of


@pytest.fixture
def compare(
    cloud: LocalCloud, place: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """compare(source, target, ...): the module's result; failed is among it. The password is never in it."""

    def call(source: Server, target: Server | None, /, *, check: bool = False, **parameters: Any) -> Result:
        asked: dict[str, Any] = {
            "region": guard.REGION,
            "endpoint_url": cloud.endpoint,
            "access_key": guard.ACCESS_KEY,
            "secret_key": guard.SECRET_KEY,
            "engine": source.engine,
            "source": place(source),
            "target": target and place(target),
            **parameters,
        }
        capsys.readouterr()
        with patch_module_args({**asked, "_ansible_check_mode": check}), pytest.raises(SystemExit):
            sql_compare.main()
        said = capsys.readouterr()
        for form in (PASSWORD, json.dumps(PASSWORD)[1:-1]):
            assert form not in said.out + said.err
        result: Result = json.loads(said.out)
        return result

    return call


@pytest.fixture
def progress(tmp_path: Path) -> Path:
    return tmp_path / "progress.json"

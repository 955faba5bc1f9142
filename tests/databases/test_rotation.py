# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rotation function changes passwords of real servers, over TLS, and none of them shows one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rotation.errors import Refused, RotationError
from ansible_collections.cutover.aws.plugins.module_utils._rotation.handler import connect
from ansible_collections.cutover.aws.plugins.module_utils._rotation.secret import CURRENT, PENDING, PREVIOUS, login_of
from ansible_collections.cutover.aws.plugins.module_utils._rotation.shapes import CA_FILE, Login
from ansible_collections.cutover.aws.plugins.module_utils._rotation.steps import STEPS
from ansible_collections.cutover.aws.plugins.plugin_utils.rotation import package
from tests.databases.certificates import Authority
from tests.databases.servers import HOST, Server
from tests.rotations import ARN, SecretsManager, rotate, step

USER = "dbadmin"
OLD = "The-old_passw0rd.of~32-characters"
NAMES = list(STEPS)


@pytest.fixture(params=["mariadb", "postgres"])
def server(request: pytest.FixtureRequest) -> Server:
    made: Server = request.getfixturevalue(request.param)[0]
    if made.engine == "postgres":
        made.run(f"DROP ROLE IF EXISTS {USER}", f"CREATE ROLE {USER} LOGIN PASSWORD '{OLD}'", database=None)
    else:
        made.run(f"DROP USER IF EXISTS {USER}@'%'", f"CREATE USER {USER}@'%' IDENTIFIED BY '{OLD}'", database=None)
    return made


@pytest.fixture
def client(server: Server, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> SecretsManager:
    monkeypatch.setenv(CA_FILE, str(authority.path))
    made = SecretsManager(engine=server.engine, host=HOST, port=server.port, username=USER, password=OLD)
    made.begin()
    return made


def login(client: SecretsManager, stage: str) -> Login:
    values = client.staged(stage)
    assert values is not None
    return login_of(ARN, values)


def opens(wanted: Login) -> bool:
    try:
        with closing(connect(wanted)) as session:
            session.ping()
    except Refused:
        return False
    return True


def test_the_new_password_works_and_the_old_one_no_longer(client: SecretsManager) -> None:
    old = login(client, CURRENT)
    assert opens(old)
    rotate(client, connect)
    new = login(client, CURRENT)
    assert new.password != OLD
    assert (opens(new), opens(old)) == (True, False)
    assert login(client, PREVIOUS) == old


def test_one_rotation_after_another(client: SecretsManager) -> None:
    rotate(client, connect)
    first = login(client, CURRENT)
    client.begin("the-second")
    rotate(client, connect, "the-second")
    assert (opens(login(client, CURRENT)), opens(first)) == (True, False)


@pytest.mark.parametrize("made", range(1, len(NAMES) + 1), ids=lambda made: f"after-{NAMES[made - 1]}")
def test_an_end_between_two_steps(client: SecretsManager, made: int) -> None:
    """Until the last step clients have the old secret; once the next try is over there is one password again."""
    for name in NAMES[:made]:
        step(client, name, connect)
    assert login(client, CURRENT).password == OLD or made == len(NAMES)
    rotate(client, connect)
    new = login(client, CURRENT)
    assert new.password != OLD
    assert (opens(new), opens(replace(new, password=OLD))) == (True, False)


def test_the_test_uses_the_pending_password(client: SecretsManager) -> None:
    step(client, "createSecret", connect)
    assert opens(login(client, CURRENT)), "the current one would have passed"
    with pytest.raises(RotationError, match="does not take the password of version"):
        step(client, "testSecret", connect)
    step(client, "setSecret", connect)
    assert not opens(login(client, CURRENT))
    step(client, "testSecret", connect)


def test_a_database_that_has_been_brought_back(client: SecretsManager, server: Server) -> None:
    rotate(client, connect)
    if server.engine == "postgres":
        server.run(f"ALTER ROLE {USER} PASSWORD '{OLD}'", database=None)
    else:
        server.run(f"SET PASSWORD FOR {USER}@'%' = PASSWORD('{OLD}')", database=None)
    client.begin("the-second")
    rotate(client, connect, "the-second")
    assert opens(login(client, CURRENT))


def test_a_password_set_by_hand(client: SecretsManager) -> None:
    rotate(client, connect)
    client.begin("the-second")
    for version in client.versions.values():
        version.text = json.dumps({**json.loads(version.text or json.dumps(client.staged(CURRENT))), "password": "x"})
    with pytest.raises(RotationError, match="takes neither the pending nor the current nor the previous"):
        step(client, "setSecret", connect, "the-second")


class TestTls:
    def test_an_authority_that_is_not_trusted(
        self, client: SecretsManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(CA_FILE, str(Authority.made(tmp_path / "ca.pem", "another authority").path))
        with pytest.raises(RotationError, match="certificate verify failed"):
            connect(login(client, CURRENT))

    def test_a_certificate_of_another_host(self, client: SecretsManager) -> None:
        with pytest.raises(RotationError, match=r"IP address mismatch|not valid for '127.0.0.1'"):
            connect(replace(login(client, CURRENT), host="127.0.0.1"))

    def test_nothing_listens(self, client: SecretsManager) -> None:
        with pytest.raises(RotationError, match="cannot be connected to"):
            connect(replace(login(client, CURRENT), port=1))


@pytest.fixture
def logged(server: Server) -> Iterator[Path]:
    """The server writes down every statement, as it is."""
    path = server.directory / "log.txt"
    if server.engine == "postgres":
        server.run("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()", database=None)
        yield path
        server.run("ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()", database=None)
    else:
        path = server.directory / "data" / "statements.log"
        server.run(f"SET GLOBAL general_log_file = '{path}'", "SET GLOBAL general_log = 1", database=None)
        yield path
        server.run("SET GLOBAL general_log = 0", database=None)


def test_no_log_has_a_password(
    client: SecretsManager, logged: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    rotate(client, connect)
    said = logged.read_text(encoding="utf-8", errors="replace")
    assert "ALTER ROLE" in said or "SET PASSWORD" in said
    output = capsys.readouterr()
    for stage in (CURRENT, PREVIOUS):
        assert login(client, stage).password not in said + caplog.text + output.out + output.err


def test_what_is_packed_talks_to_the_server(client: SecretsManager, server: Server, tmp_path: Path) -> None:
    """A Python that sees nothing but its own library and the zip."""
    archive = tmp_path / "rotation.zip"
    archive.write_bytes(package(server.engine))
    code = f"""
import json, sys
sys.path.insert(0, {str(archive)!r})
from rotation.handler import connect
from rotation.secret import login_of
session = connect(login_of("the secret", json.load(sys.stdin)))
session.ping()
session.change_password({USER!r}, "Another-passw0rd.of~32-characters")
session.close()
"""
    values = client.staged(CURRENT)
    assert values is not None
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], input=json.dumps(values), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not opens(login(client, CURRENT))
    assert opens(replace(login(client, CURRENT), password="Another-passw0rd.of~32-characters"))
    assert client.staged(PENDING) is None

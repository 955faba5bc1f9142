# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The four steps, their retries, and an end at every call."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rotation.errors import Refused, RotationError
from ansible_collections.cutover.aws.plugins.module_utils._rotation.secret import CURRENT, PENDING, PREVIOUS
from ansible_collections.cutover.aws.plugins.module_utils._rotation.shapes import Login
from ansible_collections.cutover.aws.plugins.module_utils._rotation.steps import STEPS
from tests.rotations import ARN, FIRST, TOKEN, Exists, NotThere, SecretsManager, Version, rotate, step

OLD = "old-password"
VALUES = {
    "engine": "postgres",
    "host": "db.example.com",
    "port": 5433,
    "username": "dbadmin",
    "password": OLD,
    "dbname": "shop",
    "dbInstanceIdentifier": "shop-database",
}


class Server:
    """A database with one user, and who has tried to log in."""

    def __init__(self, password: str = OLD) -> None:
        self.password = password
        self.tried: list[str] = []
        self.pings = 0

    def connect(self, login: Login) -> Server:
        self.tried.append(login.password)
        if login.password != self.password:
            raise Refused
        return self

    def change_password(self, username: str, password: str) -> None:
        assert username == "dbadmin"
        self.password = password

    def ping(self) -> None:
        self.pings += 1

    def close(self) -> None:
        pass


@pytest.fixture
def client() -> SecretsManager:
    made = SecretsManager(**VALUES)
    made.begin()
    return made


@pytest.fixture
def server() -> Server:
    return Server()


def made(client: SecretsManager, server: Server, *names: str) -> None:
    for name in names:
        step(client, name, server.connect)


class TestCreate:
    def test_only_the_password_is_another(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret")
        pending = client.staged(PENDING)
        assert pending is not None
        assert {**pending, "password": OLD} == VALUES
        assert len(pending["password"]) == 32
        assert not set("/@\"' \\:%$&?#;`") & set(pending["password"])

    def test_a_second_call_keeps_the_first_password(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret")
        before = client.staged(PENDING)
        made(client, server, "createSecret")
        assert client.staged(PENDING) == before

    def test_current_and_database_are_left_alone(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret")
        assert client.staged(CURRENT) == VALUES
        assert (server.password, server.tried) == (OLD, [])


class TestSet:
    def test_the_current_login_sets_the_pending_password(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret", "setSecret")
        pending = client.staged(PENDING)
        assert pending and server.password == pending["password"] != OLD
        assert server.tried == [pending["password"], OLD]
        assert client.staged(CURRENT) == VALUES

    def test_a_second_call_finds_it_done(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret", "setSecret")
        server.tried.clear()
        assert "already" in step(client, "setSecret", server.connect)
        assert server.tried == [server.password]

    def test_a_database_brought_back_from_a_snapshot_has_the_previous_password(
        self, client: SecretsManager, server: Server
    ) -> None:
        rotate(client, server.connect)
        server.password = OLD
        client.begin("another")
        rotate(client, server.connect, "another")
        current = client.staged(CURRENT)
        assert current and server.password == current["password"] != OLD

    def test_no_password_is_taken(self, client: SecretsManager, server: Server) -> None:
        server.password = "set-by-hand"
        made(client, server, "createSecret")
        with pytest.raises(RotationError, match="neither the pending nor the current nor the previous") as raised:
            made(client, server, "setSecret")
        assert_silent(str(raised.value), client)
        assert server.password == "set-by-hand"

    def test_a_previous_version_that_is_no_login_is_not_tried(self, client: SecretsManager, server: Server) -> None:
        """The secret was made before its database, and its first change said where that is."""
        without = {name: value for name, value in VALUES.items() if name != "host"}
        client.versions["earlier"] = Version(json.dumps(without), {PREVIOUS})
        server.password = "set-by-hand"
        made(client, server, "createSecret")
        with pytest.raises(RotationError, match="neither the pending nor the current nor the previous"):
            made(client, server, "setSecret")

    def test_the_previous_password_is_not_sent_to_another_host(self, client: SecretsManager, server: Server) -> None:
        """Whoever may only write the secret is not sent the password that it had."""
        client.versions["earlier"] = Version(json.dumps({**VALUES, "password": "earlier"}), {PREVIOUS})
        client.versions[FIRST].text = json.dumps({**VALUES, "host": "elsewhere.example.com"})
        server.password = "earlier"
        made(client, server, "createSecret")
        with pytest.raises(RotationError, match=r"is now about db\.example\.com"):
            made(client, server, "setSecret")
        assert "earlier" not in server.tried

    def test_another_host_than_the_current_one_is_never_logged_in_to(
        self, client: SecretsManager, server: Server
    ) -> None:
        """Whoever may only write the secret is not sent the password of the database."""
        text = json.dumps({**VALUES, "host": "elsewhere.example.com", "password": "new"})
        client.versions[TOKEN].text = text
        with pytest.raises(RotationError, match=r"about db\.example\.com:5433 as dbadmin, its pending .* about else"):
            made(client, server, "setSecret")
        assert server.tried == ["new"]

    def test_an_unreachable_server_is_no_wrong_password(self, client: SecretsManager, server: Server) -> None:
        def unreachable(login: Login) -> Server:
            raise RotationError(f"{login.place} cannot be connected to: timed out")

        made(client, server, "createSecret")
        with pytest.raises(RotationError, match="timed out"):
            step(client, "setSecret", unreachable)


class TestTest:
    def test_it_logs_in_with_the_pending_password_alone(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret", "setSecret")
        server.tried.clear()
        made(client, server, "testSecret")
        pending = client.staged(PENDING)
        assert pending and server.tried == [pending["password"]]
        assert server.pings == 1

    def test_a_password_that_was_not_set_fails(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret")
        with pytest.raises(RotationError, match="does not take the password of version"):
            made(client, server, "testSecret")


class TestFinish:
    def test_pending_becomes_current_and_current_previous(self, client: SecretsManager, server: Server) -> None:
        rotate(client, server.connect)
        assert client.staged(PREVIOUS) == VALUES
        current = client.staged(CURRENT)
        assert current and current["password"] == server.password
        assert CURRENT in client.versions[TOKEN].stages

    @pytest.mark.parametrize("name", STEPS)
    def test_whatever_is_called_afterwards_changes_nothing(
        self, client: SecretsManager, server: Server, name: str
    ) -> None:
        rotate(client, server.connect)
        before = {key: (version.text, set(version.stages)) for key, version in client.versions.items()}
        server.tried.clear()
        assert "already current" in step(client, name, server.connect)
        assert before == {key: (version.text, set(version.stages)) for key, version in client.versions.items()}
        assert server.tried == []

    def test_an_empty_version_never_becomes_current(self, client: SecretsManager, server: Server) -> None:
        with pytest.raises(RotationError, match="is empty"):
            made(client, server, "finishSecret")
        assert client.staged(CURRENT) == VALUES


class TestRefused:
    def test_rotation_is_off(self, client: SecretsManager, server: Server) -> None:
        client.enabled = False
        with pytest.raises(RotationError, match="not enabled"):
            made(client, server, "createSecret")

    def test_a_version_that_nobody_knows(self, client: SecretsManager, server: Server) -> None:
        with pytest.raises(RotationError, match="has no version stranger"):
            step(client, "createSecret", server.connect, "stranger")

    def test_a_version_that_is_no_longer_pending(self, client: SecretsManager, server: Server) -> None:
        client.versions["late"] = client.versions.pop(TOKEN)
        client.versions["late"].stages = {PREVIOUS}
        with pytest.raises(RotationError, match="another rotation has taken over"):
            step(client, "setSecret", server.connect, "late")

    def test_a_step_that_there_is_not(self, client: SecretsManager, server: Server) -> None:
        with pytest.raises(RotationError, match="there is no step dropSecret"):
            made(client, server, "dropSecret")

    @pytest.mark.parametrize("name", ["engine", "host", "username", "password"])
    def test_a_secret_that_lacks_something(self, client: SecretsManager, server: Server, name: str) -> None:
        client.versions[FIRST].text = json.dumps({key: value for key, value in VALUES.items() if key != name})
        with pytest.raises(RotationError, match=f"lacks {name}"):
            made(client, server, "createSecret")
        assert client.staged(PENDING) is None

    def test_an_engine_that_it_does_not_know(self, client: SecretsManager, server: Server) -> None:
        client.versions[FIRST].text = json.dumps({**VALUES, "engine": "oracle"})
        with pytest.raises(RotationError, match="has the engine oracle"):
            made(client, server, "createSecret")

    @pytest.mark.parametrize("text", ['["old-password"]', "old-password"])
    def test_a_text_that_is_no_object_is_not_shown(self, client: SecretsManager, server: Server, text: str) -> None:
        client.versions[FIRST].text = text
        with pytest.raises(RotationError, match="holds no JSON object") as raised:
            made(client, server, "createSecret")
        assert OLD not in str(raised.value)


class TestLogins:
    def test_the_port_is_the_engines_where_the_secret_has_none(self, client: SecretsManager) -> None:
        client.versions[FIRST].text = json.dumps({key: value for key, value in VALUES.items() if key != "port"})
        seen: list[Login] = []

        def connect(login: Login) -> Server:
            seen.append(login)
            return Server()

        step(client, "createSecret", connect)
        step(client, "testSecret", connect)
        assert (seen[0].port, seen[0].dbname) == (5432, "shop")

    def test_a_login_never_shows_its_password(self) -> None:
        assert OLD not in repr(Login("mysql", "h", 1, "u", None, OLD))


class Ended(Exception):
    """The function has been killed, or its answer has been lost."""


class Interrupted:
    """Calls of a client and of a server, of which one does not return: it is not made, or made and not answered."""

    def __init__(self, at: int, *, made: bool) -> None:
        self.calls = count()
        self.at = at
        self.made = made

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def calling(*positional: Any, **named: Any) -> Any:
            if next(self.calls) != self.at:
                return call(*positional, **named)
            if self.made:
                with suppress(NotThere, Refused):
                    call(*positional, **named)
            raise Ended

        return calling

    def client(self, real: SecretsManager) -> Any:
        return _Around(real, self)

    def connect(self, real: Server) -> Any:
        def session(login: Login) -> Any:
            return _Around(real.connect(login), self)

        return self.around(session)


class _Around:
    def __init__(self, real: Any, interrupted: Interrupted) -> None:
        self._real, self._interrupted = real, interrupted

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return found if name == "exceptions" else self._interrupted.around(found)


class TestEnds:
    @pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
    def test_wherever_it_ends_the_next_try_ends_well(self, *, done: bool) -> None:
        """At each call in turn, until one run has no more calls to be ended at."""
        for at in count():
            client, server = SecretsManager(**VALUES), Server()
            client.begin()
            interrupted = Interrupted(at, made=done)
            try:
                rotate(interrupted.client(client), interrupted.connect(server))
            except Ended:
                whole = False
            else:
                whole = True
            rotate(client, server.connect)
            current = client.staged(CURRENT)
            assert current and current["password"] == server.password != OLD, at
            assert {**current, "password": OLD} == VALUES, at
            assert client.staged(PREVIOUS) == VALUES, at
            if whole:
                break
        assert at > 20

    def test_two_passwords_are_never_written_for_one_version(self, client: SecretsManager, server: Server) -> None:
        made(client, server, "createSecret")
        with pytest.raises(Exists):
            client.put_secret_value(ARN, TOKEN, "{}", [PENDING])


def assert_silent(text: str, client: SecretsManager) -> None:
    for stage in (CURRENT, PENDING):
        values = client.staged(stage)
        assert values is None or values["password"] not in text

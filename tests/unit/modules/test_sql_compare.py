# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""sql_compare before it asks a database: what it refuses, and that a secret stays one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import certifi
import pytest

from ansible_collections.cutover.aws.plugins.module_utils import _extras
from ansible_collections.cutover.aws.plugins.module_utils._compare import drivers
from ansible_collections.cutover.aws.plugins.modules import sql_compare
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
Arguments = dict[str, Any]

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf"
PLACE = {"host": "db.invalid", "database": "shop", "secret_arn": SECRET, "ca_file": certifi.where()}
FIT: Arguments = {"engine": "mysql", "source": PLACE, "target": {**PLACE, "host": "other.invalid"}}


@pytest.fixture
def secret(cloud: LocalCloud) -> Callable[..., str]:
    """secret(SecretString=...): its ARN."""
    client = cloud.client("secretsmanager")
    return lambda **content: str(client.create_secret(Name=str(uuid.uuid4()), **content)["ARN"])


REFUSED = {
    "no ARN": ({"source": {**PLACE, "secret_arn": "shop"}}, "source.secret_arn: shop is no ARN of a secret"),
    "an ARN of something else": (
        {"target": {**PLACE, "secret_arn": "arn:aws:rds:us-east-1:123456789012:db:shop"}},
        "target.secret_arn: arn:aws:rds:us-east-1:123456789012:db:shop is no ARN of a secret",
    ),
    "port": ({"source": {**PLACE, "port": 70000}}, "source.port: there is no port 70000."),
    "no file of authorities": (
        {"source": {**PLACE, "ca_file": "/nowhere.pem"}},
        "source.ca_file: there is no /nowhere.pem. RDS's are at https://truststore.pki.rds.amazonaws.com/",
    ),
    "a file without authorities": (
        {"source": {**PLACE, "ca_file": __file__}},
        f"source.ca_file: {__file__} holds no certificates of authorities",
    ),
    "the same database": ({"target": PLACE}, "target: it is the source itself."),
    "chunk_seconds": ({"chunk_seconds": 0}, "chunk_seconds: 0.0 is too little; give 0.01 or more."),
    "max_running": ({"max_running": 0}, "max_running: 0 is too little; give 1 or more."),
    "max_keys": ({"max_keys": 0}, "max_keys: 0 is too little; give 1 or more."),
    "timeout": ({"timeout": -1}, "timeout: -1.0 is too little; give 1 or more."),
    "max_rows_without_key": ({"max_rows_without_key": -1}, "max_rows_without_key: -1 is less than nothing"),
    "progress_file": ({"progress_file": "/nowhere/x.json"}, "progress_file: there is no directory /nowhere."),
    "a position of the other engine": (
        {"since": {"snapshot": "1:1:", "written": {}}},
        "since: it is no position of this engine.",
    ),
    "a position without its place": (
        {"since": {"file": "log.1", "server": 1, "position": "x"}},
        "since: it is no position of this engine.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_anything_is_asked(cloud: LocalCloud, run: Run, case: str) -> None:
    given, told = REFUSED[case]
    mark = cloud.control.mark()
    result = run(sql_compare.main, **{**FIT, **given})
    assert result["failed"]
    assert result["msg"].startswith("Nothing was compared:\n")
    assert told in result["msg"]
    assert cloud.control.calls(since=mark) == []


def test_all_mistakes_are_told_at_once(run: Run) -> None:
    given = {"source": {**PLACE, "port": 0, "secret_arn": "x"}, "timeout": 0, "max_keys": 0}
    assert len(run(sql_compare.main, **{**FIT, **given})["msg"].splitlines()) == 5


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        ("mysql", "pymysql"),
        ("mariadb", "pip install 'PyMySQL>=1.2'"),
        ("postgres", "pip install 'psycopg[binary]>=3.2'"),
    ],
)
def test_a_missing_driver_is_told_before_a_secret_is_read(
    cloud: LocalCloud, run: Run, monkeypatch: pytest.MonkeyPatch, engine: str, told: str
) -> None:
    monkeypatch.setattr(_extras, "find_spec", lambda _name: None)
    mark = cloud.control.mark()
    result = run(sql_compare.main, **{**FIT, "engine": engine})
    assert result["failed"]
    assert told in result["msg"]
    assert "which talks to the database; install it: pip install" in result["msg"]
    assert cloud.control.calls(since=mark) == []


def test_a_driver_that_is_too_old_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pymysql.__version__", "1.1.2")
    told = run(sql_compare.main, **FIT)["msg"]
    assert told == (
        "pymysql 1.1.2 is too old: older ones go on without TLS where the server offers none; "
        "install 1.2 or later: pip install 'PyMySQL>=1.2'"
    )


@pytest.mark.parametrize("driver", [drivers.MYSQL, drivers.POSTGRES], ids=lambda driver: driver.library)
def test_the_drivers_that_are_tested_will_do(driver: drivers.Driver) -> None:
    assert drivers.driver(driver).__name__ == driver.library


NO_LOGINS = {
    "no JSON": {"SecretString": "hunter2-is-secret"},
    "not an object": {"SecretString": json.dumps(["hunter2-is-secret"])},
    "no user": {"SecretString": json.dumps({"password": "hunter2-is-secret"})},
    "no password": {"SecretString": json.dumps({"username": "hunter2-is-secret"})},
    "an empty one": {"SecretString": json.dumps({"username": "hunter2-is-secret", "password": ""})},
    "bytes": {"SecretBinary": b"hunter2-is-secret"},
}


@pytest.mark.parametrize("case", NO_LOGINS)
def test_a_secret_of_another_form_is_refused_and_not_shown(run: Run, secret: Callable[..., str], case: str) -> None:
    arn = secret(**NO_LOGINS[case])
    result = run(sql_compare.main, **{**FIT, "source": {**PLACE, "secret_arn": arn}})
    assert result["failed"]
    assert f"the secret {arn} " in result["msg"]
    assert "hunter2" not in json.dumps(result)


def test_a_secret_that_cannot_be_read(run: Run) -> None:
    result = run(sql_compare.main, **FIT)
    assert result["failed"]
    assert result["msg"].startswith(f"the secret {SECRET} cannot be read: ResourceNotFoundException.")
    assert "secretsmanager:GetSecretValue" in result["msg"]


def test_the_user_of_the_task_goes_before_the_secrets(run: Run, secret: Callable[..., str]) -> None:
    arn = secret(SecretString=json.dumps({"password": "hunter2-is-secret"}))
    places = {"source": {**PLACE, "secret_arn": arn, "username": "reader"}}
    result = run(sql_compare.main, **{**FIT, **places, "target": None})
    assert "the source cannot be connected to, at db.invalid:3306 as reader: " in result["msg"]
    assert "hunter2" not in json.dumps(result)

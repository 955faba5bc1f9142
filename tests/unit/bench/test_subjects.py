# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each tool is asked to do, and what is read out of its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_cloud.client import Client
from tests.bench import peers
from tests.bench.cloud import counted
from tests.bench.subjects import BUILD, DESTROY, NO_CHANGE, PHASES, PLAN, SUBJECTS, Place, SubjectError

SUMMARY = """ok: [s0] =>
    msg: |-
        acme-s0 stands (account 123456789012, us-east-1)

          keys          10  2 kms_key
          in all        113  resources
ok: [s1] =>
    msg: |-
          in all        110  resources
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    client = Client("http://127.0.0.1:1")
    monkeypatch.setattr(client, "status", lambda: {"dns": "127.0.0.1:53"})
    return Place(tmp_path, client, 2)


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_subject_has_a_command_for_each_phase(place: Place, name: str) -> None:
    commands = [SUBJECTS[name].command(phase, place) for phase in PHASES]
    assert all(commands)
    assert len({tuple(command) for command in commands}) >= 3


@pytest.mark.parametrize(
    ("name", "log", "expected"),
    [
        ("warm", SUMMARY, 223),
        ("warm", "nothing", 0),
        ("terraform", "Apply complete! Resources: 184 added, 0 changed, 0 destroyed.", 184),
        ("terraform", "Error: no", 0),
        ("boto3", "", 184),
    ],
)
def test_resources_are_counted(place: Place, name: str, log: str, expected: int) -> None:
    assert SUBJECTS[name].resources(log, place) == expected


@pytest.mark.parametrize(("name", "expected"), [("warm", '"cutover_warm": true'), ("stock", '"cutover_warm": false')])
def test_warm_and_stock_differ_by_one_variable(place: Place, name: str, expected: str) -> None:
    command = SUBJECTS[name].command(BUILD, place)
    assert any(expected in argument for argument in command)
    other = SUBJECTS["stock" if name == "warm" else "warm"].command(BUILD, place)
    assert sum(one != two for one, two in zip(command, other, strict=True)) == 1


def test_stock_is_set_up_by_the_warm_build(place: Place) -> None:
    assert SUBJECTS["stock"].setup(place) == SUBJECTS["warm"].command(BUILD, place)


@pytest.mark.parametrize(("phase", "playbook"), [(PLAN, "playbooks/plan.yml"), (NO_CHANGE, "site.yml")])
def test_the_collection_runs_its_playbooks(place: Place, phase: str, playbook: str) -> None:
    assert SUBJECTS["warm"].command(phase, place)[1].endswith(playbook)


def test_destroy_names_every_stack(place: Place) -> None:
    assert any("destroy_confirm" in argument for argument in SUBJECTS["warm"].command(DESTROY, place))


def test_nothing_of_the_callers_settings_reaches_a_subject(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "ANSIBLE_FORKS", "PYTHONDONTWRITEBYTECODE", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "x")
    for subject in SUBJECTS.values():
        environment = subject.environment(place)
        assert environment["AWS_ENDPOINT_URL"] == place.cloud.endpoint
        assert not {"AWS_PROFILE", "ANSIBLE_FORKS", "PYTHONDONTWRITEBYTECODE", "HTTPS_PROXY"} & set(environment)


@pytest.mark.parametrize(
    ("name", "program"), [("terraform", "terraform"), ("terraform", "openssl"), ("boto3", "openssl")]
)
def test_a_machine_without_a_tool_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str, program: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda asked: None if asked == program else f"/usr/bin/{asked}")
    with pytest.raises(SubjectError, match=f"{program} is not installed"):
        SUBJECTS[name].prepare(place)


def test_terraforms_files_hold_no_password_until_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "_mirror", lambda: None)
    passwords = set()
    for turn in ("one", "two"):
        (tmp_path / turn).mkdir()
        peers.write_terraform(tmp_path / turn)
        passwords.add((tmp_path / turn / "terraform" / "password.auto.tfvars").read_text())
    assert len(passwords) == 2
    assert not list((peers.SOURCES / "terraform").rglob("*.tfvars"))


def test_names_of_the_peers_stacks_are_like_ours() -> None:
    assert peers.names(1) == ["prod"]
    assert peers.names(3) == ["s0", "s1", "s2"]


def test_calls_are_counted_by_access_and_operation() -> None:
    calls: list[dict[str, Any]] = [
        {"access": access, "service": "ec2", "operation": operation}
        for access, operation in (("read", "DescribeVpcs"), ("read", "DescribeVpcs"), ("write", "CreateVpc"))
    ]
    found = counted(calls)
    assert (found.read, found.written) == ({"ec2:DescribeVpcs": 2}, {"ec2:CreateVpc": 1})

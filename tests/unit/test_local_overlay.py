# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""inventories/local, laid over any other inventory, leads to the local cloud and leaves no way to an account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

from local_cloud import daemon, guard

OVERLAY = Path(__file__).resolve().parents[2] / "inventories" / "local"
REAL = {
    "aws_endpoint_url": "https://ec2.us-east-1.amazonaws.com",
    "aws_access_key": "AKIAREAL",
    "aws_secret_key": "real",
    "aws_session_token": "real",
    "aws_profile": "production",
    "allowed_account_ids": ["210987654321"],
}
HOME = f"http://127.0.0.1:{daemon.DEFAULT_PORT}"


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """An inventory that leads to a real account in every way that a group can."""
    hosts = {"stacks": {"vars": {"ansible_group_priority": 50}, "children": {"production": {"hosts": {"prod": {}}}}}}
    folder = tmp_path / "real"
    (folder / "group_vars").mkdir(parents=True)
    (folder / "hosts.yml").write_text(yaml.safe_dump(hosts))
    for group in ("all", "stacks", "production"):
        (folder / "group_vars" / f"{group}.yml").write_text(yaml.safe_dump(REAL))
    return folder


def variables(sources: Sequence[Path]) -> dict[str, Any]:
    """What a play would see of the host prod."""
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[str(source) for source in sources])
    raw = VariableManager(loader=loader, inventory=inventory).get_vars(host=inventory.get_host("prod"))
    templar = Templar(loader=loader, variables=raw)
    return {name: templar.template(raw[name]) for name in (*REAL, "dns_resolvers") if name in raw}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUTOVER_LOCAL_ENDPOINT", "AWS_ENDPOINT_URL", "LOCAL_CLOUD_DNS"):
        monkeypatch.delenv(name, raising=False)


def test_it_wins_over_every_group_of_the_real_inventory(real: Path) -> None:
    assert variables([real, OVERLAY]) == {
        "aws_endpoint_url": HOME,
        "aws_access_key": guard.ACCESS_KEY,
        "aws_secret_key": guard.SECRET_KEY,
        "aws_session_token": "",
        "aws_profile": "",
        "allowed_account_ids": [guard.ACCOUNT],
        "dns_resolvers": [],
    }


def test_given_first_it_still_keeps_the_shells_credentials_away(tmp_path: Path) -> None:
    plain = tmp_path / "plain.yml"
    plain.write_text(yaml.safe_dump({"stacks": {"hosts": {"prod": {}}}}))
    found = variables([OVERLAY, plain])
    assert (found["aws_endpoint_url"], found["aws_access_key"]) == (HOME, guard.ACCESS_KEY)
    assert (found["aws_profile"], found["aws_session_token"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "value", "endpoint"),
    [
        ("CUTOVER_LOCAL_ENDPOINT", "http://127.0.0.1:7777", "http://127.0.0.1:7777"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:7777", "http://127.0.0.1:7777"),
        ("CUTOVER_LOCAL_ENDPOINT", "https://ec2.us-east-1.amazonaws.com", HOME),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1.example.com:80", HOME),
    ],
)
def test_it_follows_the_local_cloud_and_nothing_beyond_this_machine(
    real: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, endpoint: str
) -> None:
    monkeypatch.setenv(name, value)
    assert variables([real, OVERLAY])["aws_endpoint_url"] == endpoint


def test_names_are_resolved_by_the_local_cloud_where_it_says_so(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_CLOUD_DNS", "127.0.0.1:5353")
    assert variables([real, OVERLAY])["dns_resolvers"] == ["127.0.0.1:5353"]

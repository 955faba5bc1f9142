# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One environment: its name, its number, the ids of what it has, and how AWS is asked."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

HOME, REPLICA = "us-east-1", "us-west-2"
ZONES = [f"{HOME}{letter}" for letter in "abc"]
SIDES = {"blue": "t3.micro", "green": "m5.large"}


class Clients:
    """One client a service and region, for all threads."""

    def __init__(self, threads: int) -> None:
        self._session = boto3.Session()
        self._config = Config(max_pool_connections=max(threads, 10))
        self._known: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str = HOME) -> Any:
        with self._lock:
            key = service, region
            if key not in self._known:
                self._known[key] = self._session.client(service, region_name=region, config=self._config)
            return self._known[key]


@dataclass
class Environment:
    """ids is what a later run needs to know: of each resource its id, by a name of ours."""

    name: str
    number: int
    aws: Clients
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def tag_map(self) -> dict[str, str]:
        return {"Environment": self.name, "ManagedBy": "peers"}

    @property
    def tags(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tag_map.items()]

    def specified(self, kind: str, name: str, **more: str) -> list[dict[str, Any]]:
        """Tags as EC2 takes them when it makes something."""
        own = {**self.tag_map, "Name": name, **more}
        return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in own.items()]}]


def trust(service: str) -> str:
    """The policy that lets a service take a role."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*statements: tuple[list[str], str]) -> str:
    """A policy of (actions, resource)."""
    listed = [{"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": listed})

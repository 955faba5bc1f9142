# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A secret that is being rotated, by Secrets Manager's rules, and the four steps as it calls them."""

from __future__ import annotations

import json
import random
import string
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._rotation.secret import CURRENT, PENDING, PREVIOUS, Secret
from ansible_collections.cutover.aws.plugins.module_utils._rotation.shapes import Connect
from ansible_collections.cutover.aws.plugins.module_utils._rotation.steps import STEPS, run

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-database-a1b2c3"
FIRST, TOKEN = "version-of-the-beginning", "version-of-the-rotation"


class NotThere(Exception):
    """ResourceNotFoundException"""


class Exists(Exception):
    """ResourceExistsException"""


class Exceptions:
    """As a client of boto3 has them."""

    ResourceNotFoundException = NotThere
    ResourceExistsException = Exists


@dataclass
class Version:
    """text is None in a version that RotateSecret has made and createSecret not yet filled."""

    text: str | None
    stages: set[str] = field(default_factory=set)


class SecretsManager:
    """A client of boto3 for one secret, as far as rotation needs it; refuses what the service refuses."""

    exceptions = Exceptions

    def __init__(self, **values: Any) -> None:
        self.enabled = True
        self.versions = {FIRST: Version(json.dumps(values), {CURRENT})}
        self._random = random.Random(7)

    def begin(self, token: str = TOKEN) -> None:
        """RotateSecret: an empty version that is pending, and no other is any more."""
        for version in self.versions.values():
            version.stages.discard(PENDING)
        self.versions[token] = Version(None, {PENDING})

    def staged(self, stage: str) -> dict[str, Any] | None:
        """What the version of a stage holds."""
        text = next((version.text for version in self.versions.values() if stage in version.stages), None)
        return json.loads(text) if text else None

    def describe_secret(self, SecretId: str) -> dict[str, Any]:
        assert SecretId == ARN
        stages = {name: sorted(version.stages) for name, version in self.versions.items() if version.stages}
        return {"ARN": ARN, "RotationEnabled": self.enabled, "VersionIdsToStages": stages}

    def get_secret_value(
        self,
        SecretId: str,
        VersionStage: str,
        VersionId: str | None = None,
    ) -> dict[str, Any]:
        assert SecretId == ARN
        for name, version in self.versions.items():
            if VersionStage in version.stages and VersionId in (None, name) and version.text is not None:
                return {"ARN": ARN, "VersionId": name, "SecretString": version.text}
        raise NotThere(f"Secrets Manager can't find the specified secret value for staging label: {VersionStage}")

    def get_random_password(self, **asked: Any) -> dict[str, str]:
        assert asked["RequireEachIncludedType"] and not asked["IncludeSpace"]
        marks = [mark for mark in string.punctuation if mark not in asked["ExcludeCharacters"]]
        drawn = [self._random.choice(string.ascii_letters + string.digits) for _ in range(asked["PasswordLength"] - 1)]
        return {"RandomPassword": "".join([*drawn, self._random.choice(marks)])}

    def put_secret_value(
        self,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str,
        VersionStages: list[str],
    ) -> dict[str, Any]:
        assert SecretId == ARN
        version = self.versions.setdefault(ClientRequestToken, Version(None))
        if version.text not in (None, SecretString):
            raise Exists("You can't modify an existing version, you can only create a new version.")
        for stage in VersionStages:
            for other in self.versions.values():
                other.stages.discard(stage)
        version.text, version.stages = SecretString, version.stages | set(VersionStages)
        return {"ARN": ARN, "VersionId": ClientRequestToken}

    def update_secret_version_stage(
        self,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> dict[str, Any]:
        assert SecretId == ARN and VersionStage == CURRENT
        assert CURRENT in self.versions[RemoveFromVersionId].stages, "it has to be named where the stage is now"
        for version in self.versions.values():
            version.stages.discard(PREVIOUS)
        self.versions[RemoveFromVersionId].stages = {PREVIOUS}
        self.versions[MoveToVersionId].stages.add(CURRENT)
        return {"ARN": ARN}


def step(client: SecretsManager, name: str, connect: Connect, token: str = TOKEN) -> str:
    """One step as Secrets Manager calls it."""
    return run(Secret(client, ARN, token), name, connect)


def rotate(client: SecretsManager, connect: Connect, token: str = TOKEN) -> None:
    """All steps; after a failure Secrets Manager makes them all again, with the same token."""
    for name in STEPS:
        step(client, name, connect, token)

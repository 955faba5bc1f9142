# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The secret, by the version that a rotation is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import RotationError
from .password import REQUEST
from .shapes import Login

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
PORTS = {"mysql": 3306, "mariadb": 3306, "postgres": 5432}
"""By engine, where the secret names none."""

NEEDED = ("engine", "host", "username", "password")
SHAPE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html"

Values = Mapping[str, Any]
"""What a secret holds by name, as AWS's rotation has it (SHAPE)."""


@dataclass(frozen=True)
class Secret:
    """client: of Secrets Manager. token: the version that this rotation makes, ClientRequestToken of the event."""

    client: Any
    arn: str
    token: str

    def stages(self) -> Mapping[str, Sequence[str]]:
        """The stages of each version. Raises RotationError where rotation is off."""
        described = self.client.describe_secret(SecretId=self.arn)
        if not described.get("RotationEnabled", True):
            raise RotationError(f"rotation of {self.arn} is not enabled")
        stages: Mapping[str, Sequence[str]] = described["VersionIdsToStages"]
        return stages

    def current(self) -> Values:
        """What clients use now."""
        values = self._read(VersionStage=CURRENT)
        if values is None:
            raise RotationError(f"{self.arn} has no current value; write one before it is rotated")
        return values

    def pending(self) -> Values | None:
        """What they are to use; None until createSecret has written it."""
        return self._read(VersionId=self.token, VersionStage=PENDING)

    def previous(self) -> Values | None:
        """What they have used before; None where the secret is young."""
        return self._read(VersionStage=PREVIOUS)

    def random_password(self) -> str:
        """A password that every engine takes."""
        return str(self.client.get_random_password(**REQUEST)["RandomPassword"])

    def put_pending(self, values: Values) -> None:
        """Under the token: a second call with another value is refused, so that there is one pending password."""
        self.client.put_secret_value(
            SecretId=self.arn,
            ClientRequestToken=self.token,
            SecretString=json.dumps(dict(values)),
            VersionStages=[PENDING],
        )

    def make_current(self, instead_of: str | None) -> None:
        """The token's version; Secrets Manager marks the one before as AWSPREVIOUS by itself."""
        other = {"RemoveFromVersionId": instead_of} if instead_of else {}
        self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage=CURRENT, MoveToVersionId=self.token, **other
        )

    def _read(self, **version: str) -> Values | None:
        try:
            text = self.client.get_secret_value(SecretId=self.arn, **version).get("SecretString") or ""
        except self.client.exceptions.ResourceNotFoundException:
            return None
        try:
            values = json.loads(text)
        except ValueError:
            # Not handed on: the document of a JSON error is the secret.
            values = None
        if not isinstance(values, dict):
            raise RotationError(f"{self.arn} holds no JSON object ({version}); write it as {SHAPE} has it")
        return values


def missing_of(values: Values) -> list[str]:
    """What a login needs and these do not have."""
    return [name for name in NEEDED if not values.get(name)]


def login_of(arn: str, values: Values) -> Login:
    """How to log in with these. Raises RotationError where something is missing."""
    if missing := missing_of(values):
        raise RotationError(f"{arn} lacks {', '.join(missing)}; write it as {SHAPE} has it")
    engine = str(values["engine"])
    if engine not in PORTS:
        raise RotationError(f"{arn} has the engine {engine}; this function rotates {', '.join(PORTS)}")
    return Login(
        engine=engine,
        host=str(values["host"]),
        port=int(values.get("port") or PORTS[engine]),
        username=str(values["username"]),
        dbname=values.get("dbname"),
        password=str(values["password"]),
    )

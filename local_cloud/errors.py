# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors of the local cloud: those it answers as AWS would, and those it tells its user."""

from __future__ import annotations

from collections.abc import Mapping


class AwsError(Exception):
    """Raised anywhere in the layers, it becomes the error that AWS would answer.

    ``code`` is the wire code that boto3 shows in ``Error.Code`` (``InvalidGroup.InUse``,
    ``DBInstanceNotFound``), ``status`` the HTTP status, ``members`` further fields of the error.
    """

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = dict(members or {})


class ConnectionDropped(ConnectionError):
    """The connection is reset without an answer."""


class LocalCloudError(Exception):
    """What the user of the command line is told, in one line."""

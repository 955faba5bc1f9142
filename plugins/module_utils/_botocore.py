# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""botocore's errors, or stand-ins where it is missing: AnsibleAWSModule reports that itself before anything runs."""

from __future__ import annotations

try:
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
    from botocore.parsers import ResponseParserError
except ImportError:

    class BotoCoreError(Exception):  # type: ignore[no-redef]
        """Never raised."""

    class ClientError(Exception):  # type: ignore[no-redef]
        """Never raised."""

    class EndpointConnectionError(Exception):  # type: ignore[no-redef]
        """Never raised."""

    class ResponseParserError(Exception):  # type: ignore[no-redef]
        """Never raised."""


__all__ = ["BotoCoreError", "ClientError", "EndpointConnectionError", "ResponseParserError"]

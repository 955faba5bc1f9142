# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes back to the caller: status, headers, body, and the body as botocore would read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def status_line(self) -> str:
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_body(self, body: bytes, without: Iterable[str] = ()) -> Response:
        """The same answer with another body; the length header is put right."""
        dropped = {"content-length", *(name.lower() for name in without)}
        headers = [(key, value) for key, value in self.headers if key.lower() not in dropped]
        return Response(self.status, body, [*headers, ("Content-Length", str(len(body)))])

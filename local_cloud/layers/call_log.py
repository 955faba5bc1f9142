# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outermost layer: every AWS call, one JSON line each, queried by tests over the control API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from local_cloud.errors import ConnectionDropped
from local_cloud.layers import Next
from local_cloud.masking import masked
from local_cloud.request import Request
from local_cloud.response import Response

Call = dict[str, Any]


def select(calls: Iterable[Call], since: int, wanted: Mapping[str, str | None]) -> list[Call]:
    """Those after ``since`` that have the wanted values; None wants nothing."""
    given = {key: value for key, value in wanted.items() if value is not None}
    return [call for call in calls if call["id"] > since and all(call[key] == value for key, value in given.items())]


class CallLog:
    """Kept in memory for queries, and in ``path`` (if there is one) for people and for after the end."""

    def __init__(self, path: Path | None = None) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._last = 0
        self._path = path
        self._file: IO[str] | None = None

    def __call__(self, request: Request, next_layer: Next) -> Response:
        started, moment = perf_counter(), datetime.now(UTC)
        number = self._next_id()
        outcome: Call = {"status": 0, "error_code": "InternalFailure"}
        try:
            response = next_layer(request)
            outcome = {
                "status": response.status,
                "error_code": None if response.ok else self._error_code(request, response),
            }
            return response
        except ConnectionDropped:
            outcome["error_code"] = "ConnectionDropped"
            raise
        finally:
            outcome["duration_ms"] = round((perf_counter() - started) * 1000, 1)
            self._append({"time": _text(moment), "id": number, **self._described(request), **outcome})

    def query(
        self, since: int = 0, access: str | None = None, service: str | None = None, operation: str | None = None
    ) -> list[Call]:
        """Calls with a higher id than ``since``, in the order in which they ended."""
        with self._lock:
            calls = list(self._calls)
        return select(calls, since, {"access": access, "service": service, "operation": operation})

    def mark(self) -> int:
        """The id of the call that began last, to ask later for what came after."""
        return self._last

    def _next_id(self) -> int:
        with self._lock:
            self._last += 1
            return self._last

    def reset(self) -> None:
        """Start the log anew. Ids go on rising, so that marks stay good."""
        with self._lock:
            self._calls.clear()
            self.close()
            if self._path is not None:
                self._path.write_text("")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, call: Call) -> None:
        line = json.dumps(call, default=str) if self._path is not None else ""
        with self._lock:
            self._calls.append(call)
            if self._path is None:
                return
            if self._file is None:
                self._file = self._path.open("a", buffering=1)
            self._file.write(f"{line}\n")

    @staticmethod
    def _described(request: Request) -> Call:
        shape = request.model.input_shape if request.model else None
        return {
            "service": request.service,
            "operation": request.operation,
            "region": request.region,
            "account": request.account,
            "access": request.access,
            "access_key": request.access_key,
            "parameters": masked(request.parameters, shape),
            "faults": list(request.faults),
        }

    @staticmethod
    def _error_code(request: Request, response: Response) -> str:
        if request.model is None:
            return str(response.status)
        error: dict[str, Any] = request.read(response).get("Error", {})
        return str(error.get("Code") or response.status)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

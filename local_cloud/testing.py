# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The local cloud for tests: in this process for unit tests, or as the daemon for tests of whole runs."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from local_cloud import guard
from local_cloud.client import Client
from local_cloud.clock import Clock, SystemClock
from local_cloud.cloud import Cloud


class LocalCloud:
    """Serves on a free port in a thread while the context lasts::

        with LocalCloud() as cloud:
            cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
            assert cloud.control.calls(access="write")

    moto's state belongs to the process: have one at a time. It is empty afterwards. The time scale is 0 unless
    given; with a `ManualClock`, states last until the clock is advanced.
    """

    def __init__(self, clock: Clock | None = None, time_scale: float = 0.0) -> None:
        self.cloud = Cloud(clock=clock or SystemClock(), time_scale=time_scale)
        self._environment: dict[str, str] = {}

    def __enter__(self) -> LocalCloud:
        from local_cloud.server import Server  # noqa: PLC0415  (imports moto)

        self._environment = dict(os.environ)
        self._server = Server(self.cloud)
        self._server.start()
        self.endpoint = self._server.endpoint
        self.control = Client(self.endpoint)
        os.environ.update(guard.guard_variables(self.endpoint))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self.cloud.reset()
        os.environ.clear()
        os.environ.update(self._environment)

    def now(self) -> datetime:
        """The time of callers; with a `ManualClock`, which tests advance, it is not the wall's."""
        return datetime.fromtimestamp(self.cloud.aws_time.wall(), UTC)

    def client(self, service: str, region: str = guard.REGION, **config: Any) -> Any:
        """A boto3 client of this cloud. It does not retry, so that tests see every error (``retries`` to differ)."""
        return boto3_client(self.endpoint, service, region, **config)


def boto3_client(endpoint: str, service: str, region: str = guard.REGION, **config: Any) -> Any:
    """A client with credentials that are valid nowhere but here."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    settings = {"retries": {"total_max_attempts": 1}, **config}
    make: Any = boto3.client  # its overloads want literal service names
    return make(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=guard.ACCESS_KEY,
        aws_secret_access_key=guard.SECRET_KEY,
        config=Config(**settings),
    )


@contextmanager
def daemon(state_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Client]:
    """A local cloud in a process of its own on a free port, stopped at the end."""
    from local_cloud.daemon import Daemon  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as temporary:
        process = Daemon(state_dir or Path(temporary), python=sys.executable, environment=environment)
        status = process.start(port=0)
        try:
            yield Client(status["endpoint"])
        finally:
            process.stop()

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""boto3 clients whose requests go straight to a WSGI application in this process: no socket, no server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

# moto reads these when it is imported
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")
# its catalogue of images takes seconds to load after every reset, and no test here reads it
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local_cloud import request as requests
from local_cloud import state
from local_cloud.cloud import Cloud
from local_cloud.layers import compose
from local_cloud.layers.constraints import constraints
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import services_layer

Wsgi = Callable[[dict[str, Any]], Response]
REGION = "us-east-1"


@pytest.fixture(scope="session")
def moto_app() -> Wsgi:
    app = DomainDispatcherApplication(create_backend_app)

    def call(environ: dict[str, Any]) -> Response:
        try:
            chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
        except Exception as error:  # (what the server answers with 500: an operation that moto lacks)
            return Response(500, f"<Error><Code>{type(error).__name__}</Code></Error>".encode())
        return Response(int(status.split()[0]), b"".join(chunks), list(headers.items()))

    return call


class Clients:
    """``clients("ec2")`` is a boto3 client of the cloud under test."""

    # one for all, since it keeps botocore's service models, which are slow to load
    session = boto3.Session("AKIAMOTOTEST", "moto-secret-0", region_name=REGION)

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def __call__(self, service: str, region: str = REGION) -> Any:
        client = self.session.client(
            service,
            region_name=region,
            endpoint_url="http://127.0.0.1:1",
            config=Config(retries={"max_attempts": 0}, parameter_validation=False, s3={"addressing_style": "path"}),
        )
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        body = request.body or b""
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read()
        environ = EnvironBuilder(
            method=request.method,
            path=url.path,
            query_string=url.query,
            base_url="http://127.0.0.1:1",
            headers=[
                (key, value.decode() if isinstance(value, bytes) else str(value))
                for key, value in request.headers.items()
            ],
            data=data,
        ).get_environ()
        response = self._app(environ)
        return AWSResponse(request.url, response.status, dict(response.headers), _Raw(response.body))


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._content

    def read(self, *_: object) -> bytes:
        content, self._content = self._content, b""
        return content


@pytest.fixture
def bare(moto_app: Wsgi) -> Iterator[Clients]:
    """moto alone, for the canaries: a canary fails once moto does by itself what we add."""
    yield Clients(moto_app)
    forget_moto()


def forget_moto() -> None:
    """Drop moto's backends; its own reset would build them anew, which costs seconds."""
    instances: list[Any] = getattr(BackendDict, "_instances")  # noqa: B009  (mypy takes it for ambiguous)
    for backends in instances:
        backends.clear()
        # S3's names belong to all accounts, and are kept beside the backends
        getattr(backends, "bucket_accounts", {}).clear()
    instances.clear()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    yield Cloud(time_scale=0)
    state.clear_all()


@pytest.fixture
def aws(moto_app: Wsgi, cloud: Cloud) -> Iterator[Clients]:
    """Our service handlers in front of moto."""

    def innermost(request: Request) -> Response:
        return moto_app(request.wsgi_environ())

    handler = compose([constraints, services_layer], innermost)
    yield Clients(lambda environ: handler(requests.parse(environ, requests.read_body(environ), cloud)))
    forget_moto()


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager[pytest.ExceptionInfo[ClientError]]]:
    """``with refused("DependencyViolation"): client.delete_vpc(...)``."""

    def expect(code: str, message: str = "") -> AbstractContextManager[pytest.ExceptionInfo[ClientError]]:
        return pytest.raises(ClientError, match=rf"\({code}\).*{message}")

    return expect

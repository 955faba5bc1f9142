# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One parsed view of an AWS call. Call log, faults, true time and refusals all read this and nothing else."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from local_cloud import wire
from local_cloud.access import Access, access_of
from local_cloud.names import known_services, service_of

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from moto.core.model import ServiceModel

    from local_cloud.cloud import Cloud
    from local_cloud.response import Response

Environ = dict[str, Any]
Parameters = dict[str, Any]

# AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, in a header or (presigned) in the query
_scope = re.compile(r"Credential=([^/,&]+)(?:/|%2F)\d{8}(?:/|%2F)([^/,&%]+)(?:/|%2F)([^/,&%]+)(?:/|%2F)aws4_request")

UNSIGNED_SERVICE = "s3"
DEFAULT_REGION = "us-east-1"


@dataclass(eq=False)
class Request:
    """``parameters`` are what a boto3 caller passed (``{"VpcIds": ["vpc-1"]}``), parsed on first use.

    Treat it as read-only. ``with_parameters`` and ``derive`` make new requests.
    """

    environ: Environ
    body: bytes
    service: str
    operation: str
    region: str
    account: str
    access_key: str
    protocol: str
    uri_parameters: dict[str, Any]
    cloud: Cloud
    # the kinds of faults that this call met, for the call log
    faults: list[str] = field(default_factory=list)

    @property
    def scope(self) -> tuple[str, str]:
        """Account and region: where a regional resource lives."""
        return self.account, self.region

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @cached_property
    def access(self) -> Access:
        dry_run = self.service == "ec2" and b"DryRun=true" in self.body
        return access_of(self.service, self.operation, dry_run=dry_run)

    @cached_property
    def service_model(self) -> ServiceModel | None:
        return wire.service_model(self.service) if self.service in known_services() else None

    @cached_property
    def model(self) -> OperationModel | None:
        """None for an operation that botocore does not know."""
        if self.service_model is None or not self.operation:
            return None
        known = self.operation in self.service_model.operation_names
        return self.service_model.operation_model(self.operation) if known else None

    @cached_property
    def parameters(self) -> Parameters:
        """Empty where the request cannot be read; moto then says what is wrong with it."""
        if self.model is None:
            return {}
        return wire.parse_request(self.environ, self.plain_body, self.model, self.protocol, self.uri_parameters)

    @cached_property
    def plain_body(self) -> bytes:
        # botocore compresses large bodies of some operations (PutMetricData)
        compressed = self.environ.get("HTTP_CONTENT_ENCODING") == "gzip" and self.service != "s3"
        return gzip.decompress(self.body) if compressed else self.body

    def wsgi_environ(self) -> Environ:
        """A fresh environ to hand on: the body can be read again from its start."""
        environ = self.environ.copy()
        environ["wsgi.input"] = BytesIO(self.body)
        environ["CONTENT_LENGTH"] = str(len(self.body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return environ

    def with_parameters(self, parameters: Parameters) -> Request:
        """The same call with other parameters."""
        return self.derive(self.operation, parameters)

    def derive(self, operation: str, parameters: Parameters) -> Request:
        """Another call to the same service by the same caller, to be handed to ``next``."""
        assert self.service_model is not None
        model = self.service_model.operation_model(operation)
        environ, body = wire.serialize_request(self.environ, parameters, model, self.protocol)
        made = Request(
            environ=environ,
            body=body,
            service=self.service,
            operation=operation,
            region=self.region,
            account=self.account,
            access_key=self.access_key,
            protocol=self.protocol,
            uri_parameters={},
            cloud=self.cloud,
            faults=self.faults,
        )
        made.uri_parameters = wire.route(made.service, environ, body)[1] if self.protocol.startswith("rest") else {}
        return made

    def answer(self, result: dict[str, Any], status: int | None = None) -> Response:
        """A success with this result, in the shape that boto3 returns (``{"Vpcs": [...]}``)."""
        assert self.model is not None, f"{self.name} is not in botocore's model"
        return wire.serialize_result(self.model, self.protocol, result, status)

    def read(self, response: Response) -> dict[str, Any]:
        """The result as boto3 would return it; of an error ``{"Error": {"Code", "Message"}}``."""
        return wire.parse_response(self, response)

    def backend(self, service: str | None = None, region: str | None = None, account: str | None = None) -> Any:
        """moto's backend for the caller's account and region; ``region="aws"`` for global services."""
        return wire.moto_backend(service or self.service, region or self.region, account or self.account)


def parse(environ: Environ, body: bytes, cloud: Cloud) -> Request:
    """Unsigned calls count as S3 in us-east-1, as moto has it."""
    source = environ.get("HTTP_AUTHORIZATION") or environ.get("QUERY_STRING", "")
    found = _scope.search(source)
    access_key, region, signed_as = found.groups() if found else ("", DEFAULT_REGION, UNSIGNED_SERVICE)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    path = environ.get("PATH_INFO", "")
    form = _form(environ, body)
    service = service_of(signed_as.lower(), version=form.get("Version", ""), path=path, target=target)
    operation = form.get("Action") or target.rpartition(".")[2]
    uri_parameters: dict[str, Any] = {}
    if not operation and service in known_services():
        operation, uri_parameters = wire.route(service, environ, body)
    return Request(
        environ=environ,
        body=body,
        service=service,
        operation=operation,
        region=region,
        account=wire.account_of(access_key),
        access_key=access_key,
        protocol=wire.protocol_of(service, environ.get("CONTENT_TYPE", "")) if service in known_services() else "",
        uri_parameters=uri_parameters,
        cloud=cloud,
    )


def read_body(environ: Environ) -> bytes:
    """All of it, so that the connection can carry the next request."""
    length = environ.get("CONTENT_LENGTH")
    if length:
        return bytes(environ["wsgi.input"].read(int(length)))
    # chunked: the server marks the stream as ending by itself
    return bytes(environ["wsgi.input"].read()) if environ.get("wsgi.input_terminated") else b""


def _form(environ: Environ, body: bytes) -> dict[str, str]:
    """Action and Version of a query call; the rest of the form is parsed only when somebody asks."""
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        text = body.decode("utf-8", "replace")
    elif "Action=" in environ.get("QUERY_STRING", ""):
        text = environ["QUERY_STRING"]
    else:
        return {}
    return {key: value for key, value in parse_qsl(text) if key in ("Action", "Version")}

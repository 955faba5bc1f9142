# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS's wire protocols in both directions, by botocore's service models and moto's parsers and serializers.

moto and botocore are imported inside the functions: they take a second, and the command line needs neither.
"""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from local_cloud.errors import AwsError
from local_cloud.response import Response

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from moto.core.model import ServiceModel

    from local_cloud.request import Request

# ruff: noqa: PLC0415
Environ = dict[str, Any]

REQUEST_ID = "00000000-0000-4000-8000-000000000000"


@cache
def service_model(service: str) -> ServiceModel:
    from moto.core.utils import get_service_model

    return get_service_model(service)


@cache
def protocol_of(service: str, content_type: str) -> str:
    """ec2, query, json, rest-json or rest-xml: services with several follow the content type."""
    from moto.core.request import determine_request_protocol

    model = service_model(service)
    try:
        return determine_request_protocol(model, content_type)
    except NotImplementedError:
        return str(model.protocol)


def account_of(access_key: str) -> str:
    """Whose key it is. moto's own function would make IAM for all partitions, with a thousand policies each."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.iam.models import iam_backends

    for account, partitions in list(iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(partitions.values())):
            return account
    return DEFAULT_ACCOUNT_ID


def moto_backend(service: str, region: str, account: str) -> Any:
    from moto.backends import get_backend

    return get_backend(service)[account][region]  # type: ignore[call-overload]


def route(service: str, environ: Environ, body: bytes) -> tuple[str, dict[str, Any]]:
    """Operation and path parameters of a REST call; an empty name where nothing matches."""
    from moto.core.request import Request as MotoRequest
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import NotFound

    request = MotoRequest({**environ, "wsgi.input": BytesIO(body)})
    try:
        operation, parameters = get_service_router(service).match(request)
    except (NotFound, NotImplementedError):
        return "", {}
    return str(operation.name), parameters


def parse_request(
    environ: Environ, body: bytes, model: OperationModel, protocol: str, uri_parameters: dict[str, Any]
) -> dict[str, Any]:
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import Request as MotoRequest

    plain = {key: value for key, value in environ.items() if key != "HTTP_CONTENT_ENCODING"}
    request = MotoRequest({**plain, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    parser: Any = PROTOCOL_PARSERS[protocol]
    # The body is read before the form, or werkzeug would keep only one of them.
    data = request.get_data(cache=True, parse_form_data=False)
    try:
        parsed: dict[str, Any] = parser(model).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": data,
                "url_path": request.path,
                "url_params": uri_parameters,
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {key: value for key, value in parsed.items() if value is not None}


def serialize_request(
    environ: Environ, parameters: dict[str, Any], model: OperationModel, protocol: str
) -> tuple[Environ, bytes]:
    """An environ that carries these parameters, with everything else (caller, region) as it was."""
    from botocore.serialize import create_serializer
    from werkzeug.test import EnvironBuilder

    made = create_serializer(protocol, include_validation=False).serialize_to_request(parameters, model)
    body = made["body"]
    if isinstance(body, dict):
        form = EnvironBuilder(method="POST", data=body).get_environ()
        body = form["wsgi.input"].read()
    elif isinstance(body, str):
        body = body.encode()
    url = urlsplit(made["url_path"])
    query = EnvironBuilder(query_string=made["query_string"] or {}).query_string
    query = "&".join(part for part in (url.query, query) if part)
    headers = {f"HTTP_{key.upper().replace('-', '_')}": str(value) for key, value in made["headers"].items()}
    content_type = headers.pop("HTTP_CONTENT_TYPE", environ.get("CONTENT_TYPE", ""))
    result = {
        **environ,
        **headers,
        "REQUEST_METHOD": made["method"],
        "PATH_INFO": url.path,
        "QUERY_STRING": query,
        "RAW_URI": f"{url.path}?{query}" if query else url.path,
        "REQUEST_URI": f"{url.path}?{query}" if query else url.path,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
    }
    result.pop("HTTP_CONTENT_ENCODING", None)
    return result, body


def parse_response(request: Request, response: Response) -> dict[str, Any]:
    from botocore.parsers import create_parser

    shape: Any = request.model.output_shape if request.model else None
    raw = {"status_code": response.status, "headers": _lower(response.headers), "body": response.body}
    parsed: dict[str, Any] = create_parser(request.protocol).parse(raw, shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def serialize_result(model: OperationModel, protocol: str, result: dict[str, Any], status: int | None) -> Response:
    from moto.core.serialize import SerializationContext, get_serializer_class

    make: Any = get_serializer_class(model.service_model.service_name, protocol)
    made = make(model, context=SerializationContext(REQUEST_ID)).serialize(result)
    body = made["body"]
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": "text/xml", **made["headers"], "x-amzn-RequestId": REQUEST_ID}
    response = Response(status or made["status_code"], data, [(key, str(value)) for key, value in headers.items()])
    return response.with_body(data)


def serialize_error(protocol: str, service: str, error: AwsError) -> Response:
    """An error in the shape of the protocol, so that boto3 shows code and message."""
    if "json" in protocol:
        content_type = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
        data = {"__type": error.code, "message": error.message, "Message": error.message, **error.members}
        headers = [("Content-Type", content_type), ("x-amzn-ErrorType", error.code)]
        return Response(error.status, b"", headers).with_body(json.dumps(data).encode())
    fields = {"Code": error.code, "Message": error.message, **error.members}
    inner = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in fields.items())
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
    elif service == "s3":
        text = f"<Error>{inner}<RequestId>{REQUEST_ID}</RequestId></Error>"
    else:
        fault = "Sender" if error.status < 500 else "Receiver"  # noqa: PLR2004  (HTTP's own boundary)
        error_text = f"<Error><Type>{fault}</Type>{inner}</Error>"
        text = f"<ErrorResponse>{error_text}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return Response(error.status, b"", [("Content-Type", "text/xml")]).with_body(document)


def _lower(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {key.lower(): value for key, value in headers}

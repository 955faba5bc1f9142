# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How layers are put together, how service modules register, and what state forgets."""

from __future__ import annotations

import threading

import pytest

from local_cloud import services, state
from local_cloud.clock import ManualClock
from local_cloud.cloud import Cloud
from local_cloud.errors import AwsError, ConnectionDropped
from local_cloud.layers import Forgetful, Layer, Next, compose
from local_cloud.layers.moto import moto
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.server import layers_of
from local_cloud.state import Store


@pytest.fixture
def request_() -> Request:
    return Request(
        environ={},
        body=b"",
        service="sts",
        operation="GetCallerIdentity",
        region="us-east-1",
        account="123456789012",
        access_key="",
        protocol="query",
        uri_parameters={},
        cloud=Cloud(clock=ManualClock()),
    )


def _adding(text: bytes) -> Layer:
    def layer(request: Request, next_layer: Next, /) -> Response:
        response = next_layer(request)
        return Response(response.status, text + response.body)

    return layer


def _raising(error: Exception) -> Layer:
    def layer(request: Request, next_layer: Next, /) -> Response:
        raise error

    return layer


def test_the_first_layer_is_the_outermost(request_: Request) -> None:
    handler = compose([_adding(b"a"), _adding(b"b")], lambda request: Response(200, b"c"))
    assert handler(request_).body == b"abc"


def test_refusals_reach_the_layers_outside_as_answers(request_: Request) -> None:
    handler = compose([_adding(b"<!-- seen -->"), _raising(AwsError("Code", "why", 409))], moto)
    answer = handler(request_)
    assert answer.status == 409
    assert answer.body.startswith(b"<!-- seen -->")
    assert b"<Code>Code</Code>" in answer.body


def test_a_crash_is_an_error_that_nobody_retries(request_: Request, capsys: pytest.CaptureFixture[str]) -> None:
    answer = compose([_raising(KeyError("oops"))], moto)(request_)
    assert answer.status == 501
    assert request_.read(answer)["Error"]["Code"] == "LocalCloudCrashed"
    assert "sts:GetCallerIdentity" in request_.read(answer)["Error"]["Message"]
    assert "Traceback" in capsys.readouterr().err


def test_a_dropped_connection_passes_every_layer(request_: Request) -> None:
    with pytest.raises(ConnectionDropped):
        compose([_adding(b"a"), _raising(ConnectionDropped())], moto)(request_)


def test_layers_with_a_memory_are_known_as_such() -> None:
    cloud = Cloud()
    names = [type(layer).__name__ for layer in layers_of(cloud) if isinstance(layer, Forgetful)]
    assert names == [
        "CallLog",
        "Pages",
        "StaleReads",
        "LateTags",
        "UnknownRoles",
        "States",
        "RecordChanges",
        "Certificates",
        "Targets",
    ]


def test_a_handler_registers_from_its_services_module_only() -> None:
    def handler(request: Request, next_handler: Next) -> Response:
        return next_handler(request)

    with pytest.raises(ValueError, match=r"belongs into local_cloud\.services\.application_autoscaling"):
        services.handles("application-autoscaling", "RegisterScalableTarget")(handler)
    handler.__module__ = "local_cloud.services.no_such_service.part"
    services.handles("no-such-service", "One", "Two")(handler)
    assert services._handlers.pop(("no-such-service", "One")) == [handler]
    assert services._handlers.pop(("no-such-service", "Two")) == [handler]


def test_handlers_run_in_the_order_of_registration(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = [_adding(b"1"), _adding(b"2")]
    monkeypatch.setitem(services._handlers, ("sts", "GetCallerIdentity"), chain)
    answer = services.services_layer(request_, lambda request: Response(200, b"3"))
    assert answer.body == b"123"


def test_stores_are_per_account_and_region_and_forget() -> None:
    store: Store[list[int]] = Store(list)
    here, there = ("1", "us-east-1"), ("1", "eu-west-1")
    store[here].append(1)
    assert (store[here], store[there]) == ([1], [])
    assert list(store) == [here, there]
    state.clear_all()
    assert store[here] == []


def test_two_threads_get_the_same_value() -> None:
    store: Store[list[int]] = Store(list)
    threads = [threading.Thread(target=lambda: store["1", "r"].append(1)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store["1", "r"]) == 20

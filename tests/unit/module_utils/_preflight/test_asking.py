# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Asking AWS: what it answers, what it refuses, and what a question that has no answer becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Stack
from ansible_collections.cutover.aws.plugins.module_utils._preflight.asking import (
    Question,
    Skipped,
    Subject,
    Unanswered,
    answers,
    call,
    listing,
    without,
    without_values,
)
from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import Finding, absent
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context

STACK = Stack("acme", "prod", "us-east-1", "123456789012")


def client(service: str, region: str) -> Any:
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "nowhere"}
    return boto3.client(service, region_name=region, **keys)  # type: ignore[call-overload]


@pytest.fixture
def answering() -> Iterator[Callable[..., Context]]:
    """A context with one client, which answers as told and fails when it is asked anything else."""
    stubbers = []

    def make(service: str, operation: str, answer: dict[str, Any] | None = None, **error: str) -> Context:
        stubbed = client(service, "us-east-1")
        stubber = Stubber(stubbed)
        if answer is None:
            stubber.add_client_error(operation, **error)
        else:
            stubber.add_response(operation, answer)
        stubber.activate()
        stubbers.append(stubber)
        return Context(STACK, lambda service, region: stubbed)

    yield make
    for stubber in stubbers:
        stubber.assert_no_pending_responses()


def test_an_answer_is_handed_on(answering: Callable[..., Context]) -> None:
    context = answering("ec2", "describe_addresses", {"Addresses": [{"PublicIp": "192.0.2.1"}]})
    assert call(context, "ec2", "describe_addresses") == {"Addresses": [{"PublicIp": "192.0.2.1"}]}


def test_an_error_that_is_an_answer_is_none(answering: Callable[..., Context]) -> None:
    context = answering("iam", "get_role", service_error_code="NoSuchEntity")
    assert call(context, "iam", "get_role", unless=("NoSuchEntity",), RoleName="x") is None


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (
            ("ec2", "describe_addresses"),
            "UnauthorizedOperation",
            ("did not answer ec2:DescribeA", "Allow ec2:DescribeA"),
        ),
        (("elbv2", "describe_load_balancers"), "AccessDenied", ("elasticloadbalancing:Desc", "Allow elasticload")),
        (("s3", "list_buckets"), "AccessDenied", ("s3:ListBuckets", "Allow s3:ListAllMyBuckets ")),
        (("ec2", "describe_addresses"), "RequestLimitExceeded", ("ec2:DescribeAddresses", "Run it again in a minute")),
        (("ec2", "describe_addresses"), "InternalError", ("InternalError: no reason", "mend what AWS names")),
    ],
    ids=str,
)
def test_a_refusal_says_what_is_missing(
    answering: Callable[..., Context], asked: tuple[str, str], code: str, told: tuple[str, str]
) -> None:
    context = answering(*asked, service_error_code=code, service_message="no reason.")
    with pytest.raises(Unanswered) as caught:
        call(context, *asked)
    assert told[0] in caught.value.rule
    assert told[1] in caught.value.fix


def test_a_listing_that_is_refused_says_so_too(answering: Callable[..., Context]) -> None:
    context = answering("ec2", "describe_vpcs", service_error_code="UnauthorizedOperation")
    with pytest.raises(Unanswered, match="ec2:DescribeVpcs"):
        listing(context, "ec2", "describe_vpcs", "Vpcs")


def sts_at(endpoint: str) -> Callable[[str, str], Any]:
    def client(service: str, region: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415

        return boto3.client(
            "sts",
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id="AKIATEST",
            aws_secret_access_key="nowhere",
            config=Config(retries={"total_max_attempts": 1}),
        )

    return client


def test_nobody_at_the_endpoint_is_said_with_its_address() -> None:
    with pytest.raises(Unanswered, match=r"nobody answers at http://127\.0\.0\.1:9"):
        call(Context(STACK, sts_at("http://127.0.0.1:9")), "sts", "get_caller_identity")


@pytest.fixture
def page() -> Iterator[str]:
    """An HTTP server that is not AWS."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(HTTPStatus.NOT_FOUND)
            self.end_headers()
            self.wfile.write(b"<!doctype html><p>Not here<br>")

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_somebody_else_at_the_endpoint_is_said(page: str) -> None:
    with pytest.raises(Unanswered, match="what answers is not AWS"):
        call(Context(STACK, sts_at(page)), "sts", "get_caller_identity")


def finds(name: str) -> Callable[[Subject], Iterator[Finding]]:
    def ask(subject: Subject) -> Iterator[Finding]:
        yield absent(name, "is wrong", "Mend it")

    return ask


def refuses(subject: Subject) -> Iterator[Finding]:
    yield absent("lost", "is lost with the refusal", "It cannot be known to be right")
    raise Unanswered("AWS did not answer", "Allow it")


def test_every_question_is_asked_and_none_without_answer_is_good() -> None:
    subject = Subject(STACK, Context(STACK, client))
    questions = [
        Question("one", "a", finds("a")),
        Question("two", "b", refuses),
        Question("three", "c", finds("c"), needs=lambda subject: "too early"),
        Question("four", "d", finds("d")),
    ]
    found, skipped = answers(questions, subject)
    assert found == [
        absent("a", "is wrong", "Mend it"),
        absent("b", "AWS did not answer", "Allow it"),
        absent("d", "is wrong", "Mend it"),
    ]
    assert skipped == [Skipped("three", "too early")]


def test_a_question_needs_what_it_looks_at() -> None:
    subject = Subject(STACK, Context(STACK, client), {"one": "set", "two": None}, {"vpc": {}})
    assert without("vpc")(subject) is None
    assert "other mistakes" in str(without("database")(subject))
    assert without_values("one")(subject) is None
    assert str(without_values("one", "two", "three")(subject)).startswith("two and three are not set")

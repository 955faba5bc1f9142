# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How AWS is asked: reads alone, all at the same time, and a question without an answer is a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .._botocore import BotoCoreError, ClientError, EndpointConnectionError, ResponseParserError
from .._model.core import STACK_TAG, Found, Model, Reality, Resource, Stack, Value
from .._stack.context import Context
from .._stack.storage import account_buckets
from .findings import Finding, absent

Answer = dict[str, Any]
"""An answer, or one item of it, as botocore parsed it."""

ACTION_PREFIXES = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas"}
"""Where IAM's name of a service differs from botocore's."""
ACTIONS = {"s3:ListBuckets": "s3:ListAllMyBuckets"}
UNANSWERED = "AWS did not answer "
THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "PriorRequestNotComplete",
)
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403", "Forbidden")


class Unanswered(Exception):
    """AWS did not answer; the finding says what, why, and which permission is missing."""

    def __init__(self, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.fix = fix


class Unreached(Unanswered):
    """Nobody answers at the endpoint, or nobody who is AWS."""


@dataclass(frozen=True)
class Subject:
    """What the questions are about: the stack, its variables, the resources that it would have and those that it has,
    and the access to AWS."""

    stack: Stack
    context: Context
    typed: Mapping[str, Value] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    present: Mapping[str, Reality] = field(default_factory=dict)

    def load_balancers(self) -> list[Answer]:
        """All of the region."""
        return listing(self.context, "elbv2", "describe_load_balancers", "LoadBalancers")

    def databases(self) -> list[Answer]:
        """All instances of the region."""
        return listing(self.context, "rds", "describe_db_instances", "DBInstances")

    def buckets(self) -> list[Answer]:
        """All of the account, whatever their regions."""
        with _told("s3"):
            return account_buckets(self.context)

    def planned(self, layer: str, kind: str) -> list[Resource]:
        """The resources of one kind that a layer would have."""
        return [resource for resource in self.models.get(layer, {}).values() if resource.type == kind]

    def missing(self, layer: str, kind: str) -> list[Resource]:
        """Those of them that the stack does not have: that are not there, or do not carry its tag."""
        present = self.present.get(layer, {})
        return [wanted for wanted in self.planned(layer, kind) if not self._is_ours(present.get(wanted.key))]

    def _is_ours(self, found: Found | None) -> bool:
        tags = found.attributes.get("tags") if found else None
        return isinstance(tags, Mapping) and tags.get(STACK_TAG) == self.stack.name


@dataclass(frozen=True)
class Question:
    """One thing to be asked: about which variable, how, and when it cannot be (needs answers the reason, or None)."""

    name: str
    variable: str
    ask: Callable[[Subject], Iterator[Finding]]
    needs: Callable[[Subject], str | None] = lambda subject: None


@dataclass(frozen=True)
class Skipped:
    """A question that was not asked, and why."""

    question: str
    reason: str


def call(
    context: Context,
    service: str,
    operation: str,
    region: str | None = None,
    unless: Iterable[str] = (),
    **arguments: Any,
) -> Answer | None:
    """The answer; None where AWS answers with one of the error codes unless. Raises Unanswered."""
    with _told(service):
        try:
            return context.call(service, operation, region, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in tuple(unless):
                return None
            raise


def listing(
    context: Context, service: str, operation: str, result: str, region: str | None = None, **arguments: Any
) -> list[Answer]:
    """Every item of a listing, all pages. Raises Unanswered."""
    with _told(service):
        return context.pages(service, operation, result, region, **arguments)


@contextmanager
def _told(service: str) -> Iterator[None]:
    """Turns what keeps AWS from answering into Unanswered."""
    try:
        yield
    except ClientError as error:
        raise refused(service, error.operation_name, error) from error
    except BotoCoreError as error:
        raise unreachable(error) from error
    except ResponseParserError as error:
        raise Unreached(
            "what answers is not AWS",
            "See to aws_endpoint_url, and to proxies: something else listens there",
        ) from error


def refused(service: str | None, operation: str, error: ClientError) -> Unanswered:
    """What AWS's refusal of a read means for the one who runs the playbook; service is None where nobody knows it."""
    asked = f"{ACTION_PREFIXES.get(service, service)}:{operation}" if service else operation
    action, code = ACTIONS.get(asked, asked), str(error.response["Error"]["Code"])
    message = str(error.response["Error"].get("Message", "")).rstrip(". ")
    rule = f"{UNANSWERED}{asked} ({code}: {message})" if message else f"{UNANSWERED}{asked} ({code})"
    if code in DENIED:
        return Unanswered(rule, f"Allow {action} to these credentials: what cannot be read cannot be checked")
    if code in THROTTLED:
        return Unanswered(rule, "Run it again in a minute; other programs use up the account's request rate")
    return Unanswered(rule, "Run it again; if it stays, mend what AWS names")


def unreachable(error: BotoCoreError) -> Unanswered:
    """What a failed connection, or missing credentials, mean for the one who runs the playbook."""
    if isinstance(error, EndpointConnectionError):
        return Unreached(
            f"nobody answers at {error.kwargs.get('endpoint_url')}",
            "Start what ought to answer there, or see to the network between here and there",
        )
    return Unanswered(
        f"AWS could not be asked ({str(error).rstrip('. ')})",
        "See to credentials, profile and network; `aws sts get-caller-identity` shows whether they work",
    )


def answers(questions: Iterable[Question], subject: Subject) -> tuple[list[Finding], list[Skipped]]:
    """The findings of all questions that can be asked, in the order of the questions, and those that cannot."""
    skipped, asked = [], []
    for question in questions:
        if reason := question.needs(subject):
            skipped.append(Skipped(question.name, reason))
        else:
            asked.append(question)

    def one(question: Question) -> list[Finding]:
        try:
            return list(question.ask(subject))
        except Unanswered as error:
            return [absent(question.variable, error.rule, error.fix)]

    return [found for group in subject.context.each(one, asked) for found in group], skipped


def without(layer: str) -> Callable[[Subject], str | None]:
    """The precondition of a question that looks at a layer's model."""

    def needs(subject: Subject) -> str | None:
        return None if layer in subject.models else f"the layer {layer} has other mistakes"

    return needs


def without_values(*names: str) -> Callable[[Subject], str | None]:
    """The precondition of a question that looks at variables."""

    def needs(subject: Subject) -> str | None:
        missing = [name for name in names if subject.typed.get(name) in (None, "", [])]
        return (
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set, or has a mistake"
            if missing
            else None
        )

    return needs

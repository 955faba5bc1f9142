# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The AWS calls of gates. Whatever AWS does not answer becomes an Unknown with its reason, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from .._botocore import BotoCoreError, ClientError
from .._cloudwatch.api import NAMES_OF_ONE_CALL
from .alarms import named_by
from .finding import Unknown
from .question import Alarm, Query, Series, TargetGroup
from .transformations import Batch, alarm_of, batches_of, series_of, states_of

BRIEF = {"retries": {"mode": "standard", "total_max_attempts": 3}, "connect_timeout": 5, "read_timeout": 15}
"""A look that takes minutes is worth less than one that says that it does not know. aws_config goes before it."""

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden")

P = ParamSpec("P")
T = TypeVar("T")


def counted(client: Any, calls: list[str]) -> None:
    """Appends the name of every operation that is called; attempts that botocore makes again count once."""
    client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))


def asked(ask: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | Unknown:
    """What AWS answers, or why it does not."""
    try:
        return ask(*arguments, **named)
    except ClientError as error:
        return Unknown(_refused(error))
    except BotoCoreError as error:
        return Unknown(f"AWS could not be asked: {error}")


def _refused(error: Any) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    hint = f" (allow {error.operation_name} to the controller, see docs/iam.md)" if code in DENIED else ""
    return f"AWS did not answer {error.operation_name}: {error}{hint}"


def alarms(client: Any, names: Iterable[str]) -> Mapping[str, Alarm]:
    """The metric and composite alarms of these names that exist, and those that the rules of composite ones name."""
    found: dict[str, Alarm] = {}
    looked_for: set[str] = set()
    left = sorted(set(names))
    while left:
        looked_for.update(left)
        found.update((alarm.name, alarm) for alarm in _described(client, left))
        left = sorted({name for alarm in found.values() for name in named_by(alarm.rule or "")} - looked_for)
    return found


def _described(client: Any, names: Sequence[str]) -> Iterator[Alarm]:
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        some = list(names[start : start + NAMES_OF_ONE_CALL])
        pages = client.get_paginator("describe_alarms")
        for page in pages.paginate(AlarmNames=some, AlarmTypes=["MetricAlarm", "CompositeAlarm"]):
            for item in [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]:
                yield alarm_of(item)


def series(client: Any, queries: Iterable[Query]) -> Mapping[Query, Series | Unknown]:
    """What CloudWatch has for each, all asked in one call as long as its limits allow."""
    found: dict[Query, Series | Unknown] = {}
    for batch in batches_of(queries):
        answer = asked(_pages, client, batch)
        some = {query: answer for query in batch.queries} if isinstance(answer, Unknown) else series_of(batch, answer)
        found.update(some)
    return found


def _pages(client: Any, batch: Batch) -> list[dict[str, Any]]:
    span: dict[str, datetime] = {"StartTime": batch.start, "EndTime": batch.end}
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=list(batch.asked), ScanBy="TimestampAscending", **span
    )
    return [item for page in pages for item in page["MetricDataResults"]]


def states(client: Any, group: TargetGroup) -> Mapping[str, int]:
    """How many targets are in which state."""
    return states_of(client.describe_target_health(TargetGroupArn=group.arn)["TargetHealthDescriptions"])

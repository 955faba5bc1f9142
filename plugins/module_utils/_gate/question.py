# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a gate asks, and what comes back: the vocabulary between the kinds of gates and who asks AWS and servers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .finding import Finding, Unknown

Options = Mapping[str, Any]
"""The options of one gate by name, typed as the argument specification has them, with the defaults of its kind."""


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch with a statistic. dimensions: sorted pairs."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


@dataclass(frozen=True)
class Query:
    """One series, of one metric or of an expression over several by their ids. start and end are full periods."""

    region: str
    metrics: tuple[tuple[str, Metric], ...]
    expression: str | None
    period: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Series:
    """The values of a query by time, the oldest first, none where a period has no data."""

    points: tuple[tuple[datetime, float], ...]

    @property
    def values(self) -> tuple[float, ...]:
        """Without their times."""
        return tuple(value for _time, value in self.points)


@dataclass(frozen=True)
class Alarm:
    """What CloudWatch shows of an alarm.

    missing: how it treats missing data. evaluation: what CloudWatch says of a trouble in evaluating it. rule: of a
    composite alarm. window and fastest: seconds that it looks at, and that it needs at the least to go off.
    """

    name: str
    state: str
    reason: str
    updated: datetime
    configured: datetime | None
    missing: str = "missing"
    evaluation: str | None = None
    rule: str | None = None
    window: int = 0
    fastest: int = 0


Alarms = Mapping[str, Alarm]
"""By name: those that exist of the ones asked for, and of those that their rules name."""


@dataclass(frozen=True)
class TargetGroup:
    """A target group to ask for the health of its targets."""

    region: str
    arn: str


@dataclass(frozen=True)
class Probe:
    """Requests to a server.

    url is fit to be shown. address: where to connect to. body: what the answer has to contain.
    """

    url: str
    method: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    host: str
    authority: str
    address: tuple[str, int]
    target: str
    tls: bool
    verify: bool
    ca_file: str | None
    status: tuple[int, ...]
    body: str | None
    requests: int
    may_fail: int
    timeout: float


@dataclass(frozen=True)
class Sample:
    """One request. trouble: why it is no good answer. lost: nothing was learnt of the server."""

    seconds: float
    status: int | None = None
    trouble: str | None = None
    lost: bool = False


@dataclass(frozen=True)
class Answers:
    """What came back. alarms are by region."""

    now: datetime
    alarms: Mapping[str, Alarms | Unknown] = field(default_factory=dict)
    series: Mapping[Query, Series | Unknown] = field(default_factory=dict)
    health: Mapping[TargetGroup, Mapping[str, int] | Unknown] = field(default_factory=dict)
    samples: Mapping[Probe, Sequence[Sample]] = field(default_factory=dict)


class Question(ABC):
    """What one gate wants to know. Each kind of gate has one; it says what to ask, and judges what comes back."""

    region: str = ""
    alarms: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()
    group: TargetGroup | None = None
    probe: Probe | None = None

    @abstractmethod
    def judge(self, answers: Answers) -> Finding:
        """The verdict; inconclusive wherever something is not known."""

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Route 53's changes: each has an id of its own, is PENDING for a minute, then INSYNC; an unknown one is an error."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services.route53.batch import RecordSet
from local_cloud.services.route53.record_sets import records_of

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

# "usually within 60 seconds": https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
MINUTES_TO_SYNC = 1.0
SLOW = "slow_propagation"


class RecordChanges:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = itertools.count(1)
        self._synced_at: dict[str, float] = {}

    def reset(self) -> None:
        self._synced_at.clear()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if request.service != "route53":
            return next_layer(request)
        if request.operation == "GetChange":
            return self._get(request, next_layer)
        before = self._zone_before(request)
        response = next_layer(request)
        if request.access == "write" and response.ok and b"ChangeInfo" in response.body:
            return self._name(request, response, self._arrives_at(request, before))
        return response

    def _zone_before(self, request: Request) -> list[RecordSet] | None:
        """Only where somebody may want to see it later."""
        slow = request.operation == "ChangeResourceRecordSets" and self._cloud.faults.covering(SLOW, request)
        zone = request.backend(region="aws").zones.get(_zone_id(request)) if slow else None
        return None if zone is None else records_of(zone)

    def _arrives_at(self, request: Request, before: list[RecordSet] | None) -> float:
        """When the change is in sync; a slow one is not seen before."""
        now = self._cloud.clock.now()
        rule = self._cloud.faults.strike(SLOW, request) if before is not None else None
        if rule is None or before is None:
            return now + self._cloud.seconds(MINUTES_TO_SYNC)
        self._cloud.propagation.hold_back(_zone_id(request), before, now + rule.duration)
        return now + rule.duration

    def _name(self, request: Request, response: Response, synced_at: float) -> Response:
        """moto gives every change the same id, so that nobody could tell which one is in sync."""
        result = request.read(response)
        identifier = f"C{next(self._numbers):013d}LOCAL"
        self._synced_at[identifier] = synced_at
        result["ChangeInfo"] |= {"Id": f"/change/{identifier}", "Status": self._status(identifier)}
        answer = request.answer(result, response.status)
        # CreateHostedZone says in a header where the zone is
        answer.headers += [(key, value) for key, value in response.headers if key.lower() == "location"]
        return answer

    def _get(self, request: Request, next_layer: Next) -> Response:
        identifier = str(request.parameters.get("Id", "")).rpartition("/")[2]
        if identifier not in self._synced_at:
            raise AwsError("NoSuchChange", f"Could not find resource with ID: {identifier}", 404)
        response = next_layer(request)
        result = request.read(response)
        result["ChangeInfo"] |= {"Id": f"/change/{identifier}", "Status": self._status(identifier)}
        return request.answer(result)

    def _status(self, identifier: str) -> str:
        return "PENDING" if self._cloud.clock.now() < self._synced_at[identifier] else "INSYNC"


def _zone_id(request: Request) -> str:
    return str(request.parameters["HostedZoneId"]).rpartition("/")[2]

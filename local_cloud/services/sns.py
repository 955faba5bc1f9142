# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SNS: policies that are read, and e-mail subscriptions that wait for their owner."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles

# Nobody reads mail here, so these are never confirmed.
BY_MAIL = ("email", "email-json")


@handles("sns", "CreateTopic", "SetTopicAttributes")
def check_policy(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    policy = parameters.get("Attributes", {}).get("Policy")
    if parameters.get("AttributeName") == "Policy":
        policy = parameters.get("AttributeValue")
    if policy:
        try:
            json.loads(policy)["Statement"]
        except (ValueError, TypeError, KeyError) as error:
            raise AwsError("InvalidParameter", "Invalid parameter: Policy Error: null") from error
    return next_handler(request)


@handles("sns", "Subscribe")
def wait_for_confirmation(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    parameters = request.parameters
    if not response.ok or parameters["Protocol"] not in BY_MAIL or parameters.get("ReturnSubscriptionArn"):
        return response
    return request.answer({"SubscriptionArn": "pending confirmation"})


@amends("sns", "ListSubscriptions", "ListSubscriptionsByTopic")
def list_pending(request: Request, result: dict[str, Any]) -> None:
    for subscription in result.get("Subscriptions", []):
        if subscription["Protocol"] in BY_MAIL:
            subscription["SubscriptionArn"] = "PendingConfirmation"


@amends("sns", "GetTopicAttributes")
def count_pending(request: Request, result: dict[str, Any]) -> None:
    attributes: dict[str, Any] = result["Attributes"]
    subscriptions = request.backend().subscriptions.values()
    mine = [one for one in subscriptions if one.topic.arn == request.parameters["TopicArn"]]
    pending = sum(one.protocol in BY_MAIL for one in mine)
    attributes["SubscriptionsPending"] = str(pending)
    attributes["SubscriptionsConfirmed"] = str(len(mine) - pending)

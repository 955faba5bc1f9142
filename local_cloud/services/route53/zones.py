# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosted zones, and those that belong to AWS's own services."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

CONFLICT = 409
NOT_FOUND = 404

# "Elastic Load Balancing endpoints and quotas" in the AWS General Reference: application and network balancers
BALANCER_ZONES = {
    "ap-northeast-1": ("Z14GRHDCWA56QT", "Z31USIVHYNEOWT"),
    "ap-northeast-2": ("ZWKZPGTI48KDX", "ZIBE1TIR4HY56"),
    "ap-south-1": ("ZP97RAFLXTNZK", "ZVDDRBQ08TROA"),
    "ap-southeast-1": ("Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"),
    "ap-southeast-2": ("Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"),
    "ca-central-1": ("ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"),
    "eu-central-1": ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"),
    "eu-north-1": ("Z23TAZ6LKFMNIO", "Z1UDT6IFJ4EJM"),
    "eu-west-1": ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
    "eu-west-2": ("ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"),
    "eu-west-3": ("Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"),
    "sa-east-1": ("Z2P70J7HTTTPLU", "ZTK26PT1VY4CU"),
    "us-east-1": ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
    "us-east-2": ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"),
    "us-west-1": ("Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"),
    "us-west-2": ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
}
# CloudFront, Global Accelerator
GLOBAL_ZONES = {"Z2FDTNDATAQYW2": "cloudfront.net.", "Z2BJ6XQ5FK7U4H": "awsglobalaccelerator.com."}


def balancer_zone(region: str, kind: str) -> str:
    application, network = BALANCER_ZONES.get(region, BALANCER_ZONES["us-east-1"])
    return network if kind == "network" else application


def service_zone_suffix(zone_id: str) -> str | None:
    """What names in a zone of an AWS service end in; None for a zone of a customer."""
    for region, zones in BALANCER_ZONES.items():
        if zone_id in zones:
            return f".elb.{region}.amazonaws.com." if zone_id == zones[1] else f"{region}.elb.amazonaws.com."
    return GLOBAL_ZONES.get(zone_id)


def zone_of(request: Request) -> Any:
    """moto's zone that the request names. Raises AWS's error where there is none."""
    zone_id = request.parameters["HostedZoneId"].removeprefix("/hostedzone/")
    zone = request.backend(region="aws").zones.get(zone_id)
    if zone is None:
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", NOT_FOUND)
    return zone


@handles("route53", "CreateHostedZone")
def refuse_used_reference(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    reference = parameters.get("CallerReference")
    if any(zone.caller_reference == reference for zone in request.backend(region="aws").zones.values()):
        message = f"A hosted zone has already been created with the specified caller reference: {reference}"
        raise AwsError("HostedZoneAlreadyExists", message, CONFLICT)
    vpc = parameters.get("VPC")
    if vpc and vpc["VPCId"] not in request.backend("ec2", vpc["VPCRegion"]).vpcs:
        message = (
            f"The VPC {vpc['VPCId']} in region {vpc['VPCRegion']} that you provided is not authorized to make "
            "the association, or does not exist."
        )
        raise AwsError("InvalidVPCId", message)
    return next_handler(request)


@handles("route53", "ChangeTagsForResource", "ListTagsForResource")
def refuse_unknown_resource(request: Request, next_handler: Next) -> Response:
    kind, resource_id = request.parameters.get("ResourceType"), request.parameters.get("ResourceId", "")
    backend = request.backend(region="aws")
    if kind == "hostedzone" and resource_id not in backend.zones:
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {resource_id}", NOT_FOUND)
    if kind == "healthcheck" and resource_id not in backend.health_checks:
        raise AwsError("NoSuchHealthCheck", f"A health check with id {resource_id} does not exist.", NOT_FOUND)
    return next_handler(request)

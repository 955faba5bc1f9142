# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which botocore service does a request mean? A signature names an endpoint, and some endpoints serve several."""

from __future__ import annotations

from functools import cache

# Signing name (lower case, as in the credential scope) to botocore's service name, where they differ.
SIGNED_AS = {
    "access-analyzer": "accessanalyzer",
    "aoss": "opensearchserverless",
    "aps": "amp",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "sso": "sso-admin",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}

# Endpoints of several services, told apart by what follows.
ELB_V2_VERSION = "2015-12-01"
SES_V2_PATH = "/v2/"
S3_CONTROL_PATH = "/v20180820/"
OPENSEARCH_PATH = "/2021-01-01/"
APIGATEWAY_V2_PATH = "/v2/"
STREAMS_TARGET = "DynamoDBStreams"


def service_of(signed_as: str, *, version: str = "", path: str = "", target: str = "") -> str:
    """The botocore service name; of services that look alike on the wire (rds, docdb, neptune) the first."""
    name = SIGNED_AS.get(signed_as, signed_as)
    split = {
        "elasticloadbalancing": ("elbv2", "elb", version == ELB_V2_VERSION),
        "ses": ("sesv2", "ses", path.startswith(SES_V2_PATH)),
        "s3": ("s3control", "s3", path.startswith(S3_CONTROL_PATH)),
        "es": ("opensearch", "es", path.startswith(OPENSEARCH_PATH)),
        "apigateway": ("apigatewayv2", "apigateway", path.startswith(APIGATEWAY_V2_PATH)),
        "dynamodb": ("dynamodbstreams", "dynamodb", target.startswith(STREAMS_TARGET)),
    }.get(name)
    if split is None:
        return name
    special, usual, is_special = split
    return special if is_special else usual


@cache
def known_services() -> frozenset[str]:
    from moto.core.loaders import create_loader  # noqa: PLC0415  (slow to import, and not needed to answer a ping)

    return frozenset(create_loader().list_available_services("service-2"))

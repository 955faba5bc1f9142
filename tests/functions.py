# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Lambda function for tests: that it is there, and who may call it."""

from __future__ import annotations

import io
import json
import zipfile

from local_cloud.testing import LocalCloud


def function(cloud: LocalCloud, name: str) -> str:
    """Makes a function that does nothing; its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("one.py", "def handler(event, context): pass")
    answer = cloud.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="one.handler", Code={"ZipFile": archive.getvalue()}
    )
    return str(answer["FunctionArn"])


def let_in(cloud: LocalCloud, name: str, secret_arn: str) -> None:
    """Secrets Manager may call it for this secret."""
    cloud.client("lambda").add_permission(
        FunctionName=name,
        StatementId="SecretsManager",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceArn=secret_arn,
    )

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does an operation read or write? By its verb, with the exceptions listed.

Source of the exceptions: the access levels of the AWS Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/), read as "does the account look
different afterwards". So ``sts:AssumeRole``, a *Write* there, reads here: it leaves nothing behind.
"""

from __future__ import annotations

import re
from typing import Literal

Access = Literal["read", "write"]

READING_VERBS = (
    "BatchDescribe",
    "BatchGet",
    "Check",
    "Describe",
    "Discover",
    "Estimate",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "TransactGet",
    "Validate",
)

READS_DESPITE_ITS_VERB = frozenset(
    {
        ("acm", "ExportCertificate"),
        ("backup", "ExportBackupPlanTemplate"),
        ("s3", "CreateSession"),
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithSAML"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sts", "DecodeAuthorizationMessage"),
        ("kms", "Decrypt"),
        ("kms", "Encrypt"),
        ("kms", "GenerateDataKey"),
        ("kms", "GenerateDataKeyPair"),
        ("kms", "GenerateDataKeyPairWithoutPlaintext"),
        ("kms", "GenerateDataKeyWithoutPlaintext"),
        ("kms", "GenerateMac"),
        ("kms", "GenerateRandom"),
        ("kms", "ReEncrypt"),
        ("kms", "Sign"),
        ("kms", "Verify"),
        ("kms", "VerifyMac"),
        ("logs", "StartLiveTail"),
        ("logs", "StartQuery"),
        ("logs", "StopQuery"),
        ("rds", "DownloadDBLogFilePortion"),
    }
)

WRITES_DESPITE_ITS_VERB = frozenset(
    {
        ("apigateway", "TestInvokeAuthorizer"),
        ("apigateway", "TestInvokeMethod"),
        ("cloudformation", "TestType"),
        ("dms", "TestConnection"),
        ("elasticache", "TestFailover"),
        ("elasticache", "TestMigration"),
    }
)

# Whole words: CheckpointDurableExecution is not a check.
_reading = re.compile(rf"({'|'.join(READING_VERBS)})(?=[A-Z0-9]|$)")


def access_of(service: str, operation: str, *, dry_run: bool = False) -> Access:
    """``dry_run``: EC2's DryRun flag, with which a writing operation changes nothing."""
    key = (service, operation)
    if key in READS_DESPITE_ITS_VERB:
        return "read"
    if key in WRITES_DESPITE_ITS_VERB:
        return "write"
    return "read" if dry_run or _reading.match(operation) else "write"

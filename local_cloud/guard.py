# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An environment from which no real AWS account can be reached.

The credentials are valid nowhere, and everything that could bring others in is cleared: profiles, config files,
endpoint variables, web identity, container and instance metadata, proxies.
"""

from __future__ import annotations

from collections.abc import Mapping

# 20 characters, as moto recognises access keys. Ansible masks secret values wherever they occur in output, so
# neither may be a short or common string.
ACCESS_KEY = "AKIALOCALCLOUD000000"
SECRET_KEY = "local-cloud-only/not-valid-in-any-account"
ACCOUNT = "123456789012"
REGION = "us-east-1"
NOWHERE = "/dev/null"

_proxies = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"})
_others = frozenset({"BOTO_CONFIG", "BOTO3_CONFIG", "EC2_URL", "S3_URL", "RDS_URL"})


def guard_variables(endpoint: str, region: str = REGION, dns: str = "") -> dict[str, str]:
    """What is set, over an environment from which everything of AWS has been taken.

    ``LOCAL_CLOUD_DNS`` is for the inventory that points delegation checks at our DNS server.
    """
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": NOWHERE,
        "AWS_SHARED_CREDENTIALS_FILE": NOWHERE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "BOTO_CONFIG": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "LOCAL_CLOUD_DNS": dns,
    }


def is_cleared(name: str) -> bool:
    """Variables that could lead a client to another account, endpoint or proxy, our own settings among them."""
    return name.startswith("AWS_") or name.lower() in _proxies or name in _others


def guarded(environment: Mapping[str, str], endpoint: str, region: str = REGION, dns: str = "") -> dict[str, str]:
    """The whole environment for a command that is to see the local cloud and nothing else."""
    kept = {name: value for name, value in environment.items() if not is_cleared(name)}
    return {**kept, **guard_variables(endpoint, region, dns)}


def moto_variables(port: int) -> dict[str, str]:
    """moto's own settings. Its parts that call AWS themselves (Step Functions) find it at MOTO_PORT."""
    return {
        "MOTO_PORT": str(port),
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        # A certificate is issued when its record is in DNS (our clock's rule), not after moto's wait.
        "MOTO_ACM_VALIDATION_WAIT": "0",
    }

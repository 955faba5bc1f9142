# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tools beside need where they run: a certificate, files, settings, all made or copied for the occasion."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent
CERTIFICATE = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=app.example.com")
PROVIDER = "terraform-provider-aws_*"
SETTINGS = "terraform.rc"


def write_certificate(directory: Path) -> None:
    """cert.pem and cert.key, signed by nobody else."""
    subprocess.run(
        ["openssl", *CERTIFICATE, "-keyout", "cert.key", "-out", "cert.pem"],
        cwd=directory,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def names(stacks: int) -> list[str]:
    return ["prod"] if stacks == 1 else [f"s{number}" for number in range(stacks)]


def write_terraform(directory: Path) -> None:
    """The configuration, without state of an earlier run, a password for its database, and where to find providers."""
    shutil.rmtree(directory / "terraform", ignore_errors=True)
    shutil.copytree(SOURCES / "terraform", directory / "terraform")
    (directory / "terraform" / "password.auto.tfvars").write_text(f'password = "{secrets.token_urlsafe(24)}"\n')
    mirror = _mirror()
    source = f'filesystem_mirror {{ path = "{mirror}" }}' if mirror else "direct {}"
    (directory / SETTINGS).write_text(f"provider_installation {{\n  {source}\n}}\n")


def terraform_settings(directory: Path) -> dict[str, str]:
    """The variables that lead Terraform to its providers, and keep it from asking for news."""
    return {"TF_CLI_CONFIG_FILE": str(directory / SETTINGS), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


@cache
def _mirror() -> Path | None:
    """A filesystem mirror that has the provider: <mirror>/<host>/hashicorp/aws/<version>/<platform>/<file>."""
    found = subprocess.run(
        ["find", os.sep, "-xdev", "-type", "f", "-name", PROVIDER, "-print", "-quit"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    ).stdout.strip()
    return Path(found).parents[5] if found else None

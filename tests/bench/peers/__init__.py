# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tools beside: their files, copied to where they run, with a certificate made for the occasion."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent
CERTIFICATE = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=app.example.com")
PROVIDER = "terraform-provider-aws_*"
SETTINGS = "terraform.rc"


def copy(name: str, directory: Path) -> None:
    """Anew, so without state of an earlier run."""
    shutil.rmtree(directory / name, ignore_errors=True)
    shutil.copytree(SOURCES / name, directory / name)
    subprocess.run(
        ["openssl", *CERTIFICATE, "-keyout", "cert.key", "-out", "cert.pem"],
        cwd=directory,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def names(stacks: int) -> list[str]:
    return ["prod"] if stacks == 1 else [f"s{number}" for number in range(stacks)]


def write_terraform_settings(directory: Path) -> None:
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

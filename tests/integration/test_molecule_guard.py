# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The molecule scenarios run where nothing but a local cloud can be reached, and refuse to run anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local_cloud import guard

ROOT = Path(__file__).resolve().parents[2]
GUARDED = guard.guard_variables("http://127.0.0.1:5598")


def check(tmp_path: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the tasks with which each scenario begins."""
    playbook = tmp_path / "play.yml"
    tasks = ROOT / "extensions/molecule/shared/tasks/guard.yml"
    playbook.write_text(
        f"- hosts: localhost\n  gather_facts: false\n  tasks: [{{ansible.builtin.include_tasks: {tasks}}}]\n"
    )
    kept = {name: value for name, value in os.environ.items() if not guard.is_cleared(name)}
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)],
        env={**kept, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_under_the_guard(tmp_path: Path) -> None:
    assert check(tmp_path, GUARDED).returncode == 0


@pytest.mark.parametrize(
    "leak",
    [
        {"AWS_PROFILE": "production"},
        {"AWS_ENDPOINT_URL": "https://ec2.us-east-1.amazonaws.com"},
        {"AWS_ENDPOINT_URL_EC2": "https://ec2.us-east-1.amazonaws.com"},
        {"AWS_ACCESS_KEY_ID": "AKIAREAL"},
        {"AWS_SESSION_TOKEN": "real"},
        {"AWS_CONFIG_FILE": "/home/someone/.aws/config"},
    ],
    ids=lambda leak: next(iter(leak)),
)
def test_it_refuses_where_a_real_account_could_be_reached(tmp_path: Path, leak: Mapping[str, str]) -> None:
    done = check(tmp_path, {**GUARDED, **leak})
    assert done.returncode != 0
    assert "only under the guard of the local cloud: make molecule" in done.stdout

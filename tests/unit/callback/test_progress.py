# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run as a person sees it: what is being done and what has changed, and all that goes wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLAYBOOK = """
- name: Try everything
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Compute
      ansible.builtin.set_fact: {a: 1}
    - name: Include
      ansible.builtin.include_tasks: included.yml
    - name: Change one of two
      ansible.builtin.command: "echo {{ item }}"
      changed_when: item == 'one'
      loop: [one, two]
    - name: Leave out
      ansible.builtin.ping:
      when: false
    - name: Say two lines
      ansible.builtin.debug: {msg: "first\\n  second"}
    - name: Say each
      ansible.builtin.debug: {msg: "{{ item }}"}
      loop: [x, y]
    - name: Try again
      ansible.builtin.command: "test -e {{ playbook_dir }}/there"
      register: tried
      until: tried is not failed
      retries: 1
      delay: 0
      ignore_errors: true
    - name: Break off
      ansible.builtin.assert: {that: a == 2, fail_msg: a is not 2}
"""
NARRATING = """
- name: Shift
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Move the traffic
      cutover.aws.traffic_shift: {stack: {project: a, environment: b, region: c}, steps: [], gates: []}
"""
INCLUDED = "- {name: Look, ansible.builtin.ping: }"

BRIEF = """
PLAY [Try everything]
Look ... ok
Change one of two
changed: [localhost] => (item=one)
Leave out ... skipped

first
  second


x


y

Try again
FAILED - RETRYING: [localhost]: Try again (N retries left).
"""


def run(directory: Path, *arguments: str, playbook: str = PLAYBOOK) -> str:
    (directory / "play.yml").write_text(playbook)
    (directory / "included.yml").write_text(INCLUDED)
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local"]
    interpreter = f"ansible_python_interpreter={sys.executable}"
    done = subprocess.run(
        [*command, "-e", interpreter, *arguments, str(directory / "play.yml")],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_HOME": str(directory)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run(tmp_path_factory.mktemp("brief"))


def test_a_task_is_a_line_and_what_changed_stands_below(brief: str) -> None:
    # ansible-core 2.21 counts the retries that are left to one less than 2.19.
    counted = re.sub(r"\(\d+ retries", "(N retries", brief)
    assert counted.replace("*", "").replace("] \n", "]\n").startswith(BRIEF)


def test_a_failure_says_why(brief: str) -> None:
    assert "\nBreak off\n[ERROR]: " in brief
    assert "fatal: [localhost]: FAILED! => \n    msg: a is not 2\n" in brief
    assert "fatal: [localhost]: FAILED! => \n    cmd:\n    - test\n" in brief
    assert "    rc: 1\n" in brief
    assert "...ignoring" in brief
    assert "failed=1" in brief


def test_a_task_that_prints_lines_of_its_own_has_a_line_for_its_name(tmp_path: Path) -> None:
    shown = run(tmp_path, playbook=NARRATING)
    assert shown.count("Move the traffic\n[ERROR]: ") == 1
    assert shown.count("\nMove the traffic") == 1


def test_more_is_shown_when_it_is_asked_for(tmp_path: Path) -> None:
    verbose = run(tmp_path, "-v")
    assert "TASK [Compute] ***" in verbose
    assert "included: " in verbose
    assert "skipping: [localhost]" in verbose
    assert "ok: [localhost] => (item=two)" in verbose
    assert "    evaluated_to: false\n" in verbose

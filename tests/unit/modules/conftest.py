# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Modules run in this process, as Ansible would call them, against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from local_cloud import guard
from local_cloud.testing import LocalCloud

Main = Callable[[], None]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> Run:
    """run(main, check=False, **parameters): the module's result; failed is among it."""

    def call(main: Main, *, check: bool = False, **parameters: Any) -> dict[str, Any]:
        access = {
            "region": guard.REGION,
            "endpoint_url": cloud.endpoint,
            "access_key": guard.ACCESS_KEY,
            "secret_key": guard.SECRET_KEY,
        }
        capsys.readouterr()
        with patch_module_args({**access, **parameters, "_ansible_check_mode": check}), pytest.raises(SystemExit):
            main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return call

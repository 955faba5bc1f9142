# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the server learns from tasks: models that the installed botocore has, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Warm

CODE = Path(__file__).resolve().parents[4] / "plugins" / "plugin_utils" / "warm"
LOAD = """
import botocore.session
loader = botocore.session.create_loader()
before = len(loader._cache)
loader.load_service_model({service!r}, "service-2")
print(len(loader._cache) - before)
"""


def learn(models: Any) -> list[list[str]]:
    """What a server has loaded after it was told of models."""
    text = f"""
import json, sys
sys.path.insert(0, {str(CODE)!r})
import preload
preload._share_models()
import botocore.session
preload._share_models()
preload.learn({models!r})
print(json.dumps(sorted(preload._ready)))
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True)
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_a_model_is_ready_for_the_next_task(warm: Warm) -> None:
    loaded = [int(warm.run(LOAD.format(service=service)).stdout) for service in ("sts", "sqs", "sts")]
    assert loaded[0] > 0
    assert loaded[1] > 0
    assert loaded[2] == 0


@pytest.mark.parametrize("own", [False, True])
def test_models_of_the_user_are_not_shared(tmp_path: Path, own: bool) -> None:
    """They can change from one task to the next."""
    if own:
        (tmp_path / ".aws" / "models").mkdir(parents=True)
    text = f"""
import sys
sys.path.insert(0, {str(CODE)!r})
import botocore.session, preload
preload._share_models()
print(botocore.session.create_loader() is botocore.session.create_loader())
print(botocore.session.create_loader("/elsewhere") is botocore.session.create_loader("/elsewhere"))
"""
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, check=True, env={**os.environ, "HOME": str(tmp_path)}
    )
    assert done.stdout.decode().split() == [str(not own), "False"]


def test_learns_what_botocore_has() -> None:
    assert ["sts", "service-2"] in learn([["sts", "service-2"]])


@pytest.mark.parametrize(
    "models",
    [
        [["../../../../etc", "service-2"]],
        [["no-such-service", "service-2"]],
        [["sts", "../../ec2/2016-11-15/service-2"]],
        [["sts", "examples-1"]],
    ],
)
def test_learns_nothing_else(models: Any) -> None:
    assert learn(models) == []

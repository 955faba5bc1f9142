# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The live part as a user turns it on and off, in a process of its own with a clock that runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from local_cloud import cli
from local_cloud.daemon import Daemon
from local_cloud.testing import boto3_client

PATIENCE = 60.0


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found = tmp_path_factory.mktemp("live")
    daemon = Daemon(found, python=sys.executable)
    daemon.start(port=0)
    yield found
    daemon.stop()


@pytest.fixture
def run(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*words: str) -> tuple[int, str]:
        code = cli.main([*words, "--state-dir", str(state_dir)])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def test_an_alarm_goes_off_by_itself(state_dir: Path, run: Callable[..., tuple[int, str]]) -> None:
    cloudwatch = boto3_client(Daemon(state_dir).require()["endpoint"], "cloudwatch")
    assert run("live", "status") == (1, "still\n")
    assert run("live", "on") == (0, "the local cloud is live\n")
    cloudwatch.put_metric_alarm(
        AlarmName="one",
        Namespace="Shop",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    end = monotonic() + PATIENCE
    while "ALARM" not in run("live", "status")[1]:
        assert monotonic() < end, "no alarm in spite of all patience"
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "M", "Value": 5}])
        sleep(0.01)
    assert run("time", "0") == (1, "local_cloud: error: the time scale cannot be 0 while the local cloud is live\n")
    assert run("live", "off") == (0, "the local cloud is still\n")
    assert run("live", "status") == (1, "still\n")


def test_sides_are_told_how_to_behave(run: Callable[..., tuple[int, str]]) -> None:
    assert run("live", "side", "*-green", "--errors", "0.5")[0] == 1
    run("live", "on", "--seed", "7")
    assert run("live", "side", "*-green", "--errors", "0.5", "--down") == (0, "")
    assert "behaviour   *-green: errors 0.5, down True\n" in run("live", "status")[1]
    assert run("live", "side", "*-green", "--errors", "2") == (
        1,
        "local_cloud: error: a share of errors is within 0 and 1, and not 2.0\n",
    )
    assert run("live", "side", "*-green") == (0, "")
    assert "behaviour" not in run("live", "status")[1]
    run("live", "off")


def test_requests_that_lead_nowhere_are_lost(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    run("live", "on")
    report = tmp_path / "report.json"
    url = "http://nobody.example/"
    code, said = run("live", "load", url, "--rate", "50", "--seconds", "0.3", "--publish", "--json", str(report))
    found = json.loads(report.read_text())
    assert (code, said) == (1, f"{found['requests']} requests, {found['lost']} lost, 0 failed\n")
    assert found["lost"] == found["requests"] > 0
    run("live", "off")
    assert run("live", "load", url) == (1, "local_cloud: error: nothing is live: turn it on first (live on)\n")


def test_nothing_is_live_without_time(run: Callable[..., tuple[int, str]]) -> None:
    run("time", "0")
    code, said = run("live", "on")
    assert code == 1
    assert said.startswith("local_cloud: error: nothing is live at time scale 0")
    run("time", "0.1")

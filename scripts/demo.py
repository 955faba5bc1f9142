# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Move the demo's traffic from blue to green while clients ask, on the local cloud of this shell (local_cloud exec).

usage: demo.py [--rollback]      with --rollback green is broken at 50 %, and the traffic comes back

It fills green as an operator would before a shift, lets the local cloud live, asks https://www.shop.acme.example/ 100
times a second through 50 resolver caches, and runs playbooks/shift.yml. A minute of AWS's time takes six seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from local_cloud.client import Client
from local_cloud.errors import LocalCloudError
from local_cloud.live.counts import summary
from local_cloud.live.load import Load, Plan, load_of
from local_cloud.live.meter import Meter
from local_cloud.testing import boto3_client

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ROOT / "outputs" / "prod.json"
REHEARSAL = ROOT / "local_cloud" / "rehearsal.yml"
SIDES = ("blue", "green")
SCALE = 6.0
SEED = 1
RATE = 100.0
EVERY = 10
"""Seconds of one line of the table."""
WIDTH = 40
PATIENCE = 120.0
POLL = 0.5

Json = dict[str, Any]


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rollback", action="store_true", help="break green at 50 %%, and see the way back")
    rollback = options.parse_args().rollback
    try:
        return Demo(Client(os.environ["AWS_ENDPOINT_URL"]), json.loads(OUTPUTS.read_text(encoding="utf-8"))).run(
            rollback
        )
    except (LocalCloudError, KeyError, OSError) as error:
        print(f"demo: {error}; it runs as `make demo` or `make demo-rollback`", file=sys.stderr)
        return 1


class Demo:
    """``outputs``: those of the stack. What it changes in the local cloud's ways it puts back at the end."""

    def __init__(self, cloud: Client, outputs: Json) -> None:
        self._cloud = cloud
        self._sides: dict[str, Json] = outputs["compute"]["sides"]
        self._rehearsal: Json = yaml.safe_load(REHEARSAL.read_text(encoding="utf-8"))
        self._url: str = outputs["dns"]["urls"][0]
        self._record = {"zone": outputs["zone"]["zone_id"], "name": outputs["dns"]["record_names"][0]}

    def run(self, rollback: bool) -> int:
        """0 where the shift has ended as it was to."""
        say("Green gets its instances, as before every shift; then clients begin to ask.")
        self._fill_green()
        self._cloud.time_scale(SCALE)
        self._cloud.go_live(SEED)
        try:
            until(self._healthy, "both sides are healthy")
            if self._weight("green"):
                say("An earlier demo has left the traffic on green: first it goes back to blue.")
                self._shift(shift_back=True).wait()
            return self._under_load(rollback)
        finally:
            self._cloud.side(self._servers("green"))
            self._cloud.go_still()
            self._cloud.time_scale(0.1)

    def _under_load(self, rollback: bool) -> int:
        load = load_of(Plan(self._url, RATE, seed=SEED), self._cloud.status(), self._cloud.live())
        load.start()
        shift = self._shift()
        try:
            broken = self._accompany(shift, load, rollback)
        finally:
            if shift.poll() is None:
                shift.terminate()
                shift.wait()
        report = load.stop()
        if rollback:
            say("That the play has failed is as it should be: its traffic is back on blue, not where it was to go.")
        say("\n".join(["What the clients saw, ten seconds a line:", *table(report, self._names(), broken)]))
        say("\n".join(summary(report)))
        expected = {"blue": 100, "green": 0} if rollback else {"blue": 0, "green": 100}
        return 0 if {side: self._weight(side) for side in SIDES} == expected else 1

    def _accompany(self, shift: subprocess.Popen[str], load: Load, rollback: bool) -> float | None:
        """Until it ends; breaks green once half of the traffic is there. When it did, in seconds of the load."""
        meter, half = Meter(self._aws("cloudwatch")), int(self._rehearsal["migration_steps"][0]["weight"])
        reached = broken = None
        while shift.poll() is None:
            meter.publish(load.counts.report())
            now = time.time() - load.counts.began
            if rollback and reached is None and self._weight("green") == half:
                reached = now
            if reached is not None and broken is None and now - reached >= EVERY:  # clients have to see green first
                say("Now half of green's answers are errors.")
                self._cloud.side(self._servers("green"), errors=0.5)
                broken = now
            time.sleep(POLL)
        return broken

    def _shift(self, **variables: Any) -> subprocess.Popen[str]:
        """The playbook, as one would run it; the steps and gates of a rehearsal, and one more that asks each side."""
        gates = [*self._rehearsal["migration_gates"], *map(self._answers, SIDES)]
        given = {**self._rehearsal, "migration_gates": gates, **variables}
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "playbooks/shift.yml"]
        inventories = ["-i", "inventories/prod", "-i", "inventories/local"]
        return subprocess.Popen([*command, *inventories, "-e", json.dumps(given)], cwd=ROOT, text=True)

    def _answers(self, side: str) -> Json:
        balancers = {one["name"]: one for one in self._cloud.live()["balancers"]}
        own = balancers[self._sides[side]["load_balancer_name"]]
        server = f"{own['address']}:{own['ports']['443']}"
        asked = {"url": self._url, "connect_to": server, "validate_certs": False, "requests": 10}
        return {"name": f"{side} answers", "side": side, "type": "http", **asked}

    def _fill_green(self) -> None:
        group, capacity = self._sides["green"]["group_name"], self._sides["blue"]["capacity"]
        self._aws("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=group,
            MinSize=capacity["min_size"],
            MaxSize=capacity["max_size"],
            DesiredCapacity=capacity["desired_capacity"],
        )

    def _healthy(self) -> bool:
        return all(self._serves(self._sides[side]["target_group_arn"]) for side in SIDES)

    def _serves(self, group: str) -> bool:
        found = self._aws("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return any(one["TargetHealth"]["State"] == "healthy" for one in found)

    def _weight(self, side: str) -> int:
        found = self._aws("route53").list_resource_record_sets(
            HostedZoneId=self._record["zone"], StartRecordName=self._record["name"]
        )["ResourceRecordSets"]
        return next(int(one["Weight"]) for one in found if one.get("SetIdentifier") == side)

    def _names(self) -> dict[str, str]:
        return {self._servers(side): side for side in SIDES}

    def _servers(self, side: str) -> str:
        return str(self._sides[side]["target_group_name"])

    def _aws(self, service: str) -> Any:
        return boto3_client(self._cloud.endpoint, service)


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise LocalCloudError(f"after {PATIENCE:.0f} s it is still not so that {what}")
        time.sleep(POLL)


def table(report: Json, names: dict[str, str], broken: float | None = None) -> Iterator[str]:
    """A line for every few seconds of a load's report: each side's share as a bar, and what failed."""
    periods: dict[int, list[Json]] = {}
    for second in report["seconds"]:
        periods.setdefault(second["second"] // EVERY, []).append(second)
    for period, seconds in periods.items():
        asked: Counter[str] = Counter()
        failed: Counter[str] = Counter()
        for one in seconds:
            asked.update({names.get(side, side): count for side, count in one["sides"].items()})
            failed.update({names.get(side, side): count for side, count in one["failed"].items()})
        total, lost = asked.total(), sum(one["lost"] for one in seconds)
        green = asked["green"] / total if total else 0.0
        bar = "#" * (WIDTH - round(green * WIDTH)) + "=" * round(green * WIDTH)
        troubles = [f"{count} of {side} failed" for side, count in failed.items()] + [f"{lost} lost"] * bool(lost)
        mark = "  <- green breaks" if broken is not None and period == int(broken) // EVERY else ""
        shares = f"blue {asked['blue'] / total:4.0%} |{bar}| green {green:4.0%}" if total else "nobody was answered"
        yield f"{period * EVERY:>5} s {total + lost:>5} requests  {shares}  {', '.join(troubles)}{mark}".rstrip()


if __name__ == "__main__":
    sys.exit(main())

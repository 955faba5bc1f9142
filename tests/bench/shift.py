# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`python -m tests.bench.shift`: a step of all traffic from blue to green, beside amazon.aws.route53.

Both run in this process against a local cloud of their own, without Ansible around them: the stock module takes one
task a record, each of which would be a process more. What a resolver sees is the zone's state after each change call.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from time import perf_counter
from typing import Any

from ansible.module_utils.testing import patch_module_args
from ansible_collections.amazon.aws.plugins.modules import route53

from ansible_collections.cutover.aws.plugins.modules import route53_weighted_shift
from local_cloud import guard
from local_cloud.services.route53 import batch
from local_cloud.testing import LocalCloud

Raw = dict[str, Any]
BALANCERS = "Z35SXDOTRQ7X7K"
BEFORE, AFTER = {"blue": 100, "green": 0}, {"blue": 0, "green": 100}
HALVES = "all 0: half and half"
CHANGE, LIST = "ChangeResourceRecordSets", "ListResourceRecordSets"


@dataclass(frozen=True)
class Measured:
    """A run. seen: by what a group answered in between, how often that was so (groups times change calls)."""

    groups: int
    module: str
    seconds: float
    calls: Counter[str]
    seen: Counter[str]

    def row(self) -> str:
        between = ", ".join(f"{what} ({times} times)" for what, times in self.seen.items()) or "nothing in between"
        change, listed = self.calls[CHANGE], self.calls[LIST]
        return (
            f"| {self.groups} | {self.module} | {self.seconds:.1f} s | {self.calls.total()} | {change} | {listed} "
            f"| {between} |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.shift", description=__doc__)
    parser.add_argument("--groups", default="1,10,100,500", help="numbers of groups, default %(default)s")
    numbers = [int(number) for number in parser.parse_args(arguments).groups.split(",")]
    print("| groups | module | time | calls | change calls | list calls | what resolvers saw beside before and after |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for number in numbers:
        for module, step in STEPS.items():
            print(measure(number, module, step).row(), flush=True)
    return 0


def measure(number: int, module: str, step: Callable[[LocalCloud, str, list[str]], None]) -> Measured:
    """The step on a zone of so many groups."""
    names = [f"n{index}.example.com." for index in range(number)]
    with LocalCloud() as cloud:
        made = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="bench")
        zone = str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))
        records = [_record(name, side, weight) for name in names for side, weight in BEFORE.items()]
        for start in range(0, len(records), 1000):
            changes = [{"Action": "CREATE", "ResourceRecordSet": one} for one in records[start : start + 1000]]
            cloud.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        mark, begun = cloud.control.mark(), perf_counter()
        step(cloud, zone, names)
        seconds = perf_counter() - begun
        calls = cloud.control.calls(since=mark)
    return Measured(number, module, seconds, Counter(call["operation"] for call in calls), _seen(records, calls))


def _seen(records: list[Raw], calls: list[Raw]) -> Counter[str]:
    """What groups answered that was neither what they did before nor what they ought to."""
    seen: Counter[str] = Counter()
    for call in calls:
        if call["operation"] == CHANGE and call["error_code"] is None:
            changes = call["parameters"]["ChangeBatch"]["Changes"]
            records = batch.apply(records, changes, "example.com.", lambda *_: None)
            seen.update(share for share in _shares(records) if share)
    return seen


def _shares(records: list[Raw]) -> Iterator[str | None]:
    groups: dict[str, dict[str, int]] = {}
    for record in records:
        groups.setdefault(record["Name"], {})[record["SetIdentifier"]] = record["Weight"]
    for weights in groups.values():
        if weights in (BEFORE, AFTER):
            yield None
        elif any(weights.values()):
            yield " ".join(f"{side} {weight}" for side, weight in weights.items())
        else:
            yield HALVES


def _record(name: str, side: str, weight: int) -> Raw:
    target = {"DNSName": _target(side), "HostedZoneId": BALANCERS, "EvaluateTargetHealth": True}
    return {"Name": name, "Type": "A", "SetIdentifier": side, "Weight": weight, "AliasTarget": target}


def _target(side: str) -> str:
    return f"{side}.us-east-1.elb.amazonaws.com."


def _ours(cloud: LocalCloud, zone: str, names: list[str]) -> None:
    groups = [{"zone_id": zone, "name": name, "type": "A"} for name in names]
    _run(route53_weighted_shift.main, cloud, groups=groups, weights=AFTER)


def _stock(cloud: LocalCloud, zone: str, names: list[str]) -> None:
    for name in names:
        for side, weight in AFTER.items():
            _run(
                route53.main,
                cloud,
                state="present",
                hosted_zone_id=zone,
                record=name,
                type="A",
                value=[_target(side)],
                alias=True,
                alias_hosted_zone_id=BALANCERS,
                alias_evaluate_target_health=True,
                identifier=side,
                weight=weight,
                overwrite=True,
                wait=True,
            )


STEPS = {"cutover.aws.route53_weighted_shift": _ours, "amazon.aws.route53": _stock}


def _run(module: Callable[[], None], cloud: LocalCloud, **parameters: Any) -> None:
    access = {"endpoint_url": cloud.endpoint, "access_key": guard.ACCESS_KEY, "secret_key": guard.SECRET_KEY}
    output = StringIO()
    with redirect_stdout(output), patch_module_args({**access, **parameters}), suppress(SystemExit):
        module()
    result = json.loads(output.getvalue())
    if result.get("failed") or not result["changed"]:
        raise RuntimeError(f"the step was not taken: {result.get('msg')}")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes the controller's IAM policies from the operations that runs make (docs/iam-calls.json).

scripts/iam_policy.py                     writes docs/iam-policy.json, for the example acme-prod
scripts/iam_policy.py --check             says whether it is out of date
scripts/iam_policy.py --stack shop-prod --account 111122223333 --into policies
                                          writes one file a policy for a stack of yours
python -m local_cloud calls --json | scripts/iam_policy.py --record build
                                          adds what a call log holds to docs/iam-calls.json
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local_cloud.actions import action_names  # noqa: E402
from scripts.iam_dependents import DEPENDENT  # noqa: E402
from scripts.iam_scopes import Target, scopes  # noqa: E402

CALLS = ROOT / "docs" / "iam-calls.json"
POLICIES = ROOT / "docs" / "iam-policy.json"
PHASES = ("build", "as needed", "shift", "restore", "upgrade", "destroy")
EXAMPLE = Target(stack="acme-prod", account="123456789012", partition="aws", parameters="/acme/prod")

Policy = dict[str, Any]


class UnplacedAction(Exception):
    """An action that no scope takes in: somebody has to decide on what it may work."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action}: no scope of scripts/iam_scopes.py says on which resources; add it there")


def main(arguments: Sequence[str]) -> int:
    """0 when the file is as it should be, or has been written."""
    options = _options(arguments)
    if options.record:
        return _record(options.record, sys.stdin)
    calls = json.loads(CALLS.read_text(encoding="utf-8"))
    if options.into:
        target = Target(options.stack, options.account, options.partition, options.parameters)
        return _write_each(policies(calls, target), target, Path(options.into))
    text = as_text(policies(calls, EXAMPLE))
    if not options.check:
        POLICIES.write_text(text, encoding="utf-8")
        return 0
    if POLICIES.exists() and POLICIES.read_text(encoding="utf-8") == text:
        return 0
    print("docs/iam-policy.json is not what docs/iam-calls.json asks for; run scripts/iam_policy.py", file=sys.stderr)
    return 1


def operations(calls: Mapping[str, Iterable[str]]) -> list[str]:
    """All operations, `service:Operation`, of every phase."""
    return sorted({operation for phase in calls.values() for operation in phase})


def needed_actions(called: Iterable[str]) -> set[str]:
    """The actions that these operations need, and those that AWS asks for in their course."""
    wanted = set(called)
    own = {action for operation in wanted for action in action_names(operation)}
    return own | {entry.action for entry in DEPENDENT if wanted.intersection(entry.operations)}


def policies(calls: Mapping[str, Iterable[str]], target: Target) -> dict[str, Policy]:
    """The policies by name. Each action is in one statement: that of the first scope which takes it, and in those that
    stand besides.
    """
    needed = needed_actions(operations(calls))
    left = set(needed)
    found: dict[str, Policy] = {}
    for scope in scopes(target):
        among = needed if scope.besides else left
        actions = sorted(action for action in among if any(fnmatchcase(action, pattern) for pattern in scope.patterns))
        if not scope.besides:
            left.difference_update(actions)
        if actions:
            policy = found.setdefault(scope.policy, {"Version": "2012-10-17", "Statement": []})
            policy["Statement"].append(_statement(scope.sid, actions, scope.resources, scope.condition))
    if left:
        raise UnplacedAction(min(left))
    return found


def as_text(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _statement(sid: str, actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any]) -> Policy:
    statement: Policy = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**statement, "Condition": dict(condition)} if condition else statement


def _write_each(found: Mapping[str, Policy], target: Target, directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    for name, policy in found.items():
        path = directory / f"{target.stack}-controller-{name}.json"
        path.write_text(as_text(policy), encoding="utf-8")
        print(path)
    return 0


def _record(phase: str, lines: Iterable[str]) -> int:
    calls: dict[str, list[str]] = json.loads(CALLS.read_text(encoding="utf-8"))
    made = {f"{call['service']}:{call['operation']}" for call in map(json.loads, lines)}
    new = made.difference(operations(calls))
    calls[phase] = sorted(new.union(calls[phase]))
    CALLS.write_text(as_text(calls), encoding="utf-8")
    print(f"{len(new)} new: {', '.join(sorted(new)) or 'none'}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write the IAM policies of the controller.")
    parser.add_argument("--check", action="store_true", help="only say whether docs/iam-policy.json is out of date")
    parser.add_argument("--record", choices=PHASES, help="add the operations of a call log on standard input")
    parser.add_argument("--into", help="a directory: one file a policy, for --stack in --account")
    parser.add_argument("--stack", help="<project>-<environment>")
    parser.add_argument("--account", help="twelve digits")
    parser.add_argument("--partition", default="aws", choices=["aws", "aws-cn", "aws-us-gov"])
    parser.add_argument("--parameters", help="parameters_path of the inventory, if it has one; default: /<stack>")
    options = parser.parse_args(arguments)
    if options.into and not (options.stack and re.fullmatch(r"\d{12}", options.account or "")):
        parser.error("--into needs --stack, and --account with its twelve digits")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command `live` of the command line: `python -m local_cloud live on|off|status|side|load`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_cloud.client import Client
from local_cloud.clock import SystemClock
from local_cloud.daemon import Daemon
from local_cloud.live.counts import second_line, summary
from local_cloud.live.meter import DIMENSION, METRIC, NAMESPACE, Meter

Options = argparse.Namespace


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """``common``: the options that every command has."""
    text = "Let happen what happens in AWS without being asked: load balancers serve, alarms are evaluated."
    live = commands.add_parser("live", help=text, description=text).add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Any, text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = live.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        made.set_defaults(command=command)
        return made

    made = add("on", turn_on, "Begin; what is live already is left alone.")
    made.add_argument("--seed", type=int, default=0, help="what is drawn by lot repeats with it; default: %(default)s")
    add("off", turn_off, "End it.")
    made = add("status", status, "Say what is live; exit code 1 when nothing is.")
    made.add_argument("--json", action="store_true")
    text = "Say how the servers of target groups behave; without any option, well again."
    made = add("side", behave, text)
    made.add_argument("pattern", help="of the target group's name, such as '*-green'")
    made.add_argument("--errors", type=float, default=0.0, metavar="SHARE", help="of requests that fail, 0 to 1")
    made.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    made.add_argument("--unhealthy", action="store_true", help="/health fails")
    made.add_argument("--down", action="store_true", help="every connection is reset")
    text = "Ask a URL again and again, and show the share of each side; exit code 1 when requests got no answer."
    made = add("load", load, text)
    made.add_argument("url", help="such as http://www.example.com/, looked up in the local cloud's DNS")
    made.add_argument("--rate", type=float, default=200.0, help="requests a second; default: %(default)s")
    made.add_argument("--seconds", type=float, default=30.0, help="default: %(default)s")
    text = "how many caches of DNS answers ask; each keeps an answer for its TTL, in AWS's time; default: %(default)s"
    made.add_argument("--resolvers", type=int, default=50, help=text)
    made.add_argument("--seed", type=int, default=0, help="of who asks; default: %(default)s")
    made.add_argument("--private", action="store_true", help="as from inside of a VPC")
    text = f"bring each side's requests into CloudWatch: {NAMESPACE}, {METRIC}, by {DIMENSION}, of each second"
    made.add_argument("--publish", action="store_true", help=text)
    made.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")


def load(options: Options, daemon: Daemon) -> int:
    """Until the time is over or somebody interrupts it: both end with the summary."""
    from local_cloud.live.load import Plan, load_of  # noqa: PLC0415  (needs dnspython, which other commands do not)
    from local_cloud.testing import boto3_client  # noqa: PLC0415  (needs botocore)

    client = _client(daemon)
    plan = Plan(options.url, options.rate, options.resolvers, options.seed, private=options.private)
    running = load_of(plan, client.status(), client.live())
    running.start()
    publish = Meter(boto3_client(client.endpoint, "cloudwatch")).publish if options.publish else None
    with suppress(KeyboardInterrupt):
        _watch(running.counts.report, options.seconds, publish)
    report = running.stop()
    print("\n".join(summary(report)))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))
    return 1 if report["lost"] else 0


def _watch(
    report: Callable[[], dict[str, Any]], seconds: float, publish: Callable[[dict[str, Any]], None] | None
) -> None:
    """A line for each second that is over, which is published too where somebody wants it."""
    shown, clock = 0, SystemClock()
    end = clock.now() + seconds
    while clock.now() < end:
        clock.sleep(min(1.0, max(0.0, end - clock.now())))
        found = report()
        if publish:
            publish(found)
        over = found["seconds"][:-1]
        for second in over[shown:]:
            print(second_line(second), flush=True)
        shown = len(over)


def turn_on(options: Options, daemon: Daemon) -> int:
    _client(daemon).go_live(options.seed)
    print("the local cloud is live")
    return 0


def turn_off(_options: Options, daemon: Daemon) -> int:
    _client(daemon).go_still()
    print("the local cloud is still")
    return 0


def status(options: Options, daemon: Daemon) -> int:
    found = _client(daemon).live()
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(_lines(found)))
    return 0 if found["live"] else 1


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "live" if found["live"] else "still"
    if "dns_private" in found:
        yield f"dns         {found['dns_private']} (as inside of a VPC)"
    for balancer in found.get("balancers", []):
        served = ", ".join(f"{port} at {balancer['address']}:{own}" for port, own in balancer["ports"].items())
        yield f"balancer    {balancer['name']}: {served or 'no listener'}"
    for backend in found.get("backends", []):
        yield f"side        {backend['side']}: {backend['url']}"
    for one in found.get("behaviours", []):
        settings = {name: value for name, value in one.items() if name != "side" and value}
        yield f"behaviour   {one['side']}: {', '.join(f'{name} {value}' for name, value in settings.items())}"
    for alarm in found.get("alarms", []):
        yield f"alarm       {alarm['name']}: {alarm['state']}"


def behave(options: Options, daemon: Daemon) -> int:
    names = ("errors", "delay", "unhealthy", "down")
    _client(daemon).side(options.pattern, **{name: getattr(options, name) for name in names})
    return 0


def _client(daemon: Daemon) -> Client:
    return Client(daemon.require()["endpoint"])

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command line: `python -m local_cloud start|stop|status|...`. Errors are one line and exit code 1, usage 2."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from local_cloud import guard
from local_cloud.client import Client
from local_cloud.clock import DEFAULT_TIME_SCALE
from local_cloud.daemon import DEFAULT_PORT, DEFAULT_STATE_DIR, Daemon, follow
from local_cloud.errors import LocalCloudError
from local_cloud.live import cli as live_cli

# What a build has to bear; tests and people switch it on by name. Reads are stale where AWS's documentation says so
# and stock modules are made for it. IAM's 1400 managed policies by twos would be 700 calls for one look-up. From a role
# or a certificate to its first use a build takes a while: there a fault looks far back, and strikes a few times only.
PROFILE = "AddRoleToInstanceProfile"
ROUGH_WEATHER: list[dict[str, Any]] = [
    {"kind": "throttle", "probability": 0.05, "seed": 5},
    {"kind": "stale_reads", "match": {"service": ["ec2", "iam", "s3"]}, "probability": 0.5, "seed": 7},
    {"kind": "late_tags"},
    {"kind": "unknown_role", "exclude": {"operation": PROFILE}},
    {"kind": "unknown_role", "match": {"operation": PROFILE}, "seconds": 1800, "times": 2},
    {"kind": "unknown_certificate", "seconds": 1800, "times": 3},
    {"kind": "pages", "size": 2, "exclude": {"service": "iam", "operation": "ListPolicies"}},
]

Options = argparse.Namespace
Command = Callable[[Options, Daemon], int]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options, Daemon(options.state_dir))
    except LocalCloudError as error:
        print(f"local_cloud: error: {error}", file=sys.stderr)
        return 1
    except (BrokenPipeError, KeyboardInterrupt):
        return 1


def start(options: Options, daemon: Daemon) -> int:
    status = daemon.start(options.port, options.time_scale, options.dns_port)
    print(f"local cloud at {status['endpoint']} (pid {status['pid']})")
    return 0


def stop(_options: Options, daemon: Daemon) -> int:
    if daemon.stop():
        print("local cloud stopped")
    return 0


def status(options: Options, daemon: Daemon) -> int:
    if options.json:
        found = daemon.status()
        print(json.dumps(found or {"running": False, "state_dir": str(daemon.state_dir)}, indent=2))
        return 0 if found else 1
    found = daemon.require()
    for name in ("endpoint", "pid", "started", "dns", "state_dir", "calls", "writes", "time_scale"):
        if name in found:
            print(f"{name.replace('_', ' '):<11} {found[name]}")
    for rule in found["faults"]:
        print(f"fault       {rule['kind']} {json.dumps(rule['match'])} struck {rule['hits']} times")
    return 0


def reset(_options: Options, daemon: Daemon) -> int:
    _client(daemon).reset()
    print("local cloud is empty")
    return 0


def logs(options: Options, daemon: Daemon) -> int:
    if not daemon.log_file.exists():
        raise LocalCloudError(f"there is no log in {daemon.state_dir}")
    follow(daemon.log_file, options.lines, forever=options.follow, write=sys.stdout.write)
    return 0


def calls(options: Options, daemon: Daemon) -> int:
    access = "write" if options.writes else None
    found = _client(daemon).calls(options.since, access, options.service, options.operation)
    for call in found:
        print(json.dumps(call) if options.json else _call_line(call))
    return 0


def faults(options: Options, daemon: Daemon) -> int:
    client = _client(daemon)
    if options.rules is not None:
        client.faults(_rules(options.rules))
    print(json.dumps(client.fault_rules(), indent=2))
    return 0


def time_scale(options: Options, daemon: Daemon) -> int:
    client = _client(daemon)
    if options.scale is not None:
        client.time_scale(options.scale)
    print(f"{client.status()['time_scale']} seconds for a minute of AWS's time")
    return 0


def env(options: Options, daemon: Daemon) -> int:
    """For `eval`: clear what is set now, then set the guard."""
    found = daemon.require()
    variables = guard.guard_variables(found["endpoint"], options.region, found["dns"])
    for name in sorted(name for name in os.environ if guard.is_cleared(name) and name not in variables):
        print(f"unset {name}")
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def execute(options: Options, daemon: Daemon) -> int:
    found = daemon.require()
    environment = guard.guarded(os.environ, found["endpoint"], options.region, found["dns"])
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise LocalCloudError("exec: no command given")
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        raise LocalCloudError(f"{words[0]}: {error.strerror}") from error


def _client(daemon: Daemon) -> Client:
    return Client(daemon.require()["endpoint"])


def _rules(text: str) -> list[dict[str, Any]]:
    if text in ("off", "rough"):
        return ROUGH_WEATHER if text == "rough" else []
    try:
        rules = json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise LocalCloudError(f"fault rules cannot be read: {error}") from error
    if not isinstance(rules, list):
        raise LocalCloudError("fault rules are a JSON list of objects")
    return rules


def _call_line(call: dict[str, Any]) -> str:
    outcome = f"{call['status']} {call['error_code'] or ''}".strip()
    mark = "W" if call["access"] == "write" else " "
    return f"{call['id']:>6} {call['time']} {mark} {call['region']} {call['service']}:{call['operation']} {outcome}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description="The embedded AWS, on loopback only.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR, help="default: %(default)s")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        made.set_defaults(command=command)
        return made

    made = add("start", start, "Start it in the background and wait until it answers.")
    made.add_argument("--port", type=_port, help=f"0 takes a free one; default: {DEFAULT_PORT}")
    made.add_argument("--dns-port", type=_port, default=0, help="default: a free one, shown by status")
    text = "seconds of real time for a minute of AWS's time; default: %(default)s"
    made.add_argument("--time-scale", type=_scale, default=DEFAULT_TIME_SCALE, help=text)
    add("stop", stop, "Stop it; quiet when nothing runs.")
    made = add("status", status, "Say where it runs; exit code 1 when it does not.")
    made.add_argument("--json", action="store_true")
    add("reset", reset, "Empty it: all resources and the call log.")
    made = add("logs", logs, "Show what the server wrote.")
    made.add_argument("-n", "--lines", type=int, default=50)
    made.add_argument("-f", "--follow", action="store_true")
    made = add("calls", calls, "Show the calls that it got.")
    made.add_argument("--writes", action="store_true", help="only those that change something")
    made.add_argument("--since", type=int, default=0, metavar="ID")
    made.add_argument("--service")
    made.add_argument("--operation")
    made.add_argument("--json", action="store_true", help="one JSON object a line")
    made = add("faults", faults, "Show or replace the fault rules.")
    made.add_argument("rules", nargs="?", help="off, rough, a JSON list, or @FILE")
    made = add("time", time_scale, "Show or set the time scale.")
    made.add_argument("scale", nargs="?", type=_scale, help="seconds for a minute of AWS's time; 0: no waiting")
    live_cli.add_to(commands, common)
    made = add("env", env, "Print the environment that leads to it and to no real account, for eval.")
    made.add_argument("--region", default=guard.REGION)
    made = add("exec", execute, "Run a command in that environment.")
    made.add_argument("--region", default=guard.REGION)
    made.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its arguments")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004  (TCP's own limit)
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 <= scale < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds, 0 or more")
    return scale

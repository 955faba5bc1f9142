# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command `live` of the command line: `python -m local_cloud live on|off|status`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from local_cloud.client import Client
from local_cloud.daemon import Daemon

Options = argparse.Namespace


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """``common``: the options that every command has."""
    text = "Let happen what happens in AWS without being asked: alarms are evaluated."
    live = commands.add_parser("live", help=text, description=text).add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Any, text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = live.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        made.set_defaults(command=command)
        return made

    add("on", turn_on, "Begin; what is live already is left alone.")
    add("off", turn_off, "End it.")
    made = add("status", status, "Say what is live; exit code 1 when nothing is.")
    made.add_argument("--json", action="store_true")


def turn_on(_options: Options, daemon: Daemon) -> int:
    _client(daemon).go_live()
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
        print("live" if found["live"] else "still")
        for alarm in found.get("alarms", []):
            print(f"alarm       {alarm['name']} {alarm['state']}")
    return 0 if found["live"] else 1


def _client(daemon: Daemon) -> Client:
    return Client(daemon.require()["endpoint"])

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plain boto3: what the Terraform configuration beside has, by the fewest calls that make, check and remove it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.peers.fewest_calls.data import Data
from tests.bench.peers.fewest_calls.environment import Clients, Environment
from tests.bench.peers.fewest_calls.network import Network
from tests.bench.peers.fewest_calls.security import Security
from tests.bench.peers.fewest_calls.steps import Action, Steps, run_all
from tests.bench.peers.fewest_calls.traffic import Traffic
from tests.bench.peers.fewest_calls.watching import Watching

Part = Network | Security | Data | Traffic | Watching


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["build", "check", "remove"])
    parser.add_argument("names", help="environments, as in one,two")
    parser.add_argument("--threads", type=int, default=1, help="1 makes one call after the other")
    parser.add_argument("--directory", type=Path, default=Path.cwd(), help="has cert.pem and cert.key, keeps the ids")
    options = parser.parse_args()
    clients = Clients(options.threads)
    environments = [Environment(name, number, clients) for number, name in enumerate(options.names.split(","))]
    if options.verb != "build":
        for environment in environments:
            environment.ids |= json.loads(_ids(options.directory, environment).read_text())
    drift: list[str] = []
    several = [_steps(options.verb, environment, options.directory, drift) for environment in environments]
    run_all(several, options.threads)
    if options.verb == "build":
        for environment in environments:
            _ids(options.directory, environment).write_text(json.dumps(environment.ids))
    print(f"{options.verb}: {sum(len(steps) for steps in several)} steps; not as they ought to be: {drift or 'none'}")
    return 1 if drift else 0


def _steps(verb: str, environment: Environment, directory: Path, drift: list[str]) -> Steps:
    steps = Steps()
    parts: list[Part] = [Network(environment), Security(environment), Data(environment)]
    parts += [Traffic(environment, directory), Watching(environment)]
    for part in parts:
        if verb == "check":
            for name, stands in part.checks().items():
                steps.add(name, _noting(stands, f"{environment.name}: {name}", drift))
        else:
            (part.build if verb == "build" else part.remove)(steps)
    return steps


def _noting(stands: Action, name: str, drift: list[str]) -> Callable[[], None]:
    def check() -> None:
        if not stands():
            drift.append(name)

    return check


def _ids(directory: Path, environment: Environment) -> Path:
    return directory / f"ids-{environment.name}.json"


if __name__ == "__main__":
    sys.exit(main())

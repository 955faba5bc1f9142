#!/usr/bin/env python3
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prints the molecule scenarios that a change calls for. usage: molecule_scenarios.py [BASE]

What belongs to one role, or is used by one role alone, calls for that role's scenario. What several use calls for
`site`, which looks at all of them; it also stands for a change that calls for more than a few. Documentation calls for
none. Without BASE, the commit that the change starts from, one role's scenario is printed, another one for each commit.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "extensions" / "molecule"
SITE = "site"
ACCOUNT = "default"
FEW = 3
"""A scenario takes some two minutes, and CI is to stay well below an hour."""
SHARED_FOLDERS = ("extensions", "inventories", "local_cloud", "playbooks", "plugins")
SHARED_FILES = ("ansible.cfg", "requirements/molecule.txt", "requirements/run.txt", "scripts/molecule", "site.yml")
USED = re.compile(r"\bcutover\.aws\.(\w+)")
IMPORTED = re.compile(r"module_utils\.(_\w+)")


@cache
def role_scenarios() -> tuple[str, ...]:
    """The scenarios that are named after a role."""
    found = {path.parent.name for path in FOLDER.glob("*/molecule.yml")}
    return tuple(sorted(found - {SITE, ACCOUNT}))


@cache
def users() -> dict[str, set[str]]:
    """For each module, and each package of module_utils that modules import: whose tasks use it."""
    found: dict[str, set[str]] = {}
    places = [(role, f"roles/{role}/tasks/*.yml") for role in role_scenarios()] + [(SITE, "playbooks/**/*.yml")]
    for user, pattern in places:
        for tasks in ROOT.glob(pattern):
            for module in USED.findall(tasks.read_text(encoding="utf-8")):
                found.setdefault(module, set()).add(user)
    for module in (ROOT / "plugins" / "modules").glob("*.py"):
        for package in IMPORTED.findall(module.read_text(encoding="utf-8")):
            found.setdefault(package, set()).update(found.get(module.stem, set()))
    return found


def called_for(path: str) -> str | None:
    """The scenario that a changed file calls for; path is relative to the repository."""
    found: str | None = None
    match PurePosixPath(path).parts:
        case _ if path.endswith((".md", ".rst")):
            pass
        case ("roles", role, *_):
            found = role if role in role_scenarios() else None
        case ("extensions", "molecule", scenario, *_) if scenario in role_scenarios():
            found = scenario
        case ("plugins", "module_utils", "_model" | "_stack", file) if Path(file).stem in LAYERS:
            found = LAYERS[Path(file).stem].role
        case ("plugins", "modules", file) | ("plugins", "module_utils", file, *_) if Path(file).stem in users():
            found = _one_of(users()[Path(file).stem])
        case ("plugins", "modules", _):
            pass
        case (folder, *_) if folder in SHARED_FOLDERS or path in SHARED_FILES:
            found = SITE
    return found


def _one_of(roles: set[str]) -> str | None:
    return min(roles) if len(roles) == 1 else SITE if roles else None


def scenarios(paths: Iterable[str]) -> list[str]:
    """What all changed files together call for."""
    found = sorted({scenario for scenario in map(called_for, paths) if scenario})
    return found if len(found) <= FEW else [SITE]


def turn(commit: str) -> list[str]:
    """The scenario whose turn it is at a commit, of which nothing is known but its hash."""
    return [role_scenarios()[int(commit, 16) % len(role_scenarios())]]


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def main(arguments: Sequence[str]) -> int:
    """Prints one line; empty when nothing is called for."""
    base = arguments[0] if arguments else ""
    if base:
        print(*scenarios(_git("diff", "--name-only", "--no-renames", base, "HEAD")))
    else:
        print(*turn(_git("rev-parse", "HEAD")[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

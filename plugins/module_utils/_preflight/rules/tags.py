# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on tags, which every resource gets.

Sources: "Tag naming limits and requirements" of the Tagging AWS Resources guide; "Tags for AWS Identity and Access
Management resources" (keys that differ in case alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..._model.core import KEY_TAG, PHASE_TAG, STACK_TAG, Value
from ..findings import Finding, absent, finding

OWN = ("Name", "Environment", "ManagedBy", PHASE_TAG, STACK_TAG, KEY_TAG)
REQUIRED = ("CostCenter",)
MOST = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
ALLOWED = re.compile(r"[\w \t.:/=+\-@]*")
"""Letters, digits and spaces of any language, and these signs; the smallest set among the services."""


def tag_findings(typed: Mapping[str, Value]) -> Iterator[Finding]:
    """All rules on cutover_tags."""
    tags = typed.get("cutover_tags")
    if not isinstance(tags, Mapping):
        return
    for name in REQUIRED:
        if name not in tags:
            yield absent(f"cutover_tags.{name}", "is missing; every resource carries it", "Give it a value")
    for name, value in tags.items():
        yield from _key(str(name), value)
        yield from _value(f"cutover_tags.{name}", value)
    if len(tags) > MOST - len(OWN):
        yield absent(
            "cutover_tags",
            f"has {len(tags)} tags; AWS allows {MOST}, and {len(OWN)} are the collection's own",
            f"Keep {MOST - len(OWN)}",
        )
    yield from _alike([str(name) for name in tags])


def _key(name: str, value: Value) -> Iterator[Finding]:
    path = f"cutover_tags.{name}"
    if name.lower().startswith("aws:"):
        yield finding(path, value, "AWS keeps names that begin with aws: for itself", "Choose another name")
    elif name == PHASE_TAG:
        yield finding(
            path, value, "is set by the collection", "Set migration_phase instead; afterwards a migration moves it"
        )
    elif name in OWN or name.startswith("cutover:"):
        yield finding(path, value, "is set by the collection", "Remove it, or choose another name")
    if not name or len(name) > LONGEST_KEY:
        yield finding(path, value, f"a tag's name has 1 to {LONGEST_KEY} characters", "Choose a shorter name")
    elif not ALLOWED.fullmatch(name):
        yield finding(
            path, value, "a tag's name has letters, digits, spaces and . : / = + - @ _ alone", "Choose another name"
        )


def _value(path: str, value: Value) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield finding(
            path, value, "a tag's value is text, and YAML has read it as something else", "Write it in quotes"
        )
    elif len(value) > LONGEST_VALUE:
        yield finding(path, value, f"is longer than {LONGEST_VALUE} characters", "Shorten it")
    elif not ALLOWED.fullmatch(value):
        yield finding(
            path, value, "a tag's value has letters, digits, spaces and . : / = + - @ _ alone", "Remove other signs"
        )
    elif not value.strip():
        yield finding(path, value, "is empty", "Give it a value, or remove the tag")


def _alike(names: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name.lower() in [other.lower() for other in names[:index]]:
            yield absent(
                f"cutover_tags.{name}",
                "differs from another tag in upper and lower case alone, which IAM takes for the same",
                "Keep one of them",
            )

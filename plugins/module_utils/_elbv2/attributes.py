# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Attributes of load balancers and target groups as AWS spells them: all are strings."""

from __future__ import annotations

from collections.abc import Mapping


def spelled(attributes: Mapping[str, object]) -> dict[str, str]:
    """Booleans as true and false, everything else as its text."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in attributes.items()}


def differing(wanted: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """What has to be set."""
    return {name: value for name, value in wanted.items() if present.get(name) != value}

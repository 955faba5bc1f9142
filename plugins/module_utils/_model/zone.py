# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hosted zone that a stack ought to have, or the one that it is given."""

from __future__ import annotations

from typing import TypedDict

from .core import Model, Resource, Stack, Value, model_of
from .references import route53_tags

ZONE_TYPES = ("hosted_zone", "given_zone")


class ZoneConfig(TypedDict):
    """The inputs of the dns role's entry point zone. With id the zone exists and is only looked at; without name there
    is no zone."""

    name: str | None
    id: str | None


def domain(name: str) -> str:
    """A domain name in one form: lower case, without the last dot, the asterisk as people write it."""
    return name.lower().rstrip(".").replace("\\052", "*")


def zone_model(stack: Stack, config: ZoneConfig) -> Model:
    """One zone, or none."""
    if not config["name"]:
        return {}
    name = domain(config["name"])
    if config["id"]:
        return model_of([Resource("given_zone", "given_zone", name, {"id": config["id"], "name": name})])
    tags = route53_tags(stack, "hosted_zone", name)
    attributes: dict[str, Value] = {"name": name, "private": False, "comment": f"Records of {stack.name}", "tags": tags}
    return model_of([Resource("hosted_zone", "hosted_zone", name, attributes)])

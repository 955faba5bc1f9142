# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on the sides of a cutover: their instances, capacities and health checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..._model.core import Value
from ..findings import Finding, absent, finding

SIDE = re.compile(r"[a-z][a-z0-9]*")
LONGEST_SIDE = 12
"""Its name ends those of load balancers, which have 32 characters in all."""
INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)")
CAPACITIES = ("min_size", "desired_capacity", "max_size")
HTTP_CODES = re.compile(r"\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*")
IMAGE = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")

Typed = Mapping[str, Value]


def compute_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role compute."""
    sides = typed.get("compute_sides")
    if isinstance(sides, Mapping):
        if not sides:
            yield absent(
                "compute_sides", "is empty", "Name at least one side, for example blue: {instance_type: t3.micro}"
            )
        for name, side in sides.items():
            yield from _side(str(name), side)
    yield from _health(typed)
    image = typed.get("compute_image_id")
    if isinstance(image, str) and image and not IMAGE.fullmatch(image):
        yield finding(
            "compute_image_id",
            image,
            "is no id of an image",
            "Write ami- and 17 digits, or leave it out and have compute_image_parameter looked up",
        )


def _side(name: str, side: Value) -> Iterator[Finding]:
    path = f"compute_sides.{name}"
    if not SIDE.fullmatch(name) or len(name) > LONGEST_SIDE:
        yield absent(
            path,
            f"a side's name has lower-case letters and digits, a letter first, at most {LONGEST_SIDE}",
            "Choose another name",
        )
    if not isinstance(side, Mapping):
        yield finding(path, side, "has to be a dictionary", "Write {instance_type: t3.micro}")
        return
    kind = side.get("instance_type")
    if not isinstance(kind, str):
        yield absent(f"{path}.instance_type", "is missing", "Name one, for example t3.micro")
    elif not INSTANCE_TYPE.fullmatch(kind):
        hint = (
            f"Probably {kind[3:]} is meant; db. begins the classes of databases"
            if kind.startswith("db.")
            else "Write it as m5.large"
        )
        yield finding(f"{path}.instance_type", kind, "is no instance type", hint)
    yield from _capacity(path, side)


def _capacity(path: str, side: Mapping[str, Value]) -> Iterator[Finding]:
    sizes = {name: side[name] for name in CAPACITIES if side.get(name) is not None}
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            yield finding(f"{path}.{name}", size, "has to be a whole number, 0 or more", "Write digits alone")
            return
    numbers = {name: size for name, size in sizes.items() if isinstance(size, int)}
    pairs = (("min_size", "desired_capacity"), ("desired_capacity", "max_size"), ("min_size", "max_size"))
    for lower, upper in pairs:
        if lower in numbers and upper in numbers and numbers[lower] > numbers[upper]:
            yield finding(
                f"{path}.{lower}",
                numbers[lower],
                f"is above {upper} ({numbers[upper]})",
                "AWS wants min_size <= desired_capacity <= max_size",
            )
            return


def _health(typed: Typed) -> Iterator[Finding]:
    interval, timeout = typed.get("compute_health_check_interval"), typed.get("compute_health_check_timeout")
    if isinstance(interval, int) and isinstance(timeout, int) and timeout >= interval:
        yield finding(
            "compute_health_check_timeout",
            timeout,
            f"has to be shorter than compute_health_check_interval ({interval} seconds)",
            "Lower it, or raise the interval",
        )
    path, codes = typed.get("compute_health_check_path"), typed.get("compute_health_check_codes")
    if isinstance(path, str) and not path.startswith("/"):
        yield finding("compute_health_check_path", path, "does not begin with a slash", f"Write /{path}")
    if isinstance(codes, str) and not HTTP_CODES.fullmatch(codes):
        yield finding("compute_health_check_codes", codes, "is no list of HTTP codes", 'Write "200" or "200-299"')
    policy = typed.get("compute_tls_policy")
    if isinstance(policy, str) and not re.fullmatch(
        r"ELBSecurityPolicy-(TLS13-1-[23]-[\w-]+|TLS-1-2-[\w-]+|FS-1-2-[\w-]+)", policy
    ):
        yield finding(
            "compute_tls_policy",
            policy,
            "lets clients speak something older than TLS 1.2, or is no policy of load balancers",
            "Take ELBSecurityPolicy-TLS13-1-2-2021-06",
        )
    if (one := typed.get("compute_port")) != (other := typed.get("security_application_port")) and None not in (
        one,
        other,
    ):
        yield finding(
            "compute_port",
            one,
            f"the application's security group admits port {other} (security_application_port)",
            "Make both the same",
        )

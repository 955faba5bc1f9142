# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a listener ought to be against what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    """A target group and its share of the traffic: weight, 0 to 999, out of the sum of all."""

    arn: str
    weight: int = 1


@dataclass(frozen=True)
class Redirect:
    """Where to: protocol and port; status is HTTP_301 or HTTP_302. Host, path and query stay."""

    protocol: str
    port: str
    status: str


@dataclass(frozen=True)
class Listener:
    """One listener. Exactly one of forward and redirect is given; both are empty for an action of another kind."""

    port: int
    protocol: str
    ssl_policy: str | None
    certificate_arn: str | None
    forward: tuple[Target, ...] = ()
    redirect: Redirect | None = None


@dataclass(frozen=True)
class ListenerPlan:
    """arn is None while there is no listener; changes are the arguments of ModifyListener, tags those to set."""

    arn: str | None
    changes: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def seen(item: Mapping[str, Any]) -> Listener:
    """The listener of an answer of DescribeListeners."""
    certificates = item.get("Certificates") or []
    action = item["DefaultActions"][-1] if item.get("DefaultActions") else {}
    redirect = action.get("RedirectConfig") if action.get("Type") == "redirect" else None
    return Listener(
        port=item["Port"],
        protocol=item["Protocol"],
        ssl_policy=item.get("SslPolicy"),
        certificate_arn=certificates[0]["CertificateArn"] if certificates else None,
        forward=_targets(action) if action.get("Type") == "forward" else (),
        redirect=Redirect(redirect.get("Protocol"), redirect.get("Port"), redirect["StatusCode"]) if redirect else None,
    )


def _targets(action: Mapping[str, Any]) -> tuple[Target, ...]:
    groups = action.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    return one_form(Target(group["TargetGroupArn"], group.get("Weight", 1)) for group in groups)


def one_form(targets: Any) -> tuple[Target, ...]:
    """Sorted; a target group that is alone gets everything, whatever its weight."""
    ordered = tuple(sorted(targets, key=lambda target: target.arn))
    return (Target(ordered[0].arn),) if len(ordered) == 1 else ordered


def arguments(listener: Listener) -> dict[str, Any]:
    """The listener as CreateListener takes it; what it does not have is left out."""
    given: dict[str, Any] = {
        "Port": listener.port,
        "Protocol": listener.protocol,
        "DefaultActions": [_action(listener)],
    }
    if listener.ssl_policy:
        given["SslPolicy"] = listener.ssl_policy
    if listener.certificate_arn:
        given["Certificates"] = [{"CertificateArn": listener.certificate_arn}]
    return given


def _action(listener: Listener) -> dict[str, Any]:
    if listener.redirect:
        redirect = listener.redirect
        return {
            "Type": "redirect",
            "RedirectConfig": {"Protocol": redirect.protocol, "Port": redirect.port, "StatusCode": redirect.status},
        }
    groups = [{"TargetGroupArn": target.arn, "Weight": target.weight} for target in listener.forward]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


PARTS = {
    "protocol": "Protocol",
    "ssl_policy": "SslPolicy",
    "certificate_arn": "Certificates",
    "forward": "DefaultActions",
    "redirect": "DefaultActions",
}
"""Which argument of ModifyListener each part of a listener belongs to."""


def listener_plan(
    wanted: Listener, tags: Mapping[str, str], existing: Mapping[str, Any] | None, existing_tags: Mapping[str, str]
) -> ListenerPlan:
    """Create, or the arguments that differ; existing is the listener of the same port."""
    if existing is None:
        return ListenerPlan(arn=None)
    now, given = seen(existing), arguments(wanted)
    differing = {argument for part, argument in PARTS.items() if getattr(now, part) != getattr(wanted, part)}
    if "Protocol" in differing:
        # A change of protocol brings its policy and certificate with it.
        differing |= {"SslPolicy", "Certificates"}
    missing = {name: value for name, value in tags.items() if existing_tags.get(name) != value}
    return ListenerPlan(
        existing["ListenerArn"],
        changes={name: given[name] for name in sorted(differing) if name in given},
        tags=missing,
    )

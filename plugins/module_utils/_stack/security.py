# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's groups, their rules and its certificate, in the shape of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._model.core import KEY_TAG, Found, Reality, Value, distinct, reality_of
from .certificates import CERTIFICATE_HINTS, certificates
from .context import Context, tags_of

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""

Content = tuple[Value, ...]
"""What a rule says: group, direction, protocol, first port, last port, peer. AWS allows no second rule that says the
same.
"""

CONTENT = ("group", "direction", "protocol", "from_port", "to_port", "peer")
SECURITY_HINTS = {"security_group_rule": CONTENT, **CERTIFICATE_HINTS}


def read_security(context: Context) -> Reality:
    """The layer's resources by key; peers that are groups of the layer are given as keys, as in the model."""
    found = context.together(network=lambda: _groups_and_rules(context), certificates=lambda: certificates(context))
    return reality_of((*found["network"], *found["certificates"]))


def _groups_and_rules(context: Context) -> list[Found]:
    groups = distinct(
        _group(context, item)
        for item in context.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=context.stack_filter())
    )
    if not groups:
        return []
    ids = [{"Name": "group-id", "Values": [group.id for group in groups]}]
    rules = context.pages("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=ids)
    return [*groups, *_rules(context, rules, {group.id: group.key for group in groups})]


def _group(context: Context, item: Answer) -> Found:
    tags, name = tags_of(item.get("Tags")), item["GroupName"]
    return Found(
        key=context.key("security_group", name, tags),
        type="security_group",
        name=name,
        id=item["GroupId"],
        arn=item.get("SecurityGroupArn"),
        attributes={"vpc_id": item.get("VpcId"), "description": item["Description"], "tags": tags},
    )


def _rules(context: Context, items: Iterable[Answer], keys: Mapping[str, str]) -> Iterator[Found]:
    """Each rule is the one of the model that says the same; one that says something else is the one that its tag names,
    unless that is taken.

    So tags that somebody took off are put back on the same rule, and a rule edited by hand is seen as that. Whatever is
    left has its id as key.
    """
    rules = [(item, _attributes(item, keys)) for item in items]
    wanted = {_content(r.attributes): r.key for r in context.wanted.values() if r.type == "security_group_rule"}
    taken = {wanted[_content(attributes)] for _item, attributes in rules if _content(attributes) in wanted}
    for item, attributes in rules:
        key = (
            wanted.get(_content(attributes))
            or _tagged_key(context, item, taken)
            or f"security_group_rule/{item['SecurityGroupRuleId']}"
        )
        taken.add(key)
        yield _rule(item, key, attributes)


def _tagged_key(context: Context, item: Answer, taken: set[str]) -> str | None:
    key = str(tags_of(item.get("Tags")).get(KEY_TAG) or "")
    known = key in context.wanted or not context.wanted
    return key if key and known and key not in taken else None


def _content(attributes: Mapping[str, Value]) -> Content:
    return tuple(attributes[name] for name in CONTENT)


def _rule(item: Answer, key: str, attributes: Mapping[str, Value]) -> Found:
    identity = item["SecurityGroupRuleId"]
    tags = tags_of(item.get("Tags"))
    return Found(
        key=key,
        type="security_group_rule",
        name=str(tags.get("Name", identity)),
        id=identity,
        arn=item.get("SecurityGroupRuleArn"),
        attributes={**attributes, "description": item.get("Description", ""), "tags": tags},
        facts={"group_id": item["GroupId"]},
    )


def _attributes(item: Answer, keys: Mapping[str, str]) -> dict[str, Value]:
    group = (item.get("ReferencedGroupInfo") or {}).get("GroupId")
    return {
        "group": keys.get(item["GroupId"], item["GroupId"]),
        "direction": "egress" if item["IsEgress"] else "ingress",
        "protocol": item["IpProtocol"],
        "from_port": item.get("FromPort", -1),
        "to_port": item.get("ToPort", -1),
        "peer": keys.get(group, group)
        if group
        else item.get("CidrIpv4") or item.get("CidrIpv6") or item.get("PrefixListId"),
    }


def security_outputs(found: Reality) -> dict[str, Value]:
    """What other layers need: the groups by what they are for, and the certificate; absent is null."""
    certificate = found.get("certificate")
    return {
        "group_ids": {
            group: _id(found, f"security_group/{group}") for group in ("load_balancer", "application", "database")
        },
        "certificate_arn": certificate.arn if certificate else None,
        "certificate_status": certificate.attributes["status"] if certificate else None,
        "certificate_domain": certificate.attributes["domain"] if certificate else None,
    }


def _id(found: Reality, key: str) -> str | None:
    return found[key].id if key in found else None

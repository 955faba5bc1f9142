# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names that somebody else has taken already.

The roles look resources up by their names where AWS allows a name once. A resource of such a name that is not the
stack's would be changed, and later destroyed, with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..._layers import LAYERS
from ..._model.core import STACK_TAG, Resource, Value
from ..._stack.context import tags_of
from ..asking import Question, Subject, Unanswered, call, listing, without, without_values
from ..findings import Finding, finding

TAGS_AT_ONCE = 20
"""Of elasticloadbalancing:DescribeTags."""
EMPTY_ZONE = 2
"""Record sets of a zone that nobody has written to: NS and SOA."""
ASKED_ONE_BY_ONE = ("bucket", "db_instance", "load_balancer", "iam_role", "kms_alias", "hosted_zone")
"""Types that have a question of their own here, because their names are taken beyond the stack's region or account, or
because what has no tag is somebody else's too."""
UNTAGGED = "somebody who has not tagged it"


def _foreign(subject: Subject, tags: Mapping[str, Value]) -> str | None:
    """Whose it is, if it is not the stack's."""
    owner = tags.get(STACK_TAG)
    if owner == subject.stack.name:
        return None
    return f"stack {owner}" if owner else UNTAGGED


def _taken(variable: str, resource: str, name: str, owner: str, subject: Subject) -> Finding:
    adopt = (
        f"; if it is this stack's after all, give it the tag {STACK_TAG}={subject.stack.name}"
        if owner == UNTAGGED
        else ""
    )
    return finding(
        variable,
        name,
        f"there is a {resource} of this name already, and it belongs to {owner}",
        f"Change project or environment_suffix{adopt}",
    )


def _buckets(subject: Subject) -> Iterator[Finding]:
    """One that exists without tags is ours, half made: its name holds the account's number, and tags come in a
    second call."""

    def one(bucket: Resource) -> list[Finding]:
        region = str(bucket.attributes.get("region") or subject.stack.region)
        unless = ("NoSuchBucket", "NoSuchTagSet", "404")
        try:
            answer = call(subject.context, "s3", "get_bucket_tagging", region, unless, Bucket=bucket.name) or {}
        except Unanswered:
            # A read that was denied, of a bucket that this account does not have.
            if bucket.name in {item["Name"] for item in subject.buckets()}:
                raise
            return [_taken("project", "bucket", bucket.name, "another account", subject)]
        owner = _foreign(subject, tags_of(answer.get("TagSet")))
        return [_taken("project", "bucket", bucket.name, owner, subject)] if owner and owner != UNTAGGED else []

    for found in subject.context.each(one, subject.missing("storage", "bucket")):
        yield from found


def _databases(subject: Subject) -> Iterator[Finding]:
    names = {instance.name for instance in subject.missing("database", "db_instance")}
    for item in subject.databases() if names else ():
        name = item["DBInstanceIdentifier"]
        if name in names and (owner := _foreign(subject, tags_of(item.get("TagList")))):
            yield _taken("project", "database instance", name, owner, subject)


def _load_balancers(subject: Subject) -> Iterator[Finding]:
    names = {resource.name for resource in subject.missing("compute", "load_balancer")}
    balancers = [item for item in subject.load_balancers() if item["LoadBalancerName"] in names] if names else []
    arns = {item["LoadBalancerArn"]: item["LoadBalancerName"] for item in balancers}
    todo = list(arns)
    for start in range(0, len(todo), TAGS_AT_ONCE):
        batch = todo[start : start + TAGS_AT_ONCE]
        answer = call(subject.context, "elbv2", "describe_tags", ResourceArns=batch) or {}
        for item in answer["TagDescriptions"]:
            if owner := _foreign(subject, tags_of(item["Tags"])):
                yield _taken("project", "load balancer", arns[item["ResourceArn"]], owner, subject)


def _roles(subject: Subject) -> Iterator[Finding]:
    def one(role: Resource) -> list[Finding]:
        answer = call(subject.context, "iam", "get_role", unless=("NoSuchEntity",), RoleName=role.name)
        owner = _foreign(subject, tags_of(answer["Role"].get("Tags"))) if answer else None
        return [_taken("project", "role", role.name, owner, subject)] if owner else []

    for found in subject.context.each(one, subject.missing("keys", "iam_role")):
        yield from found


def _aliases(subject: Subject) -> Iterator[Finding]:
    for alias in subject.planned("keys", "kms_alias"):
        if _leads_to_ours(subject, alias):
            continue
        region = str(alias.attributes.get("region") or subject.stack.region)
        key = call(subject.context, "kms", "describe_key", region, ("NotFoundException",), KeyId=alias.name)
        if key is None:
            continue
        pairs = listing(subject.context, "kms", "list_resource_tags", "Tags", region, KeyId=key["KeyMetadata"]["KeyId"])
        if owner := _foreign(subject, {tag["TagKey"]: tag["TagValue"] for tag in pairs}):
            yield _taken("project", "key alias", alias.name, owner, subject)


def _leads_to_ours(subject: Subject, alias: Resource) -> bool:
    """An alias has no tags: it is the stack's while it leads to the stack's key."""
    found = subject.present.get("keys", {}).get(alias.key)
    key = alias.attributes.get("key")
    return bool(found and found.attributes["key"] == key) and key not in {
        missing.key for missing in subject.missing("keys", "kms_key")
    }


def _others(subject: Subject) -> Iterator[Finding]:
    """Whatever else is found by its name alone. Without the stack's tag it is this stack's, to be tagged again; with
    the tag of another stack it is not.
    """
    for layer, model in subject.models.items():
        for wanted in model.values():
            found = subject.present.get(layer, {}).get(wanted.key)
            tags = found.attributes.get("tags") if found and wanted.type not in ASKED_ONE_BY_ONE else None
            if isinstance(tags, Mapping) and (owner := _foreign(subject, tags)) and owner != UNTAGGED:
                yield _taken("project", wanted.type.replace("_", " "), wanted.name, owner, subject)


def _zones(subject: Subject) -> Iterator[Finding]:
    """A second zone of one name is allowed, and a trap: only one of them is delegated. An empty one without tags
    is ours, half made."""
    for zone in subject.planned("zone", "hosted_zone"):
        name = f"{zone.name.rstrip('.')}."
        answer = call(subject.context, "route53", "list_hosted_zones_by_name", DNSName=name) or {}
        for item in answer["HostedZones"]:
            if item["Name"] == name and not item["Config"].get("PrivateZone"):
                yield from _zone(subject, zone.name, item)


def _zone(subject: Subject, name: str, item: dict[str, Any]) -> Iterator[Finding]:
    identity = item["Id"].rsplit("/", 1)[-1]
    answer = (
        call(subject.context, "route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=identity) or {}
    )
    owner = _foreign(subject, tags_of(answer["ResourceTagSet"]["Tags"]))
    if owner is None or (owner == UNTAGGED and item.get("ResourceRecordSetCount", 0) <= EMPTY_ZONE):
        return
    rule = (
        f"there is a hosted zone of this name already ({identity}), and it belongs to {owner}; of two "
        "zones of one name only one is delegated"
    )
    yield finding("dns_zone_name", name, rule, f"Set dns_zone_id: {identity} to use it, or choose another name")


def _parameters(subject: Subject) -> Iterator[Finding]:
    """Of the names below the path those count that outputs have; any other is an application's own."""
    path = str(subject.typed["parameters_path"])
    outputs = [f"{path}/{layer}/{name}" for layer, one in LAYERS.items() for name in one.outputs({})]
    mark = {"Key": f"tag:{STACK_TAG}", "Values": [subject.stack.name]}
    own = {item["Name"] for item in _described(subject, mark)}
    for item in _described(subject, {"Key": "Path", "Option": "Recursive", "Values": [path]}):
        name = str(item["Name"])
        if name not in own and any(name == output or name.startswith(f"{output}/") for output in outputs):
            rule = (
                f"there is a parameter {name} already, and it does not carry the tag {STACK_TAG}={subject.stack.name}"
            )
            yield finding("parameters_path", path, rule, "Choose another path, or remove it if nobody needs it")


def _described(subject: Subject, only: dict[str, Any]) -> list[dict[str, Any]]:
    return listing(subject.context, "ssm", "describe_parameters", "Parameters", ParameterFilters=[only])


def _question(what: str, variable: str, layer: str, ask: Callable[[Subject], Iterator[Finding]]) -> Question:
    return Question(f"names of {what}", variable, ask, without(layer))


QUESTIONS = (
    _question("buckets", "project", "storage", _buckets),
    _question("databases", "project", "database", _databases),
    _question("load balancers", "project", "compute", _load_balancers),
    _question("roles", "project", "keys", _roles),
    _question("key aliases", "project", "keys", _aliases),
    Question("names of everything else", "project", _others),
    _question("zones", "dns_zone_name", "zone", _zones),
    Question("names of parameters", "parameters_path", _parameters, without_values("parameters_path")),
)

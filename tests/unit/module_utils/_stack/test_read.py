# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One look at a stack: what it is made for, how it travels, and that nothing in it is asked twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import UNKNOWN, Model, Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.dns import dns_model
from ansible_collections.cutover.aws.plugins.module_utils._model.references import caller_reference
from ansible_collections.cutover.aws.plugins.module_utils._model.zone import zone_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.layer import seen
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.read import Reading, Whole
from local_cloud.testing import LocalCloud

STACK = Stack("acme", "t1", "us-east-1", "123456789012", tags={"CostCenter": "web"})
ZONE = "t1.example.com"


@pytest.fixture(scope="module")
def zone_id(cloud: LocalCloud) -> str:
    """The stack's own zone, with one plain record."""
    route53 = cloud.client("route53")
    (wanted,) = zones().values()
    tags: dict[str, Any] = dict(wanted.attributes["tags"])  # type: ignore[arg-type]
    made = route53.create_hosted_zone(Name=ZONE, CallerReference=caller_reference(tags, "one"))["HostedZone"]["Id"]
    pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
    identity = str(made).rpartition("/")[2]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=identity, AddTags=pairs)
    record = {"Name": f"mail.{ZONE}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=identity, ChangeBatch={"Changes": changes})
    return identity


def zones() -> Model:
    return zone_model(STACK, {"name": ZONE, "id": None})


def records(zone: str | None) -> Model:
    return dns_model(
        STACK,
        {
            "zone_id": zone,
            "zone_name": ZONE,
            "records": [],
            "sides": {},
            "load_balancers": {},
            "health_checks": {},
            "plain_records": [{"name": "mail", "type": "A", "ttl": 60, "values": ["192.0.2.1"]}],
        },
    )


def look(cloud: LocalCloud, models: dict[str, Model]) -> Whole:
    return Whole(models, Context(STACK, cloud.client).once())


def test_what_the_model_does_not_know_yet_is_read_in_the_stacks_own_zone(cloud: LocalCloud, zone_id: str) -> None:
    reading = look(cloud, {"zone": zones(), "dns": records(None)}).layer("dns")
    assert f"record/mail.{ZONE}/A" in reading.found
    assert reading.expected == LAYERS["dns"].expected(records(zone_id))


def test_without_a_zone_it_stays_unknown(cloud: LocalCloud) -> None:
    elsewhere = Context(Stack("acme", "t2", "us-east-1", "123456789012"), cloud.client).once()
    reading = Whole({"zone": zones(), "dns": records(None)}, elsewhere).layer("dns")
    assert reading.expected == LAYERS["dns"].expected(records(None))
    assert reading.found == {}


def test_nothing_is_asked_twice(cloud: LocalCloud, zone_id: str) -> None:
    whole = look(cloud, {"zone": zones(), "dns": records(None)})
    mark = cloud.control.mark()
    for _ in range(2):
        for layer in ("zone", "dns"):
            whole.layer(layer)
    asked = Counter((call["operation"], str(call["parameters"])) for call in cloud.control.calls(since=mark))
    assert asked
    assert set(asked.values()) == {1}, asked


def test_a_reading_travels_as_text_and_stands_only_for_the_model_that_it_was_made_for(
    cloud: LocalCloud, zone_id: str
) -> None:
    reading = look(cloud, {"zone": zones(), "dns": records(None)}).layer("dns")
    text = reading.text()
    assert Reading.of(text) == reading
    assert seen(LAYERS["dns"], records(zone_id), text) == reading.found
    assert seen(LAYERS["dns"], records("Z00000000000000000000"), text) is None


def test_a_reader_knows_names_and_hints_and_nothing_else() -> None:
    alias = {"zone": UNKNOWN, "name": "www", "type": "A", "members": {"blue": {"target": "elb"}}}
    model = {"x": Resource("x", "weighted_records", "www A", alias, {"weights": {"blue": 100}})}
    (known,) = LAYERS["dns"].expected(model).values()
    assert known == Resource(
        "x", "weighted_records", "www A", {"zone": UNKNOWN, "name": "www"}, {"weights": {"blue": 100}}
    )

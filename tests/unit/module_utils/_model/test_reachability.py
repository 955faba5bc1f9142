# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who can talk to whom, from routes, ACLs and groups; against a slow but plain reckoning port by port."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.reachability import (
    AclEntry,
    GroupRule,
    Landscape,
    Place,
    Ports,
    Tier,
    reachable,
    unexpected,
)

ALLOW_ALL = AclEntry(100, "all", True, "0.0.0.0/0", 0, 65535)
PUBLIC = Tier(["10.0.0.0/24"], [ALLOW_ALL], [ALLOW_ALL], gateway=True)
PRIVATE = Tier(["10.0.1.0/24"], [ALLOW_ALL], [ALLOW_ALL], gateway=False)


def rule(direction: str, port: int, peer: str, *, last: int | None = None, protocol: str = "tcp") -> GroupRule:
    return GroupRule(direction, protocol, port, last or port, peer)


def two(front: Place, back: Place) -> Landscape:
    return {"front": front, "back": back}


TALKING = two(
    Place(PUBLIC, [rule("ingress", 443, "0.0.0.0/0"), rule("egress", 8080, "back")]),
    Place(PRIVATE, [rule("ingress", 8080, "front")]),
)
PAIRS = {("internet", "front"): ((443, 443),), ("front", "back"): ((8080, 8080),)}


def test_what_both_groups_allow_is_reachable_and_nothing_else() -> None:
    assert reachable(TALKING) == reachable(TALKING, certainly=True) == PAIRS


def test_nothing_is_said_of_what_is_as_expected() -> None:
    assert unexpected(TALKING, PAIRS) == []


@pytest.mark.parametrize(
    ("front", "back", "findings"),
    [
        (
            replace(TALKING["front"], rules=[rule("egress", 8080, "back")]),
            TALKING["back"],
            ["internet cannot reach front on 443"],
        ),
        (
            replace(TALKING["front"], tier=replace(PUBLIC, gateway=False)),
            TALKING["back"],
            ["internet cannot reach front on 443"],
        ),
        (TALKING["front"], Place(PRIVATE, []), ["front cannot reach back on 8080"]),
        (
            TALKING["front"],
            replace(
                TALKING["back"],
                tier=replace(PRIVATE, ingress=[AclEntry(1, "tcp", False, "10.0.0.5/32", 8080, 8080), ALLOW_ALL]),
            ),
            ["front cannot reach back on 8080"],
        ),
        (
            TALKING["front"],
            replace(
                TALKING["back"], tier=replace(PRIVATE, egress=[AclEntry(1, "tcp", True, "10.0.0.0/16", 8080, 8080)])
            ),
            ["front cannot reach back on 8080"],
        ),
        (
            TALKING["front"],
            Place(PUBLIC, [rule("ingress", 8080, "front"), rule("ingress", 22, "198.51.100.7/32")]),
            ["internet could reach back on 22"],
        ),
        (
            replace(TALKING["front"], rules=[*TALKING["front"].rules, rule("egress", 0, "10.0.0.0/8", last=65535)]),
            Place(PRIVATE, [rule("ingress", 8080, "10.0.0.0/16", last=9090)]),
            ["front could reach back on 8081 to 9090", "front could reach front on 443"],
        ),
    ],
    ids=[
        "no rule for the internet",
        "no route from the internet",
        "no rule for the front",
        "an ACL denies a part of the front",
        "answers do not pass the ACL",
        "a door of its own for one address",
        "a range by network",
    ],
)
def test_differences_are_named(front: Place, back: Place, findings: list[str]) -> None:
    assert unexpected(two(front, back), PAIRS) == findings


def test_a_rule_for_all_protocols_opens_every_port() -> None:
    places = two(
        Place(PUBLIC, [rule("egress", -1, "0.0.0.0/0", protocol="-1")]),
        Place(PRIVATE, [rule("ingress", -1, "front", protocol="-1")]),
    )
    assert reachable(places) == {("front", "back"): ((0, 65535),)}


def test_udp_opens_nothing_for_tcp() -> None:
    places = two(
        Place(PUBLIC, [rule("egress", 53, "back", protocol="udp")]),
        Place(PRIVATE, [rule("ingress", 53, "front", protocol="udp")]),
    )
    assert reachable(places) == {}


def test_a_lower_number_of_an_acl_decides() -> None:
    deny = AclEntry(50, "tcp", False, "10.0.0.0/24", 8000, 9000)
    back = replace(TALKING["back"], tier=replace(PRIVATE, ingress=[ALLOW_ALL, deny]))
    assert ("front", "back") not in reachable(two(TALKING["front"], back))
    back = replace(TALKING["back"], tier=replace(PRIVATE, ingress=[ALLOW_ALL, replace(deny, number=150)]))
    assert reachable(two(TALKING["front"], back)) == PAIRS


# Small worlds: ports of which only the first few are spoken of, networks out of one /29.
NETWORKS = ["10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.1/32", "10.0.0.6/32"]
PORTS = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(lambda pair: (min(pair), max(pair)))
RULES = st.builds(
    lambda direction, ports, peer: GroupRule(direction, "tcp", *ports, peer),
    st.sampled_from(["ingress", "egress"]),
    PORTS,
    st.sampled_from([*NETWORKS, "front", "back"]),
)
ENTRIES = st.builds(
    lambda number, allow, network, ports: AclEntry(number, "tcp", allow, network, *ports),
    st.integers(1, 99),
    st.booleans(),
    st.sampled_from(NETWORKS),
    PORTS,
)
ANSWERS = AclEntry(100, "tcp", True, "0.0.0.0/0", 1024, 65535)


def tiers(network: str) -> st.SearchStrategy[Tier]:
    # Of entries with one number the order would not be defined.
    entries = st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.number).map(lambda found: [*found, ANSWERS])
    return st.builds(Tier, st.just([network]), entries, entries, st.just(False))


def places(network: str) -> st.SearchStrategy[Place]:
    return st.builds(Place, tiers(network), st.lists(RULES, max_size=4))


def plainly(origin: Place, source: str, target: Place, destination: str, port: int) -> list[bool]:
    """For each pair of addresses whether a connection to port passes."""
    return [
        passes_group(origin, "egress", destination, there, port)
        and passes_group(target, "ingress", source, here, port)
        and passes_acl(origin.tier.egress, there, port)
        and passes_acl(target.tier.ingress, here, port)
        for here in ip_network(origin.tier.networks[0])
        for there in ip_network(target.tier.networks[0])
    ]


def passes_group(place: Place, direction: str, group: str, address: object, port: int) -> bool:
    def fits(peer: str) -> bool:
        return peer == group or ("/" in peer and address in ip_network(peer))

    return any(r.direction == direction and r.first <= port <= r.last and fits(r.peer) for r in place.rules)


def passes_acl(entries: object, address: object, port: int) -> bool:
    ordered = sorted(entries, key=lambda entry: entry.number)  # type: ignore[call-overload]
    fitting = (e for e in ordered if e.first <= port <= e.last and address in ip_network(e.network))
    first = next(fitting, None)
    return first is not None and bool(first.allow)


def contains(ports: Ports, port: int) -> bool:
    return any(first <= port <= last for first, last in ports)


@given(places("10.0.0.0/30"), places("10.0.0.4/30"), st.integers(1, 6))
def test_no_way_is_missed_and_no_certain_way_is_invented(front: Place, back: Place, port: int) -> None:
    world = two(front, back)
    truth = plainly(front, "front", back, "back", port)
    if any(truth):
        assert contains(reachable(world).get(("front", "back"), ()), port)
    if contains(reachable(world, certainly=True).get(("front", "back"), ()), port):
        assert all(truth)

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a zone is the one that the world sees."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import dns.message
import dns.rrset
import pytest

from ansible_collections.cutover.aws.plugins.module_utils._delegation.ask import (
    PORT,
    NoSuchResolver,
    host_and_port,
    name_servers,
)
from ansible_collections.cutover.aws.plugins.module_utils._delegation.verdict import verdict
from local_cloud.dns.server import DnsServer

OURS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]


class TestVerdict:
    @pytest.mark.parametrize(
        ("seen", "delegated"),
        [
            pytest.param({"a": ["NS-2.awsdns-02.com.", "ns-1.awsdns-01.org."]}, True, id="the same"),
            pytest.param({"a": OURS, "b": OURS}, True, id="all resolvers agree"),
            pytest.param({"a": []}, False, id="nobody"),
            pytest.param({"a": ["ns.other.example"]}, False, id="another zone"),
            pytest.param({"a": OURS[:1]}, False, id="some of them"),
            pytest.param({"a": [*OURS, "ns.other.example"]}, False, id="others beside them"),
            pytest.param({"a": OURS, "b": []}, False, id="resolvers disagree"),
        ],
    )
    def test_only_exactly_our_own_name_servers_will_do(self, seen: dict[str, list[str]], delegated: bool) -> None:
        assert verdict("example.com", OURS, seen).delegated is delegated

    def test_no_resolver_and_no_name_server_prove_nothing(self) -> None:
        assert not verdict("example.com", OURS, {"a": []}).delegated
        assert not verdict("example.com", [], {"a": []}).delegated

    def test_the_reason_names_who_sees_what(self) -> None:
        reason = verdict("example.com", OURS, {"9.9.9.9": ["ns.other.example"], "1.1.1.1": OURS}).reason
        assert "9.9.9.9 sees ns.other.example" in reason and "1.1.1.1" not in reason
        assert verdict("example.com", OURS, {"a": OURS}).reason == ""


class TestAsking:
    @pytest.fixture
    def resolver(self) -> Iterator[str]:
        """A name server that knows delegated.example and nothing else."""

        def answer(wire: bytes) -> bytes:
            query = dns.message.from_wire(wire)
            response = dns.message.make_response(query)
            if query.question[0].name.to_text() == "delegated.example.":
                response.answer.append(
                    dns.rrset.from_text_list("delegated.example.", 60, "IN", "NS", [f"{o}." for o in OURS])
                )
            else:
                response.set_rcode(dns.rcode.NXDOMAIN)
            return response.to_wire()

        server = DnsServer(answer)
        server.start()
        yield server.address
        server.stop()

    def test_a_resolver_says_what_it_sees(self, resolver: str) -> None:
        assert sorted(name_servers("delegated.example", resolver, timeout=5)) == [f"{one}." for one in OURS]

    def test_a_resolver_that_knows_no_zone_sees_none(self, resolver: str) -> None:
        assert name_servers("nowhere.example", resolver, timeout=5) == []

    def test_a_resolver_that_does_not_answer_sees_none(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            assert name_servers("delegated.example", f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.1) == []

    @pytest.mark.parametrize(
        ("written", "parts"),
        [
            ("192.0.2.1", ("192.0.2.1", PORT)),
            ("192.0.2.1:5353", ("192.0.2.1", 5353)),
            ("2001:db8::1", ("2001:db8::1", PORT)),
            ("[2001:db8::1]", ("2001:db8::1", PORT)),
            ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
            ("localhost:5353", ("localhost", 5353)),
        ],
    )
    def test_ways_of_writing_a_resolver(self, written: str, parts: tuple[str, int]) -> None:
        assert host_and_port(written) == parts

    def test_a_port_that_is_none_is_named(self) -> None:
        with pytest.raises(NoSuchResolver, match=r"192\.0\.2\.1:dns"):
            host_and_port("192.0.2.1:dns")

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""UDP and TCP on one loopback port. It stands for a resolver of the public DNS."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Collection
from socketserver import BaseRequestHandler, BaseServer, ThreadingTCPServer, ThreadingUDPServer
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from local_cloud.dns.zones import Zone, absolute, zone_for
from local_cloud.errors import LocalCloudError

LOOPBACK = "127.0.0.1"
LONGEST_CHAIN = 8
ATTEMPTS = 20
LENGTH = struct.Struct("!H")


def respond(wire: bytes, undelegated: Collection[str] = ()) -> bytes | None:
    """The answer to one query; None for what is not one."""
    try:
        query = dns.message.from_wire(wire)
        question = query.question[0]
    except (dns.exception.DNSException, IndexError):
        return None
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    try:
        _answer(response, question.name.to_text(), dns.rdatatype.to_text(question.rdtype), undelegated)
    except dns.exception.DNSException:
        # a record whose value is no such record: a resolver would say just this
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
    return response.to_wire()


def _answer(response: dns.message.Message, asked: str, kind: str, undelegated: Collection[str]) -> None:
    name = absolute(asked)
    for _ in range(LONGEST_CHAIN):
        zone = zone_for(name, undelegated)
        if zone is None:
            if not response.answer:
                response.set_rcode(dns.rcode.NXDOMAIN)
            return
        if (name, kind) in zone.records:
            response.answer.append(_rrset(zone, name, name, kind))
            return
        if (name, "CNAME") in zone.records:
            response.answer.append(_rrset(zone, name, name, "CNAME"))
            name = absolute(zone.records[name, "CNAME"][1][0])
            continue
        star = f"*.{name.partition('.')[2]}"
        if not zone.has_name(name) and (star, kind) in zone.records:
            response.answer.append(_rrset(zone, name, star, kind))
            return
        if not zone.has_name(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        if (zone.name, "SOA") in zone.records:
            response.authority.append(_rrset(zone, zone.name, zone.name, "SOA"))
        return


def _rrset(zone: Zone, shown: str, name: str, kind: str) -> Any:
    ttl, values = zone.records[name, kind]
    # names in Route 53's values are absolute, with or without their last dot
    return dns.rrset.from_text_list(shown, ttl, dns.rdataclass.IN, kind, values, origin=dns.name.root, relativize=False)


class _Datagrams(BaseRequestHandler):
    def handle(self) -> None:
        data, sender = self.request
        answer = self.server.answer(data)  # type: ignore[attr-defined]
        if answer is not None:
            sender.sendto(answer, self.client_address)


class _Streams(BaseRequestHandler):
    def handle(self) -> None:
        with self.request.makefile("rb") as stream:
            while len(head := stream.read(LENGTH.size)) == LENGTH.size:
                answer = self.server.answer(stream.read(LENGTH.unpack(head)[0]))  # type: ignore[attr-defined]
                if answer is None:
                    return
                self.request.sendall(LENGTH.pack(len(answer)) + answer)


class _Udp(ThreadingUDPServer):
    daemon_threads = True
    answer: Callable[[bytes], bytes | None]


class _Tcp(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    answer: Callable[[bytes], bytes | None]


class DnsServer:
    """``undelegated`` is looked at with every query, so that it may change meanwhile."""

    def __init__(self, undelegated: Collection[str], port: int = 0) -> None:
        self._udp, self._tcp = _bind(port)
        self.port = int(self._udp.server_address[1])
        for server in (self._udp, self._tcp):
            server.answer = lambda data: respond(data, undelegated)
        self._threads = [_thread(server) for server in (self._udp, self._tcp)]

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for server, thread in zip((self._udp, self._tcp), self._threads, strict=True):
            if thread.is_alive():
                server.shutdown()
                thread.join()
            server.server_close()


def _thread(server: BaseServer) -> threading.Thread:
    return threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)


def _bind(port: int) -> tuple[_Udp, _Tcp]:
    """One number that is free for both."""
    for _ in range(ATTEMPTS):
        try:
            tcp = _Tcp((LOOPBACK, port), _Streams)
        except OSError as error:
            raise LocalCloudError(f"DNS port {port} on {LOOPBACK} cannot be used: {error.strerror}") from error
        try:
            return _Udp((LOOPBACK, tcp.server_address[1]), _Datagrams), tcp
        except OSError as error:
            tcp.server_close()
            if port:
                raise LocalCloudError(f"DNS port {port} on {LOOPBACK} cannot be used: {error.strerror}") from error
    raise LocalCloudError(f"no port of {socket.gethostname()} is free for DNS over both UDP and TCP")

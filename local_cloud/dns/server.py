# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""UDP and TCP on one loopback port. It stands for a resolver: of the public DNS, or of a VPC."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
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

from local_cloud.dns.resolver import Answer, Resolver
from local_cloud.errors import LocalCloudError

LOOPBACK = "127.0.0.1"
ATTEMPTS = 20
LENGTH = struct.Struct("!H")


def respond(wire: bytes, resolver: Resolver) -> bytes | None:
    """The answer to one query; None for what is not one."""
    try:
        query = dns.message.from_wire(wire)
        question = query.question[0]
    except (dns.exception.DNSException, IndexError):
        return None
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    found = resolver.resolve(question.name.to_text(), dns.rdatatype.to_text(question.rdtype))
    response.set_rcode(dns.rcode.from_text(found.status))
    try:
        response.answer += [_rrset(one) for one in found.answers]
        response.authority += [_rrset(found.authority)] if found.authority is not None else []
    except dns.exception.DNSException:
        # a record whose value is no such record: a resolver would say just this
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
    return response.to_wire()


def _rrset(answer: Answer) -> Any:
    # names in Route 53's values are absolute, with or without their last dot
    return dns.rrset.from_text_list(
        answer.name,
        answer.ttl,
        dns.rdataclass.IN,
        answer.kind,
        answer.values,
        origin=dns.name.root,
        relativize=False,
    )


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
    """``answer``: from a query's bytes to the answer's, None for none at all."""

    def __init__(self, answer: Callable[[bytes], bytes | None], port: int = 0) -> None:
        self._udp, self._tcp = _bind(port)
        self.port = int(self._udp.server_address[1])
        for server in (self._udp, self._tcp):
            server.answer = answer
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

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Asking resolvers for a zone's name servers."""

from __future__ import annotations

import ipaddress
import socket
import traceback

MISSING: str | None = None
"""The traceback where dnspython is missing; a module reports it before anything here runs."""
try:
    import dns.exception
    import dns.resolver
except ImportError:
    MISSING = traceback.format_exc()

from .._errors import CutoverError

SYSTEM = "the system's resolver"
PORT = 53


class NoSuchResolver(CutoverError):
    """A resolver of the inventory is no host, or its port no port."""


def name_servers(name: str, resolver: str, timeout: float) -> list[str]:
    """What a resolver (host or host:port, SYSTEM for the system's own) sees as the zone's name servers; none without an
    answer in timeout seconds."""
    asked = _resolver(resolver)
    try:
        answer = asked.resolve(name, "NS", lifetime=timeout, search=False)
    except (dns.exception.Timeout, dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
        return []
    return [str(record.target) for record in answer]


def _resolver(resolver: str) -> dns.resolver.Resolver:
    try:
        made = dns.resolver.Resolver(configure=resolver == SYSTEM)
    except dns.resolver.NoResolverConfiguration as error:
        raise NoSuchResolver(f"this machine has no resolver: {error}. Name one in dns_resolvers") from error
    if resolver != SYSTEM:
        host, port = host_and_port(resolver)
        made.nameservers, made.port = [_address(host, resolver)], port
    return made


def host_and_port(resolver: str) -> tuple[str, int]:
    """192.0.2.1:5353, [2001:db8::1]:5353 or a host without port."""
    if resolver.count(":") > 1 and not resolver.startswith("["):
        return resolver, PORT
    host, separator, port = resolver.rpartition(":") if not resolver.endswith("]") else (resolver, "", "")
    if separator and not port.isdecimal():
        raise NoSuchResolver(f"dns_resolvers: {resolver} has no number after its colon")
    return (host if separator else resolver).strip("[]"), int(port) if separator else PORT


def _address(host: str, resolver: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return str(socket.getaddrinfo(host, None)[0][4][0])
    except OSError as error:
        raise NoSuchResolver(f"dns_resolvers: {resolver} is not known: {error}") from error

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the world is sent to a zone's name servers, from what resolvers say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .._model.zone import domain

Seen = Mapping[str, Collection[str]]
"""{resolver: name servers that it sees}; none where it sees no zone, or does not answer."""


@dataclass(frozen=True)
class Verdict:
    """reason is empty where the zone is delegated."""

    delegated: bool
    expected: tuple[str, ...]
    seen: Mapping[str, tuple[str, ...]]
    reason: str


def verdict(name: str, name_servers: Collection[str], seen: Seen) -> Verdict:
    """Delegated means that every resolver sees exactly the zone's own name servers.

    With fewer some requests still would be answered by others, with more by a zone that holds other records.
    """
    expected = _names(name_servers)
    found = {resolver: _names(servers) for resolver, servers in seen.items()}
    others = {resolver: servers for resolver, servers in found.items() if servers != expected}
    if expected and not others:
        return Verdict(True, expected, found, "")
    said = "; ".join(f"{resolver} sees {', '.join(servers) or 'none'}" for resolver, servers in others.items())
    reason = f"{name} has the name servers {', '.join(expected) or '(none yet)'}, but {said or 'no resolver was asked'}"
    return Verdict(False, expected, found, reason)


def _names(servers: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({domain(server) for server in servers}))

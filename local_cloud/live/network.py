# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Loopback addresses for what has an address in AWS: the network 127.x.y.0/24, which is this local cloud's alone."""

from __future__ import annotations

import threading

from local_cloud.errors import LocalCloudError

HOSTS = range(2, 255)
HIGHEST_PORT = 65535
# What is served at port 443 in AWS is served at 20443 here, since low ports are not for everybody.
PORT_OFFSET = 20000


class Network:
    """``api_port``: each local cloud of a machine has another, and so another network."""

    def __init__(self, api_port: int) -> None:
        self._prefix = f"127.{api_port >> 8}.{api_port & 255}."
        self._hosts: dict[str, int] = {}
        self._lock = threading.Lock()

    def address(self, owner: str) -> str:
        """The address of something that is named by its ARN; the same one as long as it is not given up."""
        with self._lock:
            if owner not in self._hosts:
                taken = set(self._hosts.values())
                free = next((host for host in HOSTS if host not in taken), None)
                if free is None:
                    raise LocalCloudError(f"the local cloud has {len(HOSTS)} live addresses, and all are in use")
                self._hosts[owner] = free
            return f"{self._prefix}{self._hosts[owner]}"

    def give_up(self, owner: str) -> None:
        with self._lock:
            self._hosts.pop(owner, None)

    def is_ours(self, address: str) -> bool:
        """Nothing else is ever connected to."""
        return address.startswith(self._prefix)


def served_port(port: int) -> int:
    """Where a port of AWS is served here."""
    return port + PORT_OFFSET if port + PORT_OFFSET <= HIGHEST_PORT else port

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Route 53's health checkers can reach: names of the public DNS that lead to load balancers of the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_cloud.dns.resolver import Resolver
from local_cloud.live.network import Network, served_port

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud
    from local_cloud.live.balancers import Balancers


class Reach:
    """Checkers are outside of every VPC: an internal load balancer is out of their reach, as on AWS."""

    def __init__(self, cloud: Cloud, network: Network, balancers: Balancers) -> None:
        # with draws of its own, so that checks do not disturb what clients draw
        self._resolver = Resolver(cloud)
        self._network = network
        self._balancers = balancers

    def address(self, name: str, address: str | None = None) -> str | None:
        """None where the name leads to nothing of ours, and nothing else is ever connected to."""
        if address is None:
            answers = self._resolver.resolve(name, "A").answers
            address = next((one.values[0] for one in reversed(answers) if one.kind == "A" and one.values), None)
        if address is None or not self._network.is_ours(address) or self._balancers.is_internal(address):
            return None
        return address

    @staticmethod
    def port(port: int) -> int:
        return served_port(port)

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the control API can do with the live part: turn it on and off, and say how it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

Json = dict[str, Any]


def actions(cloud: Cloud) -> dict[tuple[str, str], Callable[[Json], Json]]:
    """By method and name, as `local_cloud.control.Control` has them."""

    def status(_: Json) -> Json:
        return {"live": False} if cloud.live is None else {"live": True, **cloud.live.describe()}

    def turn(parameters: Json) -> Json:
        if parameters["on"]:
            cloud.go_live(int(parameters.get("seed", 0)))
        else:
            cloud.go_still()
        return status({})

    def behave(parameters: Json) -> Json:
        if cloud.live is None:
            raise ValueError("nothing is live: turn it on first (live on)")
        cloud.live.behaviours.set(str(parameters.pop("side")), parameters)
        return {"behaviours": cloud.live.behaviours.describe()}

    return {("GET", "live"): status, ("POST", "live"): turn, ("POST", "side"): behave}

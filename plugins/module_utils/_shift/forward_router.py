# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A load balancer as a router. It knows no compare-and-swap: each place is read again just before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._model.core import Value
from .._plan.settle import Clock
from . import api
from .forwards import Route, Wish, groups_in, planned, restored, same_items, shown_items
from .plan import Place, Raw, Refused, Split, all_planned
from .router import Router, Unanswered


class ChangedMeanwhile(CutoverError):
    """Somebody has changed a listener or rule since it was first read."""


class ForwardRouter(Router):
    """Listeners and rules of any number of load balancers of a region."""

    type = "forward"
    fields = ("arn",)

    def __init__(self, client: Any, clock: Clock) -> None:
        self.clock = clock
        self._client = client
        self._calls = api.counted(client)

    def plan(self, routes: Sequence[Route], wish: Wish) -> list[Split]:
        """From what is there to what is wished for. Raises Refused."""
        found = self._actions([route.arn for route in routes])
        return all_planned(partial(planned, route, wish, found[route.arn]) for route in routes)

    def plan_undo(self, undo: Sequence[Mapping[str, Any]]) -> list[Split]:
        """From what is there to what was there before the shift that returned undo. Raises Refused."""
        found = self._actions([entry["arn"] for entry in undo])
        return all_planned(
            partial(restored, Route(entry["arn"], {}), entry["before"], entry["after"], found[entry["arn"]])
            for entry in undo
        )

    def _actions(self, arns: Sequence[str]) -> dict[str, Sequence[Raw]]:
        """The actions by listener or rule. Raises Refused for one that does not exist."""
        found = api.actions_of(self._client, arns)
        missing = [arn for arn in arns if arn not in found]
        if missing:
            raise Refused(
                *(
                    f"{arn}: there is no such listener or rule in this region that could be changed. The default rule "
                    "is changed through its listener."
                    for arn in missing
                )
            )
        return found

    def check(self, splits: Sequence[Split]) -> list[str]:
        """Refuses target groups that do not exist, before the first listener is written."""
        added = {arn for split in splits for arn in groups_in(split.after.items) - groups_in(split.before.items)}
        if missing := api.unknown_groups(self._client, added):
            raise Refused(*(f"there is no target group {arn}." for arn in missing))
        return []

    def write(self, splits: Sequence[Split]) -> Iterator[Sequence[Split]]:
        """One listener or rule a call: AWS cannot change two at once."""
        for split in splits:
            now = self.read([split])[split.place]
            if not same_items(now, split.before.items):
                raise ChangedMeanwhile(
                    f"Somebody has changed {split.place.name} since this run read it "
                    f"({self.told(split.before.items, now)}). It was left as it is. Find out who; then run again."
                )
            self._set(split)
            yield [split]

    def _set(self, split: Split) -> None:
        """Where the call fails, the listener says whether it was carried out all the same."""
        try:
            api.set_actions(self._client, split.place.key[0], split.after.items)
        except (ClientError, BotoCoreError) as error:
            try:
                now = self.read([split])[split.place]
            except (ClientError, BotoCoreError) as silence:
                raise Unanswered(error, [split]) from silence
            if not same_items(now, split.after.items):
                raise

    def settle(self) -> None:
        """The load balancer follows by itself within seconds, and says nothing of it."""

    def read(self, splits: Sequence[Split]) -> dict[Place, Sequence[Raw]]:
        """The actions now."""
        found = api.actions_of(self._client, [split.place.key[0] for split in splits])
        return {split.place: found.get(split.place.key[0], ()) for split in splits}

    def same(self, one: Sequence[Raw], other: Sequence[Raw]) -> bool:
        """Whether the load balancer would take them for the same."""
        return same_items(one, other)

    def shown(self, items: Sequence[Raw]) -> Mapping[str, Value]:
        """By target group."""
        return shown_items(items)

    def facts(self) -> dict[str, Any]:
        """The calls."""
        return {"calls": dict(self._calls)}

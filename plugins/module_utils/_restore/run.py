# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The loop: look, decide, do. What cannot be done yet is waited for, or told to whoever asks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._rds.api import await_beginning
from .._rds.instance import reboot_pending
from .._wait.poll import Patience
from .._wait.steps import Stopped, Wait, advance, not_in_time
from . import api
from .kinds import INSTANCE
from .look import look
from .plan import Broken, Command, Seen, changes_left, decide, key_of
from .prepare import Way, prepare
from .requests import Write
from .scene import Scene
from .transformations import database_result, outline, plan_result, snapshot_result, unlike


@dataclass
class Restore:
    """One run; patience without a timeout does not wait.

    steps are the calls that were made, for people; tried the keys of changes that were sent, by this run or by those
    whose result was handed on.
    """

    scene: Scene
    patience: Patience
    tried: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    waiting: str | None = None
    seen: Seen = field(default_factory=Seen)
    known: bool = False

    def run(self, now: datetime, *, check_mode: bool) -> dict[str, Any]:
        """The module's result. Raises Refused with nothing changed, Stopped with something perhaps changed."""
        way = prepare(self.scene, now)
        self.seen = look(self.scene, way)
        asked = self.scene.asked
        planned = plan_result(outline(asked, way.place, way.hops, self.seen))
        drifted = [] if planned["changed"] else unlike(asked, self.seen)
        if not check_mode:
            try:
                self._advance(way)
            except (CutoverError, ClientError, BotoCoreError) as error:
                facts = {**planned, "changed": bool(self.steps), **self._facts(way)}
                raise Stopped(self._explained(error), facts) from error
        return {**planned, **self._facts(way), "differences": drifted, "done": self._ended(planned, check_mode)}

    def _ended(self, planned: Mapping[str, Any], check_mode: bool) -> bool:
        return self.waiting is None and not (check_mode and planned["changed"])

    def _facts(self, way: Way) -> dict[str, Any]:
        asked = self.scene.asked
        return {
            "restored_from": way.place.origin,
            "snapshot": snapshot_result(self.seen.snapshot or way.snapshot),
            "database": database_result(asked, self.seen.database),
            "steps": self.steps,
            "waiting": self.waiting,
            "tried": self.tried,
            "calls": self.scene.calls,
        }

    def _advance(self, way: Way) -> None:
        def look_again() -> None:
            self.seen = look(self.scene, way)

        self.waiting = advance(lambda: self._decide(way), self._write, look_again, self.patience)
        if self.waiting and self.patience.timeout:
            raise CutoverError(not_in_time(self.patience.timeout, self.waiting))

    def _decide(self, way: Way) -> Command:
        """A database that was there and is not shown is not restored once more: AWS may show what was before."""
        asked = self.scene.asked
        self.known = self.known or way.existing or self.seen.database is not None
        if self.known and self.seen.database is None:
            return Wait(f"AWS does not show {asked.identifier} any more")
        return decide(asked, way.place, way.hops, self.seen, self.tried)

    def _write(self, write: Write) -> str | None:
        refused = api.carry_out(self.scene.rds(write.scope), write, self._password)
        if refused:
            return f"{write.text}: {refused}"
        self.steps.append(write.text)
        self.tried.append(key_of(write))
        if write.step in ("modify", "password", "reboot"):
            self._await_beginning(write)
        return None

    def _await_beginning(self, write: Write) -> None:
        """AWS goes on showing the state of before for a while, and who trusted that would go too far."""
        instance = "DBInstanceIdentifier" in write.request
        kind = INSTANCE if instance else self.scene.asked.kind
        rds = self.scene.rds(write.scope)

        def seen() -> Mapping[str, Any] | None:
            item = api.find_database(rds, kind, write.name)
            return item and {**item, "DBInstanceStatus": item[kind.status]}

        def done(item: Mapping[str, Any]) -> bool:
            if write.step == "reboot":
                return not reboot_pending(item)
            return write.step == "modify" and not changes_left(self.scene.asked, write.name, item)

        await_beginning(seen, done, self.patience.clock)

    def _password(self, arn: str) -> str:
        return api.password_of(self.scene.client("secretsmanager", self.scene.own), arn)[0]

    def _explained(self, error: Exception) -> str:
        """With what RDS says of it, where it has said something."""
        done = f" Done so far: {'; '.join(self.steps)}." if self.steps else ""
        if not isinstance(error, Broken):
            return f"{_sentence(error)}{done}"
        try:
            said = api.events(self.scene.rds(error.scope), error.events, error.name)
        except (ClientError, BotoCoreError) as unanswered:
            said = [f"its events could not be asked for ({unanswered})"]
        told = f" RDS says: {' / '.join(said)}." if said else " RDS has no events of it."
        return f"{error}.{told} {NEXT}{done}"


NEXT = "Waiting does not mend this state: repair its cause or remove it, then run this again."


def _sentence(error: Exception) -> str:
    text = str(error)
    return text if text.endswith((".", ")")) else f"{text}."

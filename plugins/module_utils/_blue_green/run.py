# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The loop: look, decide, do. What cannot be done yet is waited for, or told to whoever asks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._plan.settle import look_until
from .._rds.api import BEGIN_TIMEOUT
from .._restore.api import events
from .._wait.poll import Patience
from .._wait.steps import Stopped, Wait, advance, not_in_time
from . import api
from .asked import Asked, Refused
from .look import Clients, look
from .plan import READY, Broken, Command, Seen, decide
from .requests import Write
from .transformations import database_result, deployment_result, guards_result, old_result, outline, plan_result


@dataclass
class Upgrade:
    """One run; patience without a timeout does not wait.

    steps are the calls that were made, for people; tried their keys, by this run or by those whose result was handed
    on. now tells the time of day, for metrics.
    """

    asked: Asked
    clients: Clients
    patience: Patience
    now: Callable[[], datetime]
    tried: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    waiting: str | None = None
    seen: Seen = field(default_factory=Seen)
    guards: list[dict[str, str]] = field(default_factory=list)

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """The module's result. Raises Refused with nothing changed, Stopped with something perhaps changed."""
        self._look()
        first = self._decide()
        planned = plan_result(outline(self.asked, self.seen, first))
        if check_mode:
            self.waiting = first.text if isinstance(first, Wait) else None
        else:
            try:
                self._advance()
            except (CutoverError, ClientError, BotoCoreError) as error:
                facts = {**planned, "changed": bool(self.steps), **self._facts()}
                raise Stopped(self._explained(error), facts) from error
        changed = planned["changed"] if check_mode else bool(self.steps)
        done = self.waiting is None and not (check_mode and changed)
        return {**planned, **self._facts(), "changed": changed, "done": done}

    def _facts(self) -> dict[str, Any]:
        return {
            "deployment": deployment_result(self.seen.deployment),
            "production": database_result(self.seen.instances.get(self.asked.source)),
            "old": old_result(self.asked, self.seen),
            "guardrails": self.guards,
            "steps": self.steps,
            "waiting": self.waiting,
            "tried": self.tried,
        }

    def _look(self) -> None:
        self.seen = look(self.asked, self.clients, self.tried, self.now())
        self.guards = guards_result(self.seen.guards) or self.guards

    def _decide(self) -> Command:
        try:
            return decide(self.asked, self.seen, self.tried)
        except (Refused, Broken) as error:
            if self.steps:
                raise
            raise Stopped(self._explained(error), {"changed": False, **self._facts()}) from error

    def _advance(self) -> None:
        self.waiting = advance(self._decide, self._write, self._look, self.patience)
        if self.waiting and self.patience.timeout:
            raise CutoverError(not_in_time(self.patience.timeout, self.waiting))

    def _write(self, write: Write) -> str | None:
        refused = api.carry_out(self.clients("rds"), write)
        # An answer may have been lost, and the call made a second time.
        begun = write.final and self._has_begun()
        if refused and not begun:
            if write.final:
                raise CutoverError(f"{write.text}: {refused}")
            return f"{write.text}: {refused}"
        self.steps.append(write.text)
        self.tried.append(write.key)
        return None

    def _has_begun(self) -> bool:
        """AWS goes on showing the state of before for a while, and who trusted that would take it for called off."""

        def status() -> str:
            found = api.find_deployment(self.clients("rds"), self.asked.name)
            return str(found["Status"]) if found else READY

        return look_until(status, lambda shown: shown != READY, BEGIN_TIMEOUT, self.patience.clock) != READY

    def _explained(self, error: Exception) -> str:
        """With what RDS says of it, where it has said something."""
        text = str(error)
        if isinstance(error, Stopped):
            return text
        if isinstance(error, Refused) and self.steps:
            text = f"It cannot go on:\n{error.reasons}"
        text = text if text.endswith((".", ")")) else f"{text}."
        done = f" Done so far: {'; '.join(self.steps)}." if self.steps else ""
        if not isinstance(error, Broken):
            return f"{text}{done}"
        said = self._said()
        return f"{text} {f'RDS says: {said}.' if said else 'RDS has no events of it.'}{done}"

    def _said(self) -> str:
        """Of the deployment, by id and by name, and of production."""
        deployment, rds = self.seen.deployment or {}, self.clients("rds")
        asked = [
            ("blue-green-deployment", deployment.get("BlueGreenDeploymentIdentifier")),
            ("blue-green-deployment", deployment.get("BlueGreenDeploymentName")),
            ("db-instance", self.asked.source),
        ]
        try:
            return " / ".join(said for kind, name in asked if name for said in events(rds, kind, str(name)))
        except (ClientError, BotoCoreError) as unanswered:
            return f"its events could not be asked for ({unanswered})"

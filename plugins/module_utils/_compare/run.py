# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One comparison from its beginning to its verdict."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from .._errors import CutoverError
from .._gate.outcome import moment
from .._plan.settle import Clock
from .._rollout.judge import INCONCLUSIVE
from .asked import Asked
from .chunks import Pace, TimeIsUp
from .mysql import MySql
from .postgres import Postgres
from .progress import Kept, ProgressFile
from .schema import behind, differences, unread_counters
from .shapes import Access, Catalog, Movement, Position, Session, Unread
from .sides import Both
from .tables import Walk, begun, pairs_of, unfit
from .verdict import Seen, evidence, verdict


def opened(engine: str, access: Access, name: str, clock: Clock) -> Session:
    """A session on a side. Raises CutoverError where there is no way in, or another engine."""
    return Postgres(access, name, clock) if engine == "postgres" else MySql(access, engine, name, clock)


def outcome(asked: Asked, accesses: Both[Access | None], progress: ProgressFile, clock: Clock) -> dict[str, Any]:
    """The module's result, but for `changed`. Raises CutoverError."""
    began = clock.now()
    with ExitStack() as stack:
        sessions = [
            stack.enter_context(closing(opened(asked.engine, access, name, clock)))
            for name, access in accesses.named().items()
            if access
        ]
        if asked.target is None:
            return _only_position(asked, sessions[0])
        comparison = _Comparison(asked, Both(*sessions), progress, clock, began + asked.timeout)
        seen = comparison.seen()
    word, reason = verdict(seen)
    servers = {
        name: {**place.named(), "server": session.server}
        for (name, place), session in zip(asked.places().named().items(), sessions, strict=True)
        if place
    }
    times = {"seconds": round(clock.now() - began, 1), "paused_seconds": round(comparison.pace.paused, 1)}
    return {
        "gate": asked.gate,
        "verdict": word,
        "reason": reason,
        "evidence": {**servers, **evidence(seen), **times, "resumed": comparison.resumed},
        "observed_at": moment(datetime.now(UTC)),
        "position": comparison.now.source.position,
    }


def _only_position(asked: Asked, source: Session) -> dict[str, Any]:
    place = _Place.of(source)
    return {
        "gate": asked.gate,
        "verdict": INCONCLUSIVE,
        "reason": "nothing was compared, since the task has no target; position is that of the source",
        "evidence": {"source": {**asked.source.named(), "server": source.server}, "problem": place.problem},
        "observed_at": moment(datetime.now(UTC)),
        "position": place.position,
    }


@dataclass(frozen=True)
class _Place:
    """Up to where a side has written, or why that is not known."""

    position: Position | None
    problem: str = ""

    @classmethod
    def of(cls, session: Session) -> _Place:
        try:
            return cls(session.position())
        except Unread as error:
            return cls(None, str(error))


class _Comparison:
    """The parts of a comparison, in their order."""

    def __init__(
        self, asked: Asked, sessions: Both[Session], progress: ProgressFile, clock: Clock, until: float
    ) -> None:
        self._asked, self._sessions, self._progress = asked, sessions, progress
        self.pace = Pace(clock, asked.chunk_seconds, sessions.source.running, asked.max_running, until)
        # The position first: what is written between it and the snapshot is taken for a movement, and not missed.
        self.now = sessions.ask(_Place.of)
        sessions.ask(lambda session: session.begin())
        self._kept = self._taken_up() or Kept(Both(self.now.source.position or {}, self.now.target.position or {}))
        self.resumed = bool(self._kept.results)

    def _taken_up(self) -> Kept | None:
        """What an earlier run has seen holds as long as neither side has been written to since."""
        kept = self._progress.read()
        if kept and all(movement.moved is False for movement in self._moved(kept.positions).named().values()):
            return kept
        return None

    def _moved(self, since: Both[Position]) -> Both[Movement]:
        def one(session: Session, place: _Place, position: Position) -> Movement:
            if place.position is None:
                return Movement(None, place.problem)
            if not position:
                return Movement(None, "its position was not known when the comparison began")
            return session.moved(position, self._asked.without)

        source, target = self._sessions.source, self._sessions.target
        return Both(one(source, self.now.source, since.source), one(target, self.now.target, since.target))

    def seen(self) -> Seen:
        """All that there is to see."""
        catalogs = self._sessions.ask(lambda session: session.catalog())
        self._refuse_unknown(catalogs)
        left = self._rows(catalogs)
        counters = Both(catalogs.source.counters, catalogs.target.counters)
        schema = [*differences(Both(catalogs.source.items, catalogs.target.items)), *behind(counters)]
        unseen = [f"on the {name}, {why}" for name, catalog in catalogs.named().items() for why in catalog.unseen]
        seen = Seen(
            schema=schema,
            results=[self._kept.results[name] for name in sorted(self._kept.results)],
            unread=[*unseen, *unread_counters(counters)],
            movements=self._moved(self._kept.positions),
            skipped=sorted(self._asked.without),
            left=left,
            busy=self._busy() if left else "",
        )
        if self._asked.since is not None:
            seen = replace(seen, earlier=self._sessions.source.moved(self._asked.since, self._asked.without))
        return seen

    def _refuse_unknown(self, catalogs: Both[Catalog]) -> None:
        known = {table.name for catalog in catalogs.named().values() for table in catalog.tables}
        if unknown := sorted(self._asked.without - known):
            raise CutoverError(
                f"exclude: neither side has a table {', '.join(unknown)}. Correct the name (on PostgreSQL with its "
                "schema, public.orders); a table that is left out by mistake is not looked at."
            )

    def _rows(self, catalogs: Both[Catalog]) -> list[str]:
        """Compares the tables, and says for which there was no time."""
        pairs = pairs_of(catalogs.source.tables, catalogs.target.tables, self._asked.without)
        results = self._kept.results
        walk = Walk(self._sessions, self.pace, self._asked.limits, lambda: self._progress.write(self._kept))
        try:
            for pair in pairs:
                result = results.setdefault(pair.source.name, begun(pair.source))
                if problem := unfit(pair, self._asked.limits):
                    result.unread, result.done = problem, True
                walk.through(pair.source, result)
        except TimeIsUp:
            pass
        except CutoverError:
            self._progress.write(self._kept, now=True)
            raise
        left = [pair.source.name for pair in pairs if not (known := results.get(pair.source.name)) or not known.done]
        if left:
            self._progress.write(self._kept, now=True)
        else:
            self._progress.remove()
        return left

    def _busy(self) -> str:
        if not self.pace.paused:
            return ""
        return (
            f" ({self.pace.paused:.0f} s of it were spent waiting for the source, which was working on "
            f"{self.pace.busy} statements of others)"
        )

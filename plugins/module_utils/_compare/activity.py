# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether PostgreSQL has been written to, and how busy it is.

The log (WAL) grows by itself, through checkpoints, vacuum, and RDS's heartbeat in a database of its own, so its
position alone does not say much. What does, in this order:

* Every transaction that writes has an id. Where neither the next id nor the ids under way have changed
  (pg_current_snapshot), nobody has written to any database.
* Where they have, the counters of rows written by table tell in which database. A session hands its counts over within
  ten seconds when it is idle (pgstat_report_stat), and not at all in the middle of a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._plan.settle import Clock
from .shapes import Movement, Position, Unread

HANDED_OVER = 11.0
"""Seconds after which idle sessions have handed their counts over, and a little more."""

PLACE = """
SELECT pg_current_snapshot()::text AS snapshot, pg_is_in_recovery() AS standby,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn
"""

WRITTEN = """
SELECT CASE WHEN s.schemaname = 'pg_catalog' AND s.relname <> 'pg_largeobject' THEN '(definitions)'
    ELSE s.schemaname || '.' || s.relname END AS name,
  coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint AS rows,
  coalesce(sum(CASE WHEN s.schemaname = 'pg_catalog' THEN 0 ELSE c.relfilenode::bigint END), 0)::bigint AS file
FROM pg_stat_all_tables AS s JOIN pg_class AS c ON c.oid = s.relid
WHERE s.schemaname NOT IN ('information_schema', 'pg_toast') AND s.schemaname !~ '^pg_(temp|toast_temp)_'
  AND (s.schemaname <> 'pg_catalog' OR s.relname IN ('pg_largeobject', 'pg_class', 'pg_attribute', 'pg_attrdef',
    'pg_constraint', 'pg_index', 'pg_proc', 'pg_rewrite', 'pg_sequence', 'pg_trigger', 'pg_type', 'pg_enum',
    'pg_policy', 'pg_namespace', 'pg_extension'))
GROUP BY 1
"""
"""TRUNCATE deletes no row by this count, but gives a table another file."""

OTHERS = """
SELECT count(*) FILTER (WHERE state IS DISTINCT FROM 'idle' AND datname = current_database()) AS in_transaction,
  count(*) FILTER (WHERE coalesce(state, 'active') = 'active') AS running
FROM pg_stat_activity
WHERE datid IS NOT NULL AND pid <> ALL (%s::int[])
  AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'walsender')
"""
"""A session whose state this user may not see is counted: what is not known is not good."""

Ask = Callable[..., list[dict[str, Any]]]


class Activity:
    """What the server says of its work; own: the process ids of this module's sessions."""

    def __init__(self, ask: Ask, own: tuple[int, ...], clock: Clock) -> None:
        self._ask, self._clock = ask, clock
        self._own = "{" + ",".join(map(str, own)) + "}"

    def position(self) -> Position:
        """Transactions, place in the log, and rows written by table."""
        place = self._ask(PLACE)[0]
        return {"snapshot": place["snapshot"], "lsn": place["lsn"], "written": self._written()}

    def _written(self) -> Mapping[str, list[int]]:
        return {row["name"]: [row["rows"], row["file"]] for row in self._ask(WRITTEN)}

    def running(self) -> int:
        """Statements of others."""
        return int(self._ask(OTHERS, self._own)[0]["running"])

    def moved(self, since: Position, without: frozenset[str]) -> Movement:
        """Waits for the counters where transactions alone do not tell."""
        try:
            place = self._ask(PLACE)[0]
            if place["snapshot"] == since.get("snapshot"):
                return Movement(False)
            before = since["written"]
            if place["standby"] or not isinstance(before, Mapping):
                return Movement(None, "transactions have written, and a standby does not count of which database")
            self._clock.sleep(HANDED_OVER)
            if self._ask(OTHERS, self._own)[0]["in_transaction"]:
                return Movement(
                    None,
                    "transactions have written, and of a session that is in a transaction, or whose state may not be "
                    "seen (pg_read_all_stats is needed), it is not known what it has written",
                )
            now = self._written()
        except Unread as error:
            return Movement(None, str(error))
        touched = {name for name in {**before, **now} if before.get(name) != now.get(name)} - without
        return Movement(True, f"written: {', '.join(sorted(touched))}") if touched else Movement(False)

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on what a database is restored from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..._model.core import Value
from ..._model.restore import INSTANCE, RESTORED, SNAPSHOT
from ..._restore.kinds import INSTANCE as KIND
from ..._restore.wrong import wrong_source
from ..findings import Finding, absent, finding

VARIABLE = "database_restore"
SEE = "docs/restore.md says what can be restored, and how"
OPTION = re.compile(r"[a-z_]+(\.[a-z_]+)?")
OTHER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    SNAPSHOT: (INSTANCE, ("take", "time")),
    INSTANCE: (SNAPSHOT, ("snapshot", "snapshot_type", "max_age", "tags")),
}
"""For each source the other one, and what only that one has."""

Typed = Mapping[str, Value]


def restore_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on database_restore."""
    source, value = str(typed.get("database_source")), typed.get(VARIABLE)
    given = {name: part for name, part in value.items() if part is not None} if isinstance(value, Mapping) else {}
    if source not in RESTORED:
        if given:
            rule = f"nothing reads it while database_source is {source}"
            yield finding(VARIABLE, given, rule, "Set database_source to snapshot or instance, or remove it")
        return
    if not given:
        fix = "Give a snapshot, or a database" if source == SNAPSHOT else "Give a database, the name of an instance"
        yield absent(VARIABLE, f"is missing, and database_source is {source}", fix)
        return
    other, names = OTHER[source]
    if strange := [name for name in names if name in given]:
        rule = f"database_source is {source}, which has no {' and no '.join(strange)}"
        yield finding(VARIABLE, given, rule, f"Leave it out, or set database_source to {other}")
        return
    for reason in wrong_source(KIND.name, given, str(typed.get("region"))):
        yield told(reason)


def told(reason: str) -> Finding:
    """A finding about what a restore says to be wrong: `source.time: ...`, `engine_version: ...`."""
    where, colon, rule = reason.partition(": ")
    if not colon or not OPTION.fullmatch(where):
        return absent(VARIABLE, reason.rstrip("."), SEE)
    first, dot, rest = where.partition(".")
    variable = f"database_{first}" if first != "source" else f"{VARIABLE}.{rest}" if dot else VARIABLE
    return absent(variable, rule.rstrip("."), SEE)

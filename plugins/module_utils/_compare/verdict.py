# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what was seen of two databases to a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._rollout.judge import FAIL, INCONCLUSIVE, PASS
from .schema import Difference
from .shapes import Movement
from .sides import NAMES, Both
from .tables import Result

NAMED = 5
"""So many differences are in the reason; evidence has more."""

DIFFERENCES_TOLD = 200


@dataclass(frozen=True)
class Seen:
    """schema: what differs there. results: of the tables. skipped: tables that were to be left out.

    unread: what could not be compared, and why. movements: of both sides since the view was taken. earlier: of the
    source, since the position that the task has named. left: tables that there was no time for.
    """

    schema: Sequence[Difference]
    results: Sequence[Result]
    unread: Sequence[str]
    movements: Both[Movement]
    earlier: Movement = field(default_factory=lambda: Movement(False))
    skipped: Sequence[str] = ()
    left: Sequence[str] = ()
    busy: str = ""


def verdict(seen: Seen) -> tuple[str, str]:
    """The verdict and its reason.

    Where a side was written to, nothing is known of the data that are there now: neither that they are the same, nor
    whether a difference is more than what was written. Otherwise a difference is one, whatever else is not known.
    """
    differences = list(_differences(seen))
    if moving := list(_moving(seen)):
        also = f"; differences were seen: {_few(differences)}" if differences else ""
        return INCONCLUSIVE, "; ".join(moving) + also
    if differences:
        return FAIL, _few(differences)
    unknown = _not_compared(seen)
    if seen.left:
        unknown.append(
            f"{len(seen.left)} tables are left, beginning with {seen.left[0]}, and the time is over{seen.busy}; run it "
            "again with the same progress_file to go on"
        )
    if unknown:
        return INCONCLUSIVE, f"not everything could be compared: {_few(unknown)}"
    if not seen.results:
        return INCONCLUSIVE, "there is no table whose rows could be compared"
    rows = sum(result.rows[0] for result in seen.results)
    but = f", but for {', '.join(seen.skipped)}, which were left out" if seen.skipped else ""
    return PASS, f"the schemas and all {rows} rows of {len(seen.results)} tables are the same{but}"


def _moving(seen: Seen) -> Iterator[str]:
    for name, movement in seen.movements.named().items():
        if movement.moved:
            yield f"the {name} has moved on since the comparison began ({movement.told})"
        elif movement.moved is None:
            yield f"whether the {name} has moved on is not known: {movement.told}"
    if seen.earlier.moved:
        yield f"the source has moved on since the given position ({seen.earlier.told})"
    elif seen.earlier.moved is None:
        yield f"whether the source has moved on since the given position is not known: {seen.earlier.told}"


def _not_compared(seen: Seen) -> list[str]:
    return [*seen.unread, *(f"{result.table}: {result.unread}" for result in seen.results if result.unread)]


def _differences(seen: Seen) -> Iterator[str]:
    for found in seen.schema:
        changed = ", ".join(found["attributes"])
        yield f"{found['kind']} {found['name']} is {found['difference']}" + (f" ({changed})" if changed else "")
    for result in seen.results:
        if result.differing:
            yield f"table {result.table}: {_rows(result)}"


def _rows(result: Result) -> str:
    what = "digests of rows" if result.by_digest else f"rows by {', '.join(result.key)}"
    lists = {"missing": result.keys.missing, "extra": result.keys.extra, "changed": result.keys.changed}
    told = [f"{name} {_keys(keys)}" for name, keys in lists.items() if keys]
    more = "" if result.keys.complete else ", and more"
    return f"{what}: {', '.join(told) or 'they differ'}{more}"


def _keys(keys: Sequence[Sequence[object]]) -> str:
    return _few(["/".join(map(str, key)) for key in keys], ", ")


def _few(texts: Sequence[str], between: str = "; ") -> str:
    rest = f"{between}{len(texts) - NAMED} more" if len(texts) > NAMED else ""
    return between.join(texts[:NAMED]) + rest


def evidence(seen: Seen) -> dict[str, Any]:
    """What was compared and what differs: names, numbers and keys, never another value of a row."""
    return {
        "tables": len(seen.results),
        "rows": {name: sum(result.rows[side] for result in seen.results) for side, name in enumerate(NAMES)},
        "chunks": sum(result.chunks for result in seen.results),
        "schema": list(seen.schema[:DIFFERENCES_TOLD]),
        "schema_differences": len(seen.schema),
        "data": [_shown(result) for result in seen.results if result.differing][:DIFFERENCES_TOLD],
        "not_compared": _not_compared(seen),
        "left": list(seen.left),
        "excluded": list(seen.skipped),
    }


def _shown(result: Result) -> Mapping[str, Any]:
    return {
        "table": result.table,
        "key": result.key,
        "rows": {"source": result.rows[0], "target": result.rows[1]},
        "ranges": [
            {
                "after": None if after is None else list(after),
                "to": None if to is None else list(to),
                "rows": {"source": source, "target": target},
            }
            for after, to, source, target in result.ranges
        ],
        "differing_ranges": result.differing,
        "missing": [list(key) for key in result.keys.missing],
        "extra": [list(key) for key in result.keys.extra],
        "changed": [list(key) for key in result.keys.changed],
        "all_keys": result.keys.complete,
    }

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Splits as modules answer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .plan import Split, Weights


def result_of(kind: str, fields: Sequence[str], splits: Sequence[Split], todo: Sequence[Split]) -> dict[str, Any]:
    """What every router's module answers: todo is the part of splits that is changed.

    weights are None where the places differ in them. ttl_wait: seconds from the change until no client acts on what was
    before; ttl: for so many seconds clients keep what they are told now.
    """
    return {
        "changed": bool(todo),
        "plan": [_row(kind, split) for split in todo],
        "diff": {
            "before": {
                split.place.name: {path: before for path, before, _after in split.differences()} for split in todo
            },
            "after": {
                split.place.name: {path: after for path, _before, after in split.differences()} for split in todo
            },
        },
        "places": [{**_key(fields, split), "weights": dict(split.after.weights)} for split in splits],
        "weights": _common([split.after.weights for split in splits]),
        "ttl": max((split.after.held for split in splits), default=0),
        "ttl_wait": max((split.wait for split in todo), default=0),
        "undo": [
            {
                **_key(fields, split),
                "before": [dict(raw) for raw in split.before.items],
                "after": [dict(raw) for raw in split.after.items],
            }
            for split in todo
        ],
    }


def _row(kind: str, split: Split) -> dict[str, Any]:
    attributes = {path: {"before": before, "after": after} for path, before, after in split.differences()}
    return {"action": "update", "type": kind, "name": split.place.name, "attributes": attributes}


def _key(fields: Sequence[str], split: Split) -> dict[str, str]:
    return dict(zip(fields, split.place.key, strict=True))


def _common(weights: Sequence[Weights]) -> dict[str, int] | None:
    first = dict(weights[0]) if weights else None
    return first if all(dict(each) == first for each in weights) else None

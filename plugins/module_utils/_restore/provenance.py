# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a database that is there came from what its stack wants. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.core import Stack, Value
from .._stack.context import tags_of
from .asked import source_of, wish_id
from .kinds import Kind
from .plan import is_complete, origin_of
from .snapshot import wish_of

UNFINISHED = " (unfinished)"


def provenance(stack: Stack, kind: Kind, item: Mapping[str, Any], wanted: Value) -> Value:
    """What a database came from, for the comparison with wanted, which is the model's restored_from (see
    _model.restore).

    It is wanted itself where the database came from that and its restore is complete, else what its tag says, and None
    where nothing is known of it. The text ends with UNFINISHED while a restore from what is wanted has not come to its
    end.
    """
    origin = origin_of(kind, item)
    if origin is None or not isinstance(wanted, Mapping):
        return origin
    if not _is_wanted(stack, kind, item, origin, wanted):
        return origin
    return wanted if is_complete(item) else f"{origin}{UNFINISHED}"


def is_unfinished(found: Value) -> bool:
    """Whether what provenance() has answered says that a run is to go on with the restore."""
    return isinstance(found, str) and found.endswith(UNFINISHED)


def _is_wanted(stack: Stack, kind: Kind, item: Mapping[str, Any], origin: str, wanted: Mapping[str, Value]) -> bool:
    """By the wish that it was restored for, or by what it came from where the wish names that."""
    if wish_of(tags_of(item.get("TagList"))) == wish_id(kind, item[kind.identifier], wanted):
        return True
    source = source_of(wanted, stack.region)
    account = source.role.split(":")[4] if source.role else stack.account_id
    named = source.origin(
        kind, lambda resource, name: f"arn:{stack.partition}:rds:{source.region}:{account}:{resource}:{name}"
    )
    return origin == named

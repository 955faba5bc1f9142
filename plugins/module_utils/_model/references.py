# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose a zone or a health check of Route 53 is.

Neither can be tagged in the call that makes it, and two zones may have one name. The caller reference is given with
that call and never changes, so it says whose
they are, also after a run that died before the tags, or when somebody has removed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .core import KEY_TAG, STACK_TAG, ModelError, Stack, Value
from .names import fit

MAX_TAGS = 10
"""Route 53 allows fewer tags than other services (ChangeTagsForResource)."""

STACK_LENGTH, KEY_LENGTH = 24, 28
"""Together with a nonce of 8 characters they fit into the 64 that a health check's reference may have."""

SEPARATOR = "|"


def owner(stack_name: str) -> str:
    """What each caller reference of a stack begins with."""
    return f"{fit(stack_name, STACK_LENGTH)}{SEPARATOR}"


def caller_reference(tags: Mapping[str, str], nonce: str) -> str:
    """The reference for a resource with these tags; the nonce keeps it from being one that AWS has seen before."""
    return f"{owner(tags[STACK_TAG])}{fit(tags[KEY_TAG], KEY_LENGTH)}{SEPARATOR}{nonce}"


def key_of(reference: str, keys: Iterable[str]) -> str:
    """The key of the model that the reference was made for; where none of keys is, what it holds of it."""
    kept = reference.split(SEPARATOR)[1]
    return next((key for key in keys if fit(key, KEY_LENGTH) == kept), kept)


def route53_tags(stack: Stack, key: str, name: str, **further: Value) -> dict[str, Value]:
    """The resource's tags; more than Route 53 allows are refused before anything is made."""
    tags = {**stack.tagged(key, name), **further}
    if len(tags) > MAX_TAGS:
        own = len(tags) - len(stack.tags)
        raise ModelError(
            f"cutover_tags has {len(stack.tags)} tags, but Route 53 allows {MAX_TAGS} on {key}, "
            f"of which {own} are the collection's own: leave at most {MAX_TAGS - own}"
        )
    return tags

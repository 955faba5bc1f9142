# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parameters fit for a log: secrets masked, bodies shortened to their size, everything JSON."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

MASK = "********"

# botocore marks most secrets as sensitive; these are the ones it does not (MasterUserPassword among them).
_secret_name = re.compile(
    r"(password|passphrase|passwd|secretstring|secretbinary|secretaccesskey|privatekey|plaintext|authtoken"
    r"|sessiontoken|webidentitytoken|samlassertion|tokencode|keymaterial|sharedsecret|clientsecret)$",
    re.IGNORECASE,
)


def masked(value: Any, shape: Shape | None, name: str = "") -> Any:
    """``value`` as parsed by ``shape`` (None where nothing is known about it)."""
    sensitive = shape is not None and bool(shape.metadata.get("sensitive"))
    secret = (sensitive or _secret_name.search(name)) and not isinstance(value, bool)
    if secret and value not in (None, ""):
        return MASK
    if isinstance(value, dict):
        return {str(key): masked(item, _member(shape, key), str(key)) for key, item in value.items()}
    if isinstance(value, list):
        # the name goes along: a list of passwords is as secret as one
        return [masked(item, getattr(shape, "member", None), name) for item in value]
    return _plain(value)


def _member(shape: Shape | None, key: str) -> Shape | None:
    if shape is None:
        return None
    if shape.type_name == "structure":
        members: dict[str, Shape] = getattr(shape, "members", {})
        return members.get(key)
    return getattr(shape, "value", None)


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>"
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)

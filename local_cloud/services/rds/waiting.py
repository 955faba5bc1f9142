# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What of an instance waits for a maintenance window or a reboot.

It is apart from the handlers in `pending`, because handlers of one operation are asked in the order in which they are
imported: whoever needs this alone would have changes put off before they are checked.
"""

from __future__ import annotations

from typing import Any

from local_cloud.request import Request
from local_cloud.state import Store

changes: Store[dict[str, dict[str, Any]]] = Store(dict)
"""By instance."""
reboots: Store[set[str]] = Store(set)


def rename(request: Request, name: str, new: str) -> None:
    """What waits goes with the instance."""
    put_off, awaited = changes[request.scope], reboots[request.scope]
    if name in put_off:
        put_off[new] = put_off.pop(name)
    if name in awaited:
        awaited.remove(name)
        awaited.add(new)

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Libraries that only some modules need: they are named when they are missing, with the command to install them."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def missing(library: str, package: str, purpose: str) -> str | None:
    """What to do where a library is not installed, None where it is."""
    if find_spec(library):
        return None
    return f"{library} is missing for {sys.executable}, which {purpose}; install it: pip install {package}"

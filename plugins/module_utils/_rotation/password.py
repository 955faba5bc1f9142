# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What passwords are made of."""

from __future__ import annotations

import string
from collections.abc import Mapping

LENGTH = 32
"""RDS takes 8 to 41 characters for MySQL and MariaDB, 8 to 128 for PostgreSQL (CreateDBInstance)."""

PUNCTUATION = "-._~"
"""RDS refuses /, @, the quotation mark and the space. These four mean nothing to SQL, nor in a URL (RFC 3986, section
2.3), and not all is left out because some rules for passwords ask for one."""

REQUEST: Mapping[str, object] = {
    "PasswordLength": LENGTH,
    "ExcludeCharacters": "".join(mark for mark in string.punctuation if mark not in PUNCTUATION),
    "IncludeSpace": False,
    "RequireEachIncludedType": True,
}
"""For GetRandomPassword: lower and upper case, digits and PUNCTUATION, at least one of each."""

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What PostgreSQL is sent instead of a password."""

from __future__ import annotations

import base64

from ansible_collections.cutover.aws.plugins.module_utils._rotation.postgres import verifier


def test_the_verifier_of_the_standard() -> None:
    """RFC 7677, section 3: user, pencil, 4096 iterations; the server signature there is made with this server key."""
    made = verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    assert made == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )

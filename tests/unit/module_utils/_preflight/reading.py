# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tests read of findings."""

from __future__ import annotations

from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._preflight.findings import Finding


def told(findings: Any) -> dict[str, Finding]:
    """The findings by variable; two about one variable would be one too many in these tests."""
    by_variable = {}
    for found in findings:
        assert found.variable not in by_variable, f"{found} and {by_variable[found.variable]}"
        by_variable[found.variable] = found
    return by_variable


def only(findings: Any) -> Finding:
    (found,) = findings
    assert isinstance(found, Finding)
    return found

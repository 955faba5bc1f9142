# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Engine versions."""

from __future__ import annotations

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rds.versions import family, satisfies


@pytest.mark.parametrize(
    ("engine", "found", "wanted", "good"),
    [
        ("mysql", "8.4.7", "8.4", True),
        ("mysql", "8.4.7", "8.4.6", True),
        ("mysql", "8.4.6", "8.4.7", False),
        ("mysql", "8.4.10", "8.4.9", True),
        ("mysql", "8.4.7", "8.0", False),
        ("mysql", "8.0.44", "8.4", False),
        ("postgres", "16.10", "16.9", True),
        ("postgres", "16.8", "16.9", False),
        ("postgres", "17.1", "16.9", False),
        ("aurora-postgresql", "17.5", "17.4", True),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0", False),
    ],
)
def test_a_newer_minor_version_is_as_good(engine: str, found: str, wanted: str, good: bool) -> None:
    assert satisfies(engine, found, wanted) is good


@pytest.mark.parametrize(
    ("engine", "version", "name"),
    [("mysql", "8.4.7", "mysql8.4"), ("postgres", "16.4", "postgres16"), ("aurora-mysql", "8.0", "aurora-mysql8.0")],
)
def test_families(engine: str, version: str, name: str) -> None:
    assert family(engine, version) == name

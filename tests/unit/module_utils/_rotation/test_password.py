# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What passwords are made of, by the rules of those who have to take them."""

from __future__ import annotations

import string

from ansible_collections.cutover.aws.plugins.module_utils._rotation.password import LENGTH, PUNCTUATION, REQUEST


def test_only_what_rds_and_urls_take() -> None:
    left = set(string.punctuation) - set(str(REQUEST["ExcludeCharacters"]))
    assert left == set(PUNCTUATION)
    assert not left & set("/@\"' ")
    assert left <= set("-._~"), "RFC 3986: unreserved"
    assert REQUEST["IncludeSpace"] is False


def test_it_is_as_long_as_every_engine_takes() -> None:
    assert 8 <= LENGTH <= 41
    assert REQUEST["PasswordLength"] == LENGTH

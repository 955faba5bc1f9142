# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of composite alarms."""

from __future__ import annotations

import pytest

from local_cloud.watching.rule import BadRule, parse

STATES = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", 'with (brackets) AND "words': "ALARM"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALARM(a)", True),
        ('ALARM("b")', False),
        ("OK(b) AND INSUFFICIENT_DATA(c)", True),
        ("ALARM(b) OR ALARM(a)", True),
        ("NOT ALARM(a)", False),
        ("NOT (ALARM(a) AND ALARM(b))", True),
        # AND binds closer than OR
        ("ALARM(a) OR ALARM(a) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(a)) AND ALARM(b)", False),
        ("NOT ALARM(b) AND ALARM(b)", False),
        ("TRUE AND NOT FALSE", True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)", True),
        ('ALARM("with (brackets) AND \\"words")', True),
        ("ALARM(nobody)", False),
        ("NOT ALARM(nobody)", True),
        ("  ALARM( a )\n OR\tFALSE ", True),
    ],
)
def test_rules(text: str, expected: bool) -> None:
    assert parse(text).holds(STATES.get) is expected


def test_the_alarms_of_a_rule_are_known() -> None:
    assert parse('ALARM(a) OR (OK("b") AND NOT ALARM(a))').alarms == ("a", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected"),
        ("ALARM", "lacks"),
        ("ALARM()", "names no alarm"),
        ("ALARM(a", "lacks"),
        ("ALARM(a) AND", "expected"),
        ("ALARM(a) ALARM(b)", "from 'ALARM' on"),
        ("alarm(a)", "'alarm' where"),
        ("(ALARM(a)", "lacks"),
        ('ALARM("a)', "cannot be read"),
        ("AT_LEAST(1, ALARM, (a))", "does not know AT_LEAST"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, message: str) -> None:
    with pytest.raises(BadRule, match=message):
        parse(text)

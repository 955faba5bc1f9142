# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rule of a composite alarm: AND, OR, NOT over states of other alarms.

Grammar: API reference, PutCompositeAlarm, AlarmRule. NOT binds closest, then AND, then OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_token = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))')


class BadRule(ValueError):
    """The rule cannot be read."""


StateOf = Callable[[str], str | None]


@dataclass(frozen=True)
class Rule:
    """``alarms``: names (of ARNs the last part) in the order in which the rule mentions them."""

    alarms: tuple[str, ...]
    _holds: Callable[[StateOf], bool]

    def holds(self, state_of: StateOf) -> bool:
        """``state_of(name)``: the alarm's state, None where there is no such alarm."""
        return self._holds(state_of)


def parse(text: str) -> Rule:
    """Raises BadRule."""
    reader = _Reader(list(_tokens(text)))
    holds = reader.alternatives()
    if reader.next is not None:
        raise BadRule(f"AlarmRule cannot be read from {reader.next!r} on")
    return Rule(tuple(dict.fromkeys(reader.alarms)), holds)


def _tokens(text: str) -> Iterator[str]:
    """Quoted names keep their first quote, so that no name is taken for a word of the grammar."""
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _token.match(text, position)
        if found is None:
            raise BadRule(f"AlarmRule cannot be read from {text[position:]!r} on")
        quoted, bracket, word = found.groups()
        yield bracket or word or '"' + re.sub(r"\\(.)", r"\1", quoted)
        position = found.end()


class _Reader:
    """Recursive descent."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]
        self.alarms: list[str] = []

    @property
    def next(self) -> str | None:
        return self._tokens[-1] if self._tokens else None

    def alternatives(self) -> Callable[[StateOf], bool]:
        parts = [self._together()]
        while self._taken("OR"):
            parts.append(self._together())
        return lambda state_of: any(part(state_of) for part in parts)

    def _together(self) -> Callable[[StateOf], bool]:
        parts = [self._one()]
        while self._taken("AND"):
            parts.append(self._one())
        return lambda state_of: all(part(state_of) for part in parts)

    def _one(self) -> Callable[[StateOf], bool]:
        if self._taken("NOT"):
            inner = self._one()
            return lambda state_of: not inner(state_of)
        if self._taken("("):
            inner = self.alternatives()
            self._expect(")")
            return inner
        word = self._tokens.pop() if self._tokens else ""
        if word in ("TRUE", "FALSE"):
            return lambda _: word == "TRUE"
        if word == "AT_LEAST":
            raise BadRule("the local cloud does not know AT_LEAST; write it with AND and OR")
        if word not in STATES:
            raise BadRule(f"AlarmRule has {word!r} where {', '.join(STATES)}, NOT, TRUE, FALSE or ( is expected")
        self._expect("(")
        name = self._tokens.pop() if self._tokens else ""
        if name in ("", "(", ")"):
            raise BadRule(f"AlarmRule names no alarm after {word}(")
        self._expect(")")
        return self._in_state(word, name.removeprefix('"').rpartition(":alarm:")[2])

    def _in_state(self, state: str, alarm: str) -> Callable[[StateOf], bool]:
        self.alarms.append(alarm)
        return lambda state_of: state_of(alarm) == state

    def _taken(self, word: str) -> bool:
        if self.next == word:
            self._tokens.pop()
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._taken(word):
            raise BadRule(f"AlarmRule lacks {word!r}")

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a comparison has got, in a file: whoever is interrupted need not begin again."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .._errors import CutoverError
from .._plan.settle import Clock
from .narrow import Found
from .shapes import Key, Position
from .sides import Both
from .tables import Result

FORMAT = 1
SECONDS_BETWEEN = 1.0
"""A file is written so often at the most: what a killed run has to do again is not worth more."""


@dataclass
class Kept:
    """positions: of both sides when the first run began. results: by table, of those that have been begun."""

    positions: Both[Position]
    results: dict[str, Result] = field(default_factory=dict)


class ProgressFile:
    """identity: what is compared and how; progress of another comparison is never taken up. path: None keeps nothing.

    The file holds positions and keys of rows, and can be read by its owner alone.
    """

    def __init__(self, path: str | None, identity: Mapping[str, Any], clock: Clock) -> None:
        self._path = Path(path) if path else None
        self._identity = json.loads(json.dumps({"format": FORMAT, **identity}))
        self._clock, self._written = clock, float("-inf")

    def read(self) -> Kept | None:
        """None where there is nothing that belongs to this comparison. Raises CutoverError for what is no progress."""
        if self._path is None or not self._path.exists():
            return None
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if found["identity"]["format"] != FORMAT or found["identity"] != self._identity:
                return None
            positions = Both[Position](found["positions"]["source"], found["positions"]["target"])
            return Kept(positions, {name: _result(text) for name, text in found["results"].items()})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CutoverError(
                f"progress_file: {self._path} holds no progress of a comparison ({type(error).__name__}). "
                "Name another file, or remove it."
            ) from error

    def write(self, kept: Kept, *, now: bool = False) -> None:
        """At once where `now`, otherwise if the last time is long enough ago. Raises CutoverError."""
        if self._path is None or not (now or self._clock.now() - self._written >= SECONDS_BETWEEN):
            return
        content = {
            "identity": self._identity,
            "positions": kept.positions.named(),
            "results": {name: asdict(result) for name, result in kept.results.items()},
        }
        try:
            handle, scratch = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
            os.replace(scratch, self._path)
        except OSError as error:
            raise CutoverError(f"progress_file: {self._path} cannot be written: {error.strerror}") from error
        self._written = self._clock.now()

    def remove(self) -> None:
        """A comparison that has come to its end is not taken up again."""
        if self._path:
            self._path.unlink(missing_ok=True)


def _result(text: Mapping[str, Any]) -> Result:
    keys = text["keys"]
    lists = {name: [_key(key) for key in keys[name]] for name in ("missing", "extra", "changed")}
    ranges = [(_end(after), _end(to), source, target) for after, to, source, target in text["ranges"]]
    found = Found(**lists, complete=keys["complete"])
    return Result(**{**text, "after": _end(text["after"]), "ranges": ranges, "keys": found})


def _key(values: list[int | str]) -> Key:
    return tuple(values)


def _end(values: list[int | str] | None) -> Key | None:
    return None if values is None else tuple(values)

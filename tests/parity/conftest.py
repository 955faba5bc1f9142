# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A place where both sides run, and an inventory that runs modules warm."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parity.sides import Comparison


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Short, as the path of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="p", dir="/tmp") as temporary:
        yield Path(temporary)


@pytest.fixture(scope="module")
def comparison(directory: Path) -> Comparison:
    return Comparison(directory)

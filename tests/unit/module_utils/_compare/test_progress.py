# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a comparison has got, kept in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._compare.narrow import Found
from ansible_collections.cutover.aws.plugins.module_utils._compare.progress import Kept, ProgressFile
from ansible_collections.cutover.aws.plugins.module_utils._compare.sides import Both
from ansible_collections.cutover.aws.plugins.module_utils._compare.tables import Result
from ansible_collections.cutover.aws.plugins.module_utils._errors import CutoverError
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock


def progress_file(path: Path, engine: str = "mysql") -> ProgressFile:
    return ProgressFile(str(path), {"engine": engine}, Clock(lambda: 0.0, lambda _seconds: None))


class TestProgressFile:
    def test_what_is_none_is_refused(self, tmp_path: Path) -> None:
        """And is left as it is: it may be anything."""
        path = tmp_path / "notes.json"
        path.write_text('{"identity": 1}')
        file = progress_file(path)
        with pytest.raises(CutoverError, match=r"notes\.json holds no progress of a comparison"):
            file.read()
        assert path.read_text() == '{"identity": 1}'

    def test_all_of_a_result_comes_back(self, tmp_path: Path) -> None:
        found = Found(missing=[(1, "a")], extra=[("2",)], changed=[], complete=False)
        result = Result("t", ["id"], False, (3, "b"), [7, 6], 2, [(None, (3, "b"), 7, 6)], 1, found)
        kept = Kept(Both({"file": "a"}, {"file": "b"}), {"t": result})
        file = progress_file(tmp_path / "kept.json")
        file.write(kept, now=True)
        assert file.read() == kept
        assert progress_file(tmp_path / "kept.json", engine="postgres").read() is None

    def test_it_is_not_written_all_the_time(self, tmp_path: Path) -> None:
        moments = iter([10.0, 10.0, 10.5, 11.0, 11.0])
        file = ProgressFile(str(tmp_path / "kept.json"), {}, Clock(lambda: next(moments), lambda _seconds: None))
        kept = Kept(Both({}, {}))
        written = []
        for _ in range(3):
            file.write(kept)
            written.append((tmp_path / "kept.json").exists())
            file.remove()
        assert written == [True, False, True]

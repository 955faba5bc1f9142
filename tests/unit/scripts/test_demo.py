# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from local_cloud.errors import LocalCloudError
from scripts import demo

NAMES = {"app-blue": "blue", "app-green": "green"}


def second(number: int, blue: int, green: int, failed: int = 0, lost: int = 0) -> dict[str, Any]:
    sides = {"app-blue": blue, "app-green": green}
    return {"second": number, "sides": sides, "failed": {"app-green": failed} if failed else {}, "lost": lost}


def lines(*seconds: dict[str, Any], broken: float | None = None) -> list[str]:
    return list(demo.table({"seconds": list(seconds)}, NAMES, broken))


def test_seconds_are_put_together_by_side() -> None:
    first, later = lines(second(0, 100, 0), second(1, 50, 50), second(12, 0, 100))
    assert first.split() == ["0", "s", "200", "requests", "blue", "75%", f"|{'#' * 30}{'=' * 10}|", "green", "25%"]
    assert later.startswith("   10 s   100 requests  blue   0% ")


def test_trouble_stands_beside_the_shares() -> None:
    before, after = lines(second(0, 50, 50), second(10, 50, 50, failed=3, lost=2), broken=14.5)
    assert "failed" not in before
    assert after.endswith("3 of green failed, 2 lost  <- green breaks")
    assert " 102 requests" in after


def test_a_time_without_answers_is_no_division_by_zero() -> None:
    (line,) = lines(second(0, 0, 0, lost=5))
    assert "nobody was answered" in line
    assert line.endswith("5 lost")


def test_what_does_not_come_about_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PATIENCE", 0.0)
    monkeypatch.setattr(demo, "POLL", 0.0)
    with pytest.raises(LocalCloudError, match="not so that both sides are healthy"):
        demo.until(lambda: False, "both sides are healthy")


def test_without_a_local_cloud_it_says_how_it_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["demo.py"])
    assert demo.main() == 1
    assert "make demo" in capsys.readouterr().err

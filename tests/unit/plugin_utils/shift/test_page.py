# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page of a shift: what it says of each end, and that nothing of what it is given becomes a part of it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import Reason, Status
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.page import (
    FIRST_EVIDENCE,
    LAST_EVIDENCE,
    LONGEST_EVIDENCE,
    NOTHING,
    shift_page,
)
from tests.unit.plugin_utils.shift.documents import as_it_begins, counted, moment, rolled_back, transition, verdict

EVIL = "</title></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"&"
FETCHING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "style"}


class Reader(HTMLParser):
    """Elements, attributes, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and self._open[-1] != "style":
            self.cells.append(data.strip())

    def values(self, name: str) -> list[str]:
        return [value or "" for attribute, value in self.attributes if attribute == name]

    @property
    def text(self) -> str:
        return " ".join(self.cells)


def read(document: dict[str, Any]) -> Reader:
    return Reader(shift_page(document, "acme.json"))


def poisoned(value: Any) -> Any:
    """The same with something evil in every name and text, but for moments and words of the vocabulary."""
    words = {*Status, *Reason, "ended", "route53", "pass", "fail", "inconclusive", "green", "blue"}
    if isinstance(value, dict):
        return {poisoned(name) if name in ("green", "blue") else name: poisoned(one) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one) for one in value]
    if value in ("green", "blue"):
        return f"{value}{EVIL}"
    return value if not isinstance(value, str) or value in words or value.startswith("2026-") else f"{value}{EVIL}"


def test_what_comes_from_outside_is_text_and_nothing_else() -> None:
    plain, evil = read(rolled_back()), read(poisoned(rolled_back()))
    assert evil.tags == plain.tags
    assert [name for name, _value in evil.attributes] == [name for name, _value in plain.attributes]
    assert "<script>alert(1)</script>" in evil.text


@pytest.mark.parametrize("document", [rolled_back(), as_it_begins()], ids=["whole", "as it begins"])
def test_nothing_is_fetched_and_nothing_runs(document: dict[str, Any]) -> None:
    page = read(document)
    assert not {"script", "link", "img", "iframe", "object", "base", "a", "image", "use"} & set(page.tags)
    assert not FETCHING & {name for name, _value in page.attributes}
    assert not [name for name, _value in page.attributes if name.startswith("on")]
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_same_input_gives_the_same_bytes() -> None:
    again = json.loads(json.dumps(rolled_back()))
    assert shift_page(rolled_back(), "acme.json") == shift_page(again, "acme.json")


@pytest.mark.parametrize(
    ("status", "reason", "word"),
    [
        ("completed", "done", "Completed"),
        ("rolled_back", "gate_failed", "Rolled back"),
        ("held", "foreign_change", "Held: the weights stay where they are"),
        ("refused", "gate_failed", "Refused: nothing was moved"),
    ],
)
def test_the_end_stands_at_the_top_and_in_the_title(status: str, reason: str, word: str) -> None:
    page = read(rolled_back(status=status, reason=reason, timeline=[transition(9, "ended", f"told {reason}", 0)]))
    assert page.cells[0] == f"{word}: traffic of acme-prod, acme-prod-20261126T170000Z"
    assert page.cells[2:4] == [word, f"told {reason}. Weights: blue 100, green 0."]
    assert f"ending {status}" in page.values("class")


@pytest.mark.parametrize(
    ("turned", "kind", "word"),
    [
        (["operator"], "as_asked", "Rolled back, as it was asked for"),
        ([], "as_asked", "Rolled back, as it was asked for"),
        (["gate_failed"], "rolled_back", "Rolled back"),
    ],
    ids=["by the control parameter", "by a run that only goes back", "a gate had failed before the order"],
)
def test_a_way_back_that_was_asked_for_is_no_failure(turned: list[str], kind: str, word: str) -> None:
    timeline = [transition(number, "going_back", "going back", 50, reason) for number, reason in enumerate(turned)]
    page = read(rolled_back(reason="operator", timeline=timeline))
    assert page.cells[2] == word
    assert f"ending {kind}" in page.values("class")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    assert read(rolled_back(status="held", reason=str(reason), timeline=[])).cells[3]


@pytest.mark.parametrize(
    ("router", "said"), [("route53", "where a health check guards it"), ("alb", "nobody watches them")]
)
def test_a_shift_that_was_killed_says_so_at_the_top(router: str, said: str) -> None:
    killed = {"status": None, "reason": None, "ended": None, "weights": {"blue": 50, "green": 50}}
    page = read(rolled_back(**killed, router=router, timeline=rolled_back()["timeline"][:3]))
    assert page.cells[2] == "Not ended"
    assert "2026-11-26 17:20:00 UTC" in page.cells[3]
    assert "blue 50, green 50" in page.cells[3]
    assert said in page.cells[3]


def test_before_the_first_look_it_says_that_nothing_is_known() -> None:
    page = read(as_it_begins())
    assert "Requests were not counted" in page.text
    assert "Nobody has seen any weights." in page.cells
    assert "svg" not in page.tags
    assert page.cells.count("it was never asked") == 3


def test_a_line_per_side_and_their_numbers() -> None:
    page = read(rolled_back())
    assert page.values("data-side") == ["blue", "green"] * 2
    at = page.cells.index("2026-11-26 17:12:00")
    assert page.cells[at - 1] == "2026-11-26 17:01:00"
    assert page.cells[at + 1 : at + 6] == ["90", "10", "180", "20", "10"]


def test_requests_across_a_change_of_weights_count_for_neither_side_of_it() -> None:
    page = read(rolled_back(traffic=[counted(750, 30), counted(840, 50)]))
    at = page.cells.index("2026-11-26 17:12:00")
    assert page.cells[at - 1] == "2026-11-26 17:01:00"
    assert page.cells[at + 1 : at + 6] == ["90", "10", *[NOTHING] * 3]


def test_weights_without_requests_have_their_plot_all_the_same() -> None:
    page = read(rolled_back(traffic=[]))
    assert page.tags.count("svg") == 1
    assert "Requests were not counted" in page.text


def test_weights_that_nobody_knows_are_not_drawn_as_some() -> None:
    shares = [{"at": moment(0), "share": None}, {"at": moment(60), "share": None}]
    page = read(rolled_back(shares=shares, weights=None))
    assert "svg" in page.tags
    assert page.tags.count("svg") == 1, "the requests alone"
    assert "not known, or not the same everywhere" in page.text


def test_timeline_with_what_decided() -> None:
    entries = [
        transition(1, "holding", "holding: stop", 10, "emergency_stop"),
        transition(2, "going_back", "going back: operator", 10, "operator"),
        transition(3, "waiting", "waiting", 10, "approval"),
        transition(4, "back", "back", None),
    ]
    cells = read(rolled_back(timeline=entries)).cells
    by = [cells[cells.index(entry["text"]) + 2] for entry in entries]
    assert by == [
        "an operator (control parameter)",
        "an operator",
        "the shift, which waits for an approval",
        "the shift",
    ]


def test_who_ran_it() -> None:
    page = read(rolled_back(who={"user": "ops@bastion", "awx": "AWX job 7", "aws": None}))
    assert page.cells[page.cells.index("Run by") + 1] == "ops@bastion"
    assert page.cells[page.cells.index("Job") + 1] == "AWX job 7"
    assert "As" not in page.cells


def test_evidence_in_words_and_long_evidence_cut() -> None:
    shown = {"values": [1, 2], "body": "x" * 1000, "nothing": None}
    page = read(rolled_back(verdicts=[verdict(5, "green-alarm", "fail", evidence=shown)]))
    assert "values: [1, 2]" in page.cells
    assert f"body: {'x' * LONGEST_EVIDENCE} ..." in page.cells
    assert page.cells.count("x fail") == 2, "among the gates, and among the evidence"


def test_of_thousands_of_verdicts_the_first_and_the_last_are_shown() -> None:
    many = [verdict(at, "green-alarm", "fail", reason=f"number {at}") for at in range(5000)]
    page = read(rolled_back(verdicts=many))
    shown = [cell for cell in page.cells if cell.startswith("number ")]
    assert shown[0] == "number 4999", "the gate's last one"
    assert shown[1:] == [f"number {at}" for at in [*range(FIRST_EVIDENCE), *range(5000 - LAST_EVIDENCE, 5000)]]
    assert "4700 verdicts in the middle are left out here; acme.json has all of them." in page.cells


def test_the_verdict_that_decided_says_so() -> None:
    page = read(rolled_back())
    (decided,) = [cell for cell in page.cells if cell.startswith("decided ")]
    assert decided == "decided No. 4"
    assert page.cells[page.cells.index(decided) - 1] == "x fail"
    assert page.values("class").count("decided") == 1


def test_what_decided_is_not_left_out_among_thousands() -> None:
    many = [verdict(at, "green-alarm", "fail", reason=f"number {at}") for at in range(5000)]
    timeline = [transition(2500, "going_back", "going back", 50, "gate_failed", [2500])]
    page = read(rolled_back(verdicts=many, timeline=timeline))
    assert "number 2500" in page.cells
    assert "4699 verdicts in the middle are left out here; acme.json has all of them." in page.cells


def test_what_a_reader_without_eyes_or_colours_needs() -> None:
    page = read(rolled_back())
    assert page.tags.count("table") == page.tags.count("caption") == 5
    assert page.tags.count("svg") == page.tags.count("desc") == 2
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {one for labels in page.values("aria-labelledby") for one in labels.split()} <= set(ids)
    assert "green had, one after the other: 10.0 % of 200.0 a second, 50.0 % of 200.0 a second." in page.text
    assert "the weight of green was, one after the other: 0 %, 10 %, 50 %, 0 %." in page.text

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whole shifts with modules that answer as they are told, and all that people are told of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.asked import course_of
from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import Finish
from ansible_collections.cutover.aws.plugins.module_utils._rollout.position import begin
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.audience import Audience
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.driver import run
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.hands import ModuleHands, resume_hint
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.notices import Notices
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.page import shift_page
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.preview import preview
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.report import Report
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.routers import router_of
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.screen import CLEAR, Screen
from tests.unit.plugin_utils.shift.doubles import ASKED, Modules, Time

MIGRATION = "acme-prod-20261126T170000Z"
HEAD = {"migration": MIGRATION, "stack": "acme-prod", "router": "route53"}
RESUME = resume_hint("acme-prod")
SECRET = "https://hooks.example.com/services/T0/B0/secret"


class Stage:
    """A shift and its audience. at[seconds] is done to the modules when so much time has passed."""

    def __init__(self, modules: Modules, *, live: bool = False, **changes: Any) -> None:
        self.time = Time()
        self.modules = modules
        self.at: dict[float, Callable[[Modules], None]] = {}
        self.shown: list[str] = []
        self.files: dict[Path, str] = {}
        asked = {**ASKED, **changes}
        self.course = replace(course_of(asked, self.time.begun), resume=RESUME)
        self.hands = ModuleHands(modules, self.course, router_of(asked), asked, MIGRATION)
        clock = self.time.clock()
        report = Report(Path("report.json"), self.course, HEAD, clock.wall, self.files.__setitem__)
        screen = Screen(self.course, lambda text, newline: self.shown.append(text), clock, live)
        self.notices = Notices(modules, self.course, asked, HEAD)
        self.audience = Audience(screen, report, self.notices)

    def run(self) -> Finish:
        places = self.hands.look()
        assert places is not None
        sleep = self.time.sleep

        def slept(seconds: float) -> None:
            sleep(seconds)
            for moment in [moment for moment in self.at if self.time.now - 100 >= moment]:
                self.at.pop(moment)(self.modules)

        self.time.sleep = slept  # type: ignore[method-assign]
        clock = self.time.clock()
        self.audience.screen.clock = clock
        finish, _state = run(
            self.course, begin(self.course, places.shares, places.ttl), self.hands, self.audience, clock
        )
        self.audience.report.end(finish.status, finish.reason)
        return finish

    @property
    def report(self) -> dict[str, Any]:
        (text,) = (text for path, text in self.files.items() if path.suffix == ".json")
        loaded: dict[str, Any] = json.loads(text)
        return loaded


def fails(modules: Modules) -> None:
    modules.verdicts["green-errors"] = "fail"


def test_a_whole_shift() -> None:
    stage = Stage(Modules())
    assert stage.run() == Finish("completed", "done")  # type: ignore[arg-type]
    assert stage.modules.weights == {"blue": 0, "green": 100}
    assert [line.strip().split("  ")[1] for line in stage.shown] == [
        "health checks and TTL are ready, no traffic has moved; clients follow within 60 s, "
        "then step 1 if every gate passes",
        "step 1 of 2: blue 90, green 10; clients follow within 60 s, bake 60 s",
        "step 2 of 2: blue 0, green 100; clients follow within 60 s, bake 60 s",
        "completed: every step is proven",
    ]


def test_caches_forget_from_when_a_change_is_in_sync() -> None:
    def slow(name: str, arguments: dict[str, Any]) -> None:
        if "weights" in arguments:
            stage.time.now += 40

    stage = Stage(Modules(answer=slow))
    stage.run()
    first, second = (
        datetime.fromisoformat(entry["at"]) for entry in stage.report["timeline"] if entry["what"] == "step"
    )
    ttl, bake, in_sync = 60, 60, 40
    assert (second - first).total_seconds() >= ttl + bake + in_sync


def test_the_way_back_comes_before_anybody_is_told() -> None:
    stage = Stage(Modules(), topic_arn="arn:aws:sns:eu-west-1:123456789012:acme")
    stage.at[90] = fails
    assert stage.run().status == "rolled_back"
    names = [name for name, _arguments, check in stage.modules.calls if not check]
    back = max(number for number, name in enumerate(names) if name == "route53_weighted_shift")
    told = [number for number, name in enumerate(names) if name == "sns"]
    assert names[back - 1] == "traffic_gate"
    assert len([number for number in told if number > back]) == 3
    assert stage.modules.weights == {"blue": 100, "green": 0}


def test_the_report_is_there_after_every_transition_with_the_evidence() -> None:
    stage = Stage(Modules())
    stage.at[90] = fails
    stage.run()
    report = stage.report
    assert (report["status"], report["reason"]) == ("rolled_back", "gate_failed")
    assert report["weights"] == {"blue": 100, "green": 0}
    told = stage.audience.report.document["timeline"]
    assert {type(entry[name]) for entry in told for name in ("what", "reason")} == {str, type(None)}, (
        "as Ansible has it"
    )
    assert [entry["what"] for entry in report["timeline"]] == ["prepared", "step", "going_back", "back", "ended"]
    assert [(entry["gate"], entry["verdict"], entry["share"]) for entry in report["verdicts"]] == [
        ("green-errors", "pass", 0),
        ("blue-errors", "pass", 0),
        ("green-errors", "fail", 10),
    ]
    assert [entry["verdicts"] for entry in report["timeline"]] == [[], [], [2], [], [2]], "what decided"


def test_the_report_has_the_weights_and_each_window_of_requests_once() -> None:
    """By the first gate that counts; the other one counts the same again."""

    def answer(name: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
        if name != "traffic_gate":
            return None
        now = int(stage.time.now - 100)
        window = {"from": f"2026-11-26T17:{now // 60:02}:00Z", "to": f"2026-11-26T17:{now // 60 + 1:02}:00Z"}
        evidence = {"latest": {**window, "requests": 10 + now, "requests_of_others": [40, 50]}}
        said = [{"gate": gate["name"], "type": "share", "verdict": "pass"} for gate in arguments["gates"]]
        return {"verdicts": [{**one, "evidence": evidence} for one in said]}

    stage = Stage(Modules(answer=answer))
    stage.run()
    assert [one["share"] for one in stage.report["shares"]] == [0, 10, 100]
    traffic = stage.report["traffic"]
    assert [one["to"] for one in traffic] == sorted({one["to"] for one in traffic})
    assert {one["gate"] for one in traffic} == {"green-errors"}
    assert traffic[0]["requests"] == {"green": 10 + 46, "blue": 90}, "as the last look in this minute has counted them"


def test_a_page_stands_beside_the_report_also_of_a_shift_whose_controller_dies() -> None:
    stage = Stage(Modules())

    def dies(_modules: Modules) -> None:
        raise KeyboardInterrupt

    stage.at[90] = dies
    with pytest.raises(KeyboardInterrupt):
        stage.run()
    page = stage.files[Path("report.html")]
    assert page == shift_page(stage.report, "report.json")
    assert "Not ended" in page
    assert "blue 90, green 10" in page


def test_a_page_that_cannot_be_made_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(Modules())

    def broken(document: object, name: str) -> str:
        raise KeyError("sides")

    monkeypatch.setattr(f"{Report.__module__}.shift_page", broken)
    assert stage.run().status == "completed"
    assert stage.audience.report.failure == "the page beside report.json could not be made: KeyError: 'sides'"
    assert stage.report["status"] == "completed"


def test_no_secret_is_in_the_files() -> None:
    gates = [{**gate, "type": "http", "headers": {"Authorization": "s3cr3t"}} for gate in ASKED["gates"]]
    stage = Stage(Modules(), webhook_url=SECRET, gates=gates)

    def refused(url: str, body: bytes) -> None:
        raise OSError(f"{url} is gone")

    stage.notices.post = refused
    stage.run()
    assert set(stage.files) == {Path("report.json"), Path("report.html")}
    for text in stage.files.values():
        assert SECRET not in text
        assert "s3cr3t" not in text


def test_a_report_that_cannot_be_written_stops_nothing() -> None:
    stage = Stage(Modules())

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    stage.audience.report._write = full
    assert stage.run().status == "completed"
    assert "No space left" in str(stage.audience.report.failure)


def test_notices_that_nobody_takes_stop_nothing_and_hide_the_address() -> None:
    stage = Stage(Modules(answer=lambda name, _: {"failed": True, "msg": "denied"} if name == "sns" else None))
    stage.notices._topic, stage.notices._webhook = "arn:topic", SECRET

    def refused(url: str, body: bytes) -> None:
        raise OSError(f"{url} is gone")

    stage.notices.post = refused
    assert stage.run().status == "completed"
    assert stage.notices.failures == ["SNS took no notice: denied", "the webhook took no notice (OSError)"]


def test_a_webhook_gets_each_transition() -> None:
    stage = Stage(Modules(), webhook_url=SECRET)
    sent: list[dict[str, Any]] = []
    stage.notices.post = lambda url, body: sent.append(json.loads(body))
    stage.run()
    assert [one["what"] for one in sent] == ["prepared", "step", "step", "ended"]
    assert sent[1]["weights"] == {"blue": 90, "green": 10}
    assert sent[1]["text"].startswith("acme-prod: step 1 of 2")


def test_a_terminal_counts_down_and_shows_weights_and_gates() -> None:
    stage = Stage(Modules(), live=True)
    stage.run()
    live = [text.removeprefix(CLEAR).strip() for text in stage.shown if text.startswith(CLEAR) and text != CLEAR]
    assert "blue 90 green 10 | baking 1:00 left | +green-errors +blue-errors" in live
    assert "blue 90 green 10 | baking 0:59 left | +green-errors +blue-errors" in live
    lines = [text for text in stage.shown if not text.startswith(CLEAR)]
    assert len(lines) == 4


def test_without_a_terminal_there_is_nothing_but_lines() -> None:
    stage = Stage(Modules())
    stage.run()
    assert not [text for text in stage.shown if CLEAR in text]


def test_an_emergency_stop_is_seen_at_the_next_look() -> None:
    stage = Stage(Modules())
    stage.at[90] = lambda modules: setattr(modules, "control", "stop")
    assert stage.run() == Finish("held", "emergency_stop")  # type: ignore[arg-type]
    assert stage.modules.weights == {"blue": 90, "green": 10}


@pytest.mark.parametrize(("word", "why"), [("stop", "says stop"), ("rollback", "says rollback, and there is nothing")])
def test_an_order_that_is_left_over_refuses_and_says_how_to_clear_it(word: str, why: str) -> None:
    stage = Stage(Modules(control=word))
    assert stage.run().status == "refused"
    (line,) = stage.shown
    assert f"refused: the control parameter {why}" in line
    assert line.endswith(
        "; to let it go on: aws ssm put-parameter --overwrite --name /cutover/acme-prod/control --value run"
    )


@pytest.mark.parametrize("weights", [{"blue": 70, "green": 30}, {"blue": 0, "green": 0}], ids=str)
def test_a_foreign_change_is_left_alone(weights: dict[str, int]) -> None:
    stage = Stage(Modules())
    stage.at[90] = lambda modules: setattr(modules, "weights", weights)
    assert stage.run() == Finish("held", "foreign_change")  # type: ignore[arg-type]
    assert stage.modules.weights == weights
    # Where all weights are 0 Route 53 divides evenly.
    found = weights if any(weights.values()) else {"blue": 50, "green": 50}
    assert stage.report["weights"] == found, "as they are found, not as they were"


def test_check_mode_says_what_it_would_do_and_writes_nothing() -> None:
    stage = Stage(Modules(weights={"blue": 90, "green": 10}, verdicts={"blue-errors": "inconclusive"}))
    places = stage.hands.look()
    assert places is not None
    shown = preview(stage.course, begin(stage.course, places.shares, places.ttl), stage.hands)
    assert (shown["changed"], shown["stands"], shown["fit"]) == (True, "at step 1 of 2", False)
    assert shown["plan"] == [{"weights": {"blue": 0, "green": 100}, "after": 120, "bake": 60.0, "approval": False}]
    assert {name for name, _arguments, check in stage.modules.calls if not check} == {
        "traffic_gate",
        "ssm_parameter_info",
    }
    assert shown["text"].splitlines() == [
        "The shift stands at step 1 of 2, weights blue 90, green 10.",
        "  after 120 s at the earliest: blue 0, green 100",
        "  gate green-errors: pass, as told",
        "  gate blue-errors: inconclusive, as told",
    ]
    stage.modules.control = "rollback"
    shown = preview(stage.course, begin(stage.course, places.shares, places.ttl), stage.hands)
    assert (
        f"  the control parameter says rollback, and nothing moves forward until it says run: {RESUME}"
        in shown["text"].splitlines()
    )

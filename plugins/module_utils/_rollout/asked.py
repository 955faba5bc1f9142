# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task or an inventory asks of a shift, checked before anything is asked of AWS: all that is wrong at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from .._errors import CutoverError
from .course import ALL, Course, Step
from .freeze import Unreadable, Window, never_open, window_of
from .judge import Gate

Asked = Mapping[str, Any]
"""The settings by name, typed as the argument specification has them."""

SHORTEST_INTERVAL = 5
CLOSING = ("share",)
"""The kinds of gates that need a bake to tell: what they count begins with the step."""
SETTLING = 120
"""What a step needs beside its bake, at the least: propagation and the TTL of a load balancer's alias."""


@dataclass(frozen=True)
class Wrong:
    """One mistake: where (steps[1].weight), what stands there, what is wrong, what to do; without full stops."""

    where: str
    value: object
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where} = {self.value}: {self.rule}. {self.fix}."


class Unfit(CutoverError):
    """What is asked for cannot be done; the text has every reason."""


def course_of(asked: Asked, now: datetime) -> Course:
    """The course. Raises Unfit with all that is wrong."""
    if mistakes := list(wrong(asked, now)):
        raise Unfit("\n".join(map(str, mistakes)))
    return Course(
        old=asked["old_side"],
        new=asked["new_side"],
        steps=steps_of(asked["steps"]),
        gates=tuple(gate_of(gate, asked["new_side"]) for gate in asked["gates"]),
        interval=asked["interval"],
        hold_timeout=asked["hold_timeout"],
        max_duration=asked["max_duration"],
        windows=tuple(window_of(window) for window in asked["freeze_windows"]),
        approval_ends=asked["approval"] == "end",
        force_forward=bool(asked.get("force_forward")),
    )


def steps_of(given: Sequence[Asked]) -> tuple[Step, ...]:
    """Steps as the machine knows them."""
    return tuple(Step(int(step["weight"]), float(step["bake"]), bool(step.get("approval"))) for step in given)


def gate_of(given: Asked, new: str) -> Gate:
    """A gate as the machine knows it; one that names no side judges the new one."""
    return Gate(
        str(given["name"]),
        str(given.get("side") or new),
        not given.get("dry_run"),
        int(given.get("failures") or 0),
        int(given.get("errors") or 0),
        given.get("type") in CLOSING,
    )


def wrong(asked: Asked, now: datetime) -> Iterator[Wrong]:
    """All that is wrong with a shift, but for what only AWS knows."""
    yield from _steps(asked)
    yield from _sides(asked)
    yield from _gates(asked)
    yield from _clocks(asked)
    yield from _windows(asked["freeze_windows"], now)
    yield from _webhook(asked.get("webhook_url"))


def _steps(asked: Asked) -> Iterator[Wrong]:
    steps, before = asked["steps"], 0
    if not steps:
        yield Wrong("steps", "[]", "has no step", "List steps, the last with weight 100: {weight: 10, bake: 600}")
        return
    for index, step in enumerate(steps):
        weight, where = step["weight"], f"steps[{index}]"
        if not 1 <= weight <= ALL:
            yield Wrong(f"{where}.weight", weight, "is not within 1 and 100", "Give the new side's part in percent")
        elif weight <= before:
            yield Wrong(f"{where}.weight", weight, f"does not go beyond {before}", "Let steps ascend")
        before = max(before, weight)
        if step["bake"] < asked["interval"]:
            rule = f"is shorter than the interval between two looks ({asked['interval']} s), so it would prove nothing"
            yield Wrong(f"{where}.bake", step["bake"], rule, "Bake longer, or look more often")
    if 1 <= steps[-1]["weight"] < ALL:
        last = f"steps[{len(steps) - 1}].weight"
        yield Wrong(last, steps[-1]["weight"], "the last step does not end in 100", "Add a step with weight 100")


def _sides(asked: Asked) -> Iterator[Wrong]:
    old, new = asked["old_side"], asked["new_side"]
    if old == new:
        yield Wrong("new_side", new, "is the old side too", "Name the side that takes over")
    for setting in ("guards", "health_checks"):
        for side in sorted(set(asked.get(setting) or {}) - {old, new}):
            yield Wrong(f"{setting}.{side}", "...", "there is no such side", f"The sides are {old} and {new}")
    guards = asked.get("guards") or {}
    if guards and len(guards) == 1:
        rule = "only one side is guarded; a record without a check counts as healthy for ever"
        yield Wrong("guards", ", ".join(guards), rule, "Name an alarm of each side")


def _gates(asked: Asked) -> Iterator[Wrong]:
    gates, sides = asked["gates"], (asked["old_side"], asked["new_side"])
    for name in [name for name, times in Counter(gate["name"] for gate in gates).items() if times > 1]:
        yield Wrong("gates", name, "is the name of several gates", "Give each a name of its own")
    for index, gate in enumerate(gates):
        if gate.get("side") and gate["side"] not in sides:
            rule = "there is no such side"
            yield Wrong(f"gates[{index}].side", gate["side"], rule, f"The sides are {' and '.join(sides)}")
        for budget in ("failures", "errors"):
            if not str(gate.get(budget) or 0).isdecimal():
                yield Wrong(f"gates[{index}].{budget}", gate[budget], "is no number of looks", "Give 0 or more")
    deciding = {gate.get("side") or asked["new_side"] for gate in gates if not gate.get("dry_run")}
    for side in [side for side in dict.fromkeys(sides) if side not in deciding]:
        rule = f"no gate decides on {side}, and a side of which nothing is known is never taken for fit"
        yield Wrong("gates", f"{len(gates)} gates", rule, f"Add one with side: {side}")


def _clocks(asked: Asked) -> Iterator[Wrong]:
    interval, hold, most = asked["interval"], asked["hold_timeout"], asked["max_duration"]
    if interval < SHORTEST_INTERVAL:
        rule = f"is less than {SHORTEST_INTERVAL} s, and a look takes seconds itself"
        yield Wrong("interval", interval, rule, "Look less often")
    if hold < interval:
        yield Wrong("hold_timeout", hold, f"is less than the interval ({interval} s)", "Hold for longer")
    least = sum(step["bake"] + SETTLING for step in asked["steps"])
    if most < least:
        rule = f"the steps alone take {least} s, {SETTLING} s each for propagation and TTL included"
        yield Wrong("max_duration", most, rule, "Allow for more, or bake less")


def _windows(given: Sequence[Asked], now: datetime) -> Iterator[Wrong]:
    windows: list[Window] = []
    for index, window in enumerate(given):
        try:
            windows.append(window_of(window))
        except Unreadable as error:
            yield Wrong(f"freeze_windows[{index}]", dict(window), str(error), error.hint)
    if never_open(windows, now):
        rule = "leaves no moment open within the next 60 days"
        yield Wrong("freeze_windows", f"{len(given)} windows", rule, "Let the windows end")


def _webhook(url: object) -> Iterator[Wrong]:
    # The address of a webhook is its password: it is not shown.
    if url and urlsplit(str(url)).scheme != "https":
        yield Wrong("webhook_url", "(not shown)", "is no https address", "Give one that begins with https://")

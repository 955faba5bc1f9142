# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page of a shift, reports/<migration>.html: what the document of report.py says, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from ...module_utils._rollout.course import Reason, Status
from ...module_utils._rollout.story import WORDS, What
from ..report.page import page
from ..report.plot import Point, Series, plot

Document = Mapping[str, Any]
Row = dict[str, Any]

FIRST_EVIDENCE, LAST_EVIDENCE = 100, 200
"""So many verdicts are shown of the beginning, and of the end, where the ending is explained."""
LONGEST_EVIDENCE = 400
NOT_KNOWN = "not known"
NOTHING = "\N{EN DASH}"
ENDINGS = {
    Status.COMPLETED: "Completed",
    Status.ROLLED_BACK: "Rolled back",
    Status.HELD: "Held: the weights stay where they are",
    Status.REFUSED: "Refused: nothing was moved",
}
AS_ASKED = "Rolled back, as it was asked for"
ROUTERS = {"route53": "Route 53, weighted records", "alb": "a load balancer's target groups"}
SIGNS = {"pass": "+ pass", "fail": "x fail", "inconclusive": "? inconclusive"}
BY = {
    Reason.OPERATOR: "an operator",
    Reason.EMERGENCY_STOP: "an operator (control parameter)",
    Reason.FOREIGN_CHANGE: "the shift, on a change by somebody else",
    Reason.APPROVAL: "the shift, which waits for an approval",
    Reason.GATE_FAILED: "the gates",
    Reason.INCONCLUSIVE: "the gates",
    Reason.OLD_SIDE_UNFIT: "the gates",
    Reason.FROZEN: "the freeze windows",
}


def shift_page(document: Document, name: str) -> str:
    """HTML. document: as report.py has it, at any time of the shift; name: the file that it is in."""
    old, new = document["sides"]["old"], document["sides"]["new"]
    stretches = list(_stretches(document))
    timeline = list(_timeline(document["timeline"]))
    evidence, left_out = _evidence(document["verdicts"], _decided(document["timeline"]))
    return page(
        "shift.html.j2",
        {
            "stack": document["stack"],
            "migration": document["migration"],
            "old": old,
            "new": new,
            "document": name,
            "ending": _ending(document),
            "facts": list(_facts(document)),
            **_plots(document),
            "told_requests": _told(stretches, new, "requests"),
            "told_weights": _told(stretches, new, "weights"),
            "stretches": [_stretch(one) for one in stretches],
            "timeline": timeline,
            "steps": [{**step, "number": number} for number, step in enumerate(document["steps"], 1)],
            "gates": list(_gates(document)),
            "evidence": evidence,
            "left_out": left_out,
        },
    )


def _ending(document: Document) -> Row:
    """What stands at the top. A shift of which no end is written may have been killed, and the page says so."""
    status, reason = document["status"], document["reason"]
    now = _weights(document["weights"])
    if status is None:
        watched = {"route53": "Route 53 leaves a failing side where a health check guards it"}
        guarded = watched.get(document["router"], "nobody watches them")
        text = (
            f"No end was written; the last that was is of {_moment(document['written'])} UTC. Either the shift still "
            f"runs, or its controller has died. In that case the weights stay as they are ({now}), {guarded}, and the "
            "same command goes on from there, or back with shift_back=true."
        )
        return {"kind": "open", "word": "Not ended", "text": text}
    ended = [entry["text"] for entry in document["timeline"] if entry["what"] == What.ENDED]
    why = ended[-1] if ended else WORDS[Reason(reason)]
    text = f"{why}. Weights: {now}."
    if status == Status.ROLLED_BACK and _as_asked(document):
        return {"kind": "as_asked", "word": AS_ASKED, "text": text}
    return {"kind": str(status), "word": ENDINGS[Status(status)], "text": text}


def _as_asked(document: Document) -> bool:
    """Whether it came back for nothing but that somebody wanted it, and not because it had begun to by itself."""
    turned = [entry["reason"] for entry in document["timeline"] if entry["what"] == What.GOING_BACK]
    return {document["reason"], *turned} == {Reason.OPERATOR}


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    who = document.get("who") or {}
    yield "Run", document["migration"]
    yield "Began", f"{_moment(document['began'])} UTC"
    yield "Ended", f"{_moment(document['ended'])} UTC" if document["ended"] else NOT_KNOWN
    if document["ended"]:
        yield "Took", _length(_seconds(document["ended"]) - _seconds(document["began"]))
    yield "Weights at last", _weights(document["weights"])
    yield "Split by", ROUTERS[document["router"]]
    for part, told in (("user", "Run by"), ("awx", "Job"), ("aws", "As")):
        if who.get(part):
            yield told, who[part]


def _plots(document: Document) -> Row:
    span = (_seconds(document["began"]), max(_seconds(document["ended"] or document["written"]), _last(document)))
    marks = [(_seconds(entry["at"]), str(number)) for number, entry in enumerate(document["timeline"], 1)]
    sides = [document["sides"]["old"], document["sides"]["new"]]
    counts = document["traffic"]
    requests = [Series(side, list(_rates(counts, side))) for side in sides]
    shares: list[Point] = [(_seconds(one["at"]), one["share"]) for one in document["shares"]]
    weights = [
        Series(sides[0], [(at, None if share is None else 100 - share) for at, share in shares], stepped=True),
        Series(sides[1], shares, stepped=True),
    ]
    known = any(share is not None for _at, share in shares)
    return {
        "traffic": plot(requests, span, marks) if counts else None,
        "weights": plot(weights, span, marks, 100) if known else None,
        "counted_by": counts[0]["gate"] if counts else None,
        "window": round(max((_window(one) for one in counts), default=0)),
    }


def _last(document: Document) -> float:
    return max((_seconds(entry["at"]) for entry in document["timeline"]), default=0)


def _rates(counts: Sequence[Row], side: str) -> Iterator[Point]:
    """Requests per second. Where a window begins after the end of the last one, the time between is not known."""
    before = None
    for one in counts:
        if before is not None and _seconds(one["from"]) > before:
            yield before, None
        before = _seconds(one["to"])
        yield before, one["requests"][side] / _window(one)


def _window(count: Row) -> float:
    return max(1.0, _seconds(count["to"]) - _seconds(count["from"]))


def _stretches(document: Document) -> Iterator[Row]:
    """The times between changes of weights, each with the requests that were counted wholly within it."""
    sides, until = document["sides"], document["ended"] or document["written"]
    for one, after in pairwise([*document["shares"], {"at": until}]):
        first, last = _seconds(one["at"]), _seconds(after["at"])
        within = [c for c in document["traffic"] if first <= _seconds(c["from"]) and _seconds(c["to"]) <= last]
        seconds = sum(_window(count) for count in within)
        counted = {side: sum(count["requests"][side] for count in within) for side in sides.values()}
        yield {
            "start": one["at"],
            "end": after["at"],
            "share": one["share"],
            "rates": [counted[side] / seconds if within else None for side in (sides["old"], sides["new"])],
            "observed": 100 * counted[sides["new"]] / sum(counted.values()) if sum(counted.values()) else None,
        }


def _stretch(stretch: Row) -> Row:
    share = stretch["share"]
    numbers = [None if share is None else 100 - share, share, *stretch["rates"], stretch["observed"]]
    shown = [NOTHING if number is None else f"{number:.2f}".rstrip("0").rstrip(".") for number in numbers]
    return {"start": _moment(stretch["start"]), "end": _moment(stretch["end"]), "numbers": shown}


def _told(stretches: Sequence[Row], new: str, what: str) -> str:
    """A plot in words, for those who do not see it; the table below it has every number."""
    parts = []
    for one in stretches[-20:]:
        if what == "weights":
            parts.append("not known" if one["share"] is None else f"{one['share']} %")
        elif one["observed"] is not None:
            parts.append(f"{one['observed']:.1f} % of {sum(one['rates']):.1f} a second")
    lead = f"{new} had, one after the other" if what == "requests" else f"the weight of {new} was, one after the other"
    return f"{lead}: {', '.join(parts) or 'nothing that was seen'}. The table below has the numbers."


def _timeline(entries: Sequence[Row]) -> Iterator[Row]:
    for number, entry in enumerate(entries, 1):
        yield {
            "number": number,
            "at": _moment(entry["at"]),
            "text": entry["text"],
            "share": _share(entry["share"]),
            "by": BY.get(entry["reason"], "the shift"),
        }


def _gates(document: Document) -> Iterator[Row]:
    last = {entry["gate"]: entry for entry in document["verdicts"]}
    for gate in document["gates"]:
        said = last.get(gate["name"], {"verdict": None, "reason": "it was never asked"})
        yield {**gate, **_verdict(said["verdict"]), "reason": _text(said["reason"])}


def _decided(timeline: Sequence[Row]) -> Mapping[int, list[str]]:
    """By the place of a verdict, the numbers of what it has decided."""
    found: dict[int, list[str]] = {}
    for number, entry in enumerate(timeline, 1):
        for place in entry["verdicts"]:
            found.setdefault(place, []).append(str(number))
    return found


def _evidence(entries: Sequence[Row], decided: Mapping[int, list[str]]) -> tuple[list[Row], int]:
    """(rows, how many are left out in the middle). What has decided something is never left out."""
    last = len(entries) - LAST_EVIDENCE
    shown = [
        (place, entry)
        for place, entry in enumerate(entries)
        if place < FIRST_EVIDENCE or place >= last or place in decided
    ]
    return [
        {
            "at": _moment(entry["observed_at"]),
            "name": entry["gate"],
            "side": entry["side"],
            **_verdict(entry["verdict"]),
            "share": _share(entry["share"]),
            "reason": _text(entry["reason"]),
            "evidence": [f"{part}: {_text(value)}" for part, value in (entry["evidence"] or {}).items()],
            "decided": ", ".join(decided.get(place, [])),
        }
        for place, entry in shown
    ], len(entries) - len(shown)


def _verdict(said: str | None) -> Row:
    """Its sign too: colours alone tell nothing on paper, nor to everybody."""
    return {"kind": said if said in SIGNS else "open", "verdict": SIGNS.get(str(said), said or "? none")}


def _text(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_EVIDENCE else f"{text[:LONGEST_EVIDENCE]} ..."


def _weights(weights: Mapping[str, Any] | None) -> str:
    if weights is None:
        return f"{NOT_KNOWN}, or not the same everywhere"
    return ", ".join(f"{side} {weight}" for side, weight in weights.items())


def _share(share: float | None) -> str:
    return NOTHING if share is None else f"{share}"


def _moment(text: str | None) -> str:
    """2026-11-26 17:04:10, UTC; what is no moment as it is."""
    return (text or NOT_KNOWN).replace("T", " ").removesuffix("Z")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min {rest:02} s" if hours else f"{minutes} min {rest:02} s"

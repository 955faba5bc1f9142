# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS has of the stack already, and then the questions, which need not be asked about that.

Nothing of it is read again: the plan of the whole stack, and the roles, begin with this reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._stack.read import Reading, Whole
from .asking import UNANSWERED, Skipped, Subject, answers, refused, unreachable
from .findings import Finding, absent
from .names import refusal
from .questions import given, offers, quotas, restored, taken
from .variables import enabled

QUESTIONS = (
    *given.QUESTIONS,
    *offers.QUESTIONS,
    *quotas.QUESTIONS,
    *restored.QUESTIONS,
    *taken.QUESTIONS,
)


@dataclass(frozen=True)
class Answered:
    """readings by layer, images by the parameters that name them."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)


def ask(subject: Subject) -> tuple[Answered, list[Finding], list[Skipped]]:
    """Reads each layer that has a model, then asks what the inventory allows to be asked."""
    readings, unread = _read(subject)
    subject = replace(subject, present={name: reading.found for name, reading in readings.items()})
    found: list[Finding] = []
    skipped: list[Skipped] = []
    if enabled(subject.typed, "preflight_aws", True):
        found, skipped = answers(QUESTIONS, subject)
    for one in unread:
        if not any(_is_same(one, other) for other in found):
            found.append(one)
    return Answered(readings, {} if found else offers.images(subject)), found, skipped


def _is_same(one: Finding, other: Finding) -> bool:
    """A reader's refusal does not name the service, and one mistake can hide several layers."""
    return one.variable == other.variable or other.rule.endswith(one.rule.removeprefix(UNANSWERED))


def _read(subject: Subject) -> tuple[dict[str, Reading], list[Finding]]:
    whole = Whole(subject.models, subject.context)

    def one(layer: str) -> Reading | Finding:
        try:
            return whole.layer(layer)
        except CutoverError as error:
            return refusal(layer, str(error))
        except ClientError as error:
            why = refused(None, error.operation_name, error)
        except BotoCoreError as error:
            why = unreachable(error)
        return absent(f"layer {layer}", why.rule, why.fix)

    results = dict(zip(subject.models, subject.context.each(one, subject.models), strict=True))
    readings = {layer: result for layer, result in results.items() if isinstance(result, Reading)}
    return readings, [result for result in results.values() if isinstance(result, Finding)]

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the parameters that are and those that are wanted to what has to be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .._errors import CutoverError
from .._model.core import Value

TEXT, LIST = "String", "StringList"
SEPARATOR = ","
"""Of the items of a StringList; an item cannot hold it."""


class ParameterRefused(CutoverError):
    """A parameter cannot be written; the text says why and what to do."""


@dataclass(frozen=True)
class Parameter:
    """A parameter as Parameter Store has it."""

    type: str
    value: str

    @property
    def content(self) -> Value:
        """The text, or the list of texts."""
        return self.value.split(SEPARATOR) if self.type == LIST else self.value


@dataclass(frozen=True)
class ParametersPlan:
    """By name: what is to be made, and what is to have another value. tag names those that lack a tag, delete those
    that are too many.
    """

    create: Mapping[str, Parameter]
    overwrite: Mapping[str, Parameter]
    tag: Sequence[str] = ()
    delete: Sequence[str] = ()

    @property
    def empty(self) -> bool:
        return not (self.create or self.overwrite or self.tag or self.delete)


def parameter_of(name: str, content: object) -> Parameter:
    """A list is stored as a StringList, which other tools read as a list; raises ParameterRefused."""
    if not isinstance(content, list):
        return Parameter(TEXT, str(content))
    items = [str(item) for item in content]
    broken = [item for item in items if SEPARATOR in item]
    if broken:
        raise ParameterRefused(f"{name}: {broken[0]!r} cannot be an item of a list, because it holds a comma")
    return Parameter(LIST, SEPARATOR.join(items))


def parameters_plan(
    wanted: Mapping[str, Parameter], existing: Mapping[str, Parameter], complete: Collection[str], *, purge: bool
) -> ParametersPlan:
    """existing are the owner's by name, complete those that carry all tags. With purge those that are not wanted are
    too many. Raises ParameterRefused.
    """
    there = {name: parameter for name, parameter in wanted.items() if name in existing}
    for name, parameter in there.items():
        if existing[name].type != parameter.type:
            raise ParameterRefused(
                f"{name} is a {existing[name].type}, and AWS makes no {parameter.type} of it; "
                "remove it by hand, and run this again"
            )
    return ParametersPlan(
        create={name: parameter for name, parameter in wanted.items() if name not in existing},
        overwrite={name: parameter for name, parameter in there.items() if existing[name] != parameter},
        tag=[name for name in there if name not in complete],
        delete=sorted(existing.keys() - wanted.keys()) if purge else (),
    )

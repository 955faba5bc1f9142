# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values against the argument specifications of the roles: names, types, choices, what is required.

Ansible checks them itself when a role begins, one role after the other; here all are checked before the first one,
and all mistakes are told together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._model.core import Value
from .findings import Finding, absent, finding, meant

Option = Mapping[str, Any]
"""One option of an argument specification: type, required, choices, elements, options, default."""

TRUE = ("yes", "on", "1", "true", "t", "y")
FALSE = ("no", "off", "0", "false", "f", "n")
"""What Ansible takes for booleans; anything else is an error for it too."""
CALLED = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "list": "a list",
    "dict": "a dictionary",
}


class Unfit(Exception):
    """A value that is not of its type; the text says what is wrong, hint what to do."""

    def __init__(self, rule: str, hint: str) -> None:
        super().__init__(rule)
        self.hint = hint


def checked(
    values: Mapping[str, Value], options: Mapping[str, Option], prefix: str = ""
) -> tuple[dict[str, Value], list[Finding]]:
    """The values in their types, without those that have a finding, and the findings. Unknown names are the
    caller's matter at the top, an error within."""
    good: dict[str, Value] = {}
    found: list[Finding] = []
    for name, option in options.items():
        value, wrong = _one(f"{prefix}{name}", values.get(name, option.get("default")), option)
        found += wrong
        if not wrong:
            good[name] = value
    return good, found


def _one(path: str, value: Value, option: Option) -> tuple[Value, list[Finding]]:
    if value is None:
        missing = absent(path, "is missing", "Give it a value in the inventory")
        return None, [missing] if option.get("required") else []
    kind = str(option.get("type", "str"))
    try:
        typed = CONVERTERS.get(kind, _as_is)(value)
    except Unfit as error:
        return None, [finding(path, value, str(error), error.hint)]
    wrong = list(_choice(path, typed, option)) or list(_inside(path, typed, option))
    return (_filled(typed, option), wrong)


def _filled(value: Value, option: Option) -> Value:
    """Nested values in their types, and the defaults of those that are not given."""
    if isinstance(value, Mapping) and option.get("options"):
        return {**value, **checked(value, option["options"])[0]}
    if isinstance(value, list) and option.get("elements"):
        return [_one("", item, _element(option))[0] for item in value]
    return value


def _element(option: Option) -> Option:
    return {"type": option["elements"], "options": option.get("options"), "choices": option.get("choices")}


def _choice(path: str, value: Value, option: Option) -> Iterator[Finding]:
    choices = option.get("choices")
    if choices and not isinstance(value, list) and value not in choices:
        known = ", ".join(str(choice) for choice in choices)
        yield finding(path, value, f"is none of {known}", meant(str(value), map(str, choices), "Take one of them"))


def _inside(path: str, value: Value, option: Option) -> Iterator[Finding]:
    if isinstance(value, Mapping) and (options := option.get("options")):
        for name in value:
            if name not in options:
                yield finding(
                    f"{path}.{name}",
                    value[name],
                    "there is no such setting",
                    meant(str(name), options, f"There are {', '.join(sorted(options))}"),
                )
        yield from checked(value, options, f"{path}.")[1]
    if isinstance(value, list) and option.get("elements"):
        for index, item in enumerate(value):
            yield from _one(f"{path}[{index}]", item, _element(option))[1]


def _text(value: Value) -> Value:
    if isinstance(value, bool):
        raise Unfit("is text, and YAML has read it as true or false", "Write it in quotes")
    if isinstance(value, float):
        raise Unfit("is text, and YAML has read it as a number, which drops zeros at the end", "Write it in quotes")
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        raise Unfit("has to be text", "Give a single value")
    return str(value)


def _boolean(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if str(value).lower() in TRUE + FALSE:
        return str(value).lower() in TRUE
    raise Unfit("has to be true or false", "Write true or false without quotes")


def _integer(value: Value) -> Value:
    try:
        if isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    except ValueError:
        pass
    raise Unfit("has to be a whole number", "Write digits alone, without a unit")


def _number(value: Value) -> Value:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        pass
    raise Unfit("has to be a number", "Write digits alone, without a unit")


def _list(value: Value) -> Value:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, Sequence):
        return list(value)
    raise Unfit(
        f"has to be a list, and is {_called(value)}", "Write [a, b], or one item a line with a dash before each"
    )


def _dictionary(value: Value) -> Value:
    if isinstance(value, Mapping):
        return dict(value)
    raise Unfit(f"has to be a dictionary, and is {_called(value)}", "Write name: value, one a line, indented below it")


def _as_is(value: Value) -> Value:
    return value


def _called(value: Value) -> str:
    names = {bool: "bool", int: "int", float: "float", str: "str"}
    for kind, name in names.items():
        if isinstance(value, kind):
            return CALLED[name]
    return CALLED["dict" if isinstance(value, Mapping) else "list"]


CONVERTERS = {
    "str": _text,
    "path": _text,
    "bool": _boolean,
    "int": _integer,
    "float": _number,
    "list": _list,
    "dict": _dictionary,
}

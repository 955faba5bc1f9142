# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What botocore's service models say of lengths, ranges, patterns and allowed values, which moto hardly checks.

Only services whose servers answer such an error in one known way are in the table; the others do their own checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response

# Java's Unicode classes, as they stand inside of brackets in the models
UNICODE_CLASSES = {
    r"\p{L}": "A-Za-z\\u00aa-\\uffdc",
    r"\p{Z}": r" \u00a0\u2000-\u200a",
    r"\p{N}": "0-9",
    r"\p{Alnum}": "A-Za-z0-9",
}

# Service to the code of its validation errors
CODES = {
    "acm": "ValidationException",
    "autoscaling": "ValidationError",
    "backup": "InvalidParameterValueException",
    "cloudwatch": "ValidationError",
    "dynamodb": "ValidationException",
    "elbv2": "ValidationError",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "logs": "InvalidParameterException",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "route53": "InvalidInput",
    "secretsmanager": "ValidationException",
    "service-quotas": "IllegalArgumentException",
    "ssm": "ValidationException",
    "stepfunctions": "ValidationException",
}


def constraints(request: Request, next_layer: Next) -> Response:
    """The layer."""
    code = CODES.get(request.service)
    if code is not None and request.model is not None and request.model.input_shape is not None:
        found = list(violations(request.model.input_shape, request.parameters, ""))
        if found:
            plural = "error" if len(found) == 1 else "errors"
            raise AwsError(code, f"{len(found)} validation {plural} detected: {'; '.join(found)}")
    return next_layer(request)


def violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """One sentence for each constraint that the value breaks, in AWS's words."""
    yield from _own(shape, value, path)
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name in shape.required_members:
            if name not in value:
                yield f"Value null at '{_below(path, name)}' failed to satisfy constraint: Member must not be null"
        for name, member in value.items():
            if name in shape.members:
                yield from violations(shape.members[name], member, _below(path, name))
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from violations(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for key, item in value.items():
            yield from violations(shape.key, key, f"{path}.key")
            yield from violations(shape.value, item, f"{path}.{key}.member")


def _own(shape: Shape, value: Any, path: str) -> Iterator[str]:
    limits = shape.metadata
    low, high = limits.get("min"), limits.get("max")
    start = f"Value '{_shown(shape, value)}' at '{path}' failed to satisfy constraint: Member must "
    if isinstance(value, (str, bytes, list, dict)) and not isinstance(shape, StructureShape):
        if low is not None and len(value) < low:
            yield f"{start}have length greater than or equal to {low}"
        if high is not None and len(value) > high:
            yield f"{start}have length less than or equal to {high}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if low is not None and value < low:
            yield f"{start}have value greater than or equal to {low}"
        if high is not None and value > high:
            yield f"{start}have value less than or equal to {high}"
    if isinstance(value, str):
        pattern = _pattern(limits.get("pattern"))
        if pattern is not None and not pattern.fullmatch(value):
            yield f"{start}satisfy regular expression pattern: {limits['pattern']}"
        if limits.get("enum") and value not in limits["enum"]:
            yield f"{start}satisfy enum value set: [{', '.join(limits['enum'])}]"


def _shown(shape: Shape, value: Any) -> str:
    return "***" if shape.metadata.get("sensitive") else str(value)


@cache
def _pattern(text: str | None) -> re.Pattern[str] | None:
    """None for what Python cannot read even after the translation."""
    if text is None:
        return None
    for java, python in UNICODE_CLASSES.items():
        text = text.replace(java, python)
    try:
        return re.compile(text)
    except re.error:
        return None


def _below(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS's refusals and moto's gaps, one module a service.

`services/<service>.py` (botocore's name, dashes as underscores: `application_autoscaling.py`) is imported when
the first call to that service arrives. It registers handlers::

    @handles("ec2", "DeleteSecurityGroup")
    def refuse_group_in_use(request: Request, next_handler: Next) -> Response:
        if references(request.backend(), request.parameters["GroupId"]):
            raise AwsError("DependencyViolation", "resource sg-1 has a dependent object")
        return next_handler(request)

A handler refuses (raises `AwsError`), answers (`return request.answer({...})`), or calls `next_handler` and looks at
what comes back (`request.read(response)`). One that only adds to what moto answers is shorter as an amendment::

    @amends("autoscaling", "DescribePolicies")
    def show_whether_enabled(request: Request, result: dict[str, Any]) -> None:
        for policy in result.get("ScalingPolicies", []):
            policy["Enabled"] = True

`request.backend()` is moto's backend of the caller; `request.backend("iam", "aws")` another one. State of its own goes
into a `local_cloud.state.Store`. Several handlers of an operation run in the order of registration, first is outermost.
A large service is a package of the same name, whose `__init__` imports its parts.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable
from functools import cache, wraps
from threading import RLock
from typing import Any

from local_cloud.layers import Next, compose
from local_cloud.request import Request
from local_cloud.response import Response

Handler = Callable[[Request, Next], Response]
Amendment = Callable[[Request, dict[str, Any]], None]

# Modules of different services import each other's parts: two threads that load at the same time wait for each other
# for ever.
_loading = RLock()
_handlers: defaultdict[tuple[str, str], list[Handler]] = defaultdict(list)


def handles(service: str, *operations: str) -> Callable[[Handler], Handler]:
    """Register a handler; the service must be the one that its module is named after, or it would load too late."""

    def register(handler: Handler) -> Handler:
        expected = f"{__name__}.{_module_name(service)}"
        if handler.__module__ != expected and not handler.__module__.startswith(f"{expected}."):
            raise ValueError(f"{handler.__module__} registers a handler of {service}, which belongs into {expected}")
        for operation in operations:
            _handlers[service, operation].append(handler)
        return handler

    return register


def amends(service: str, *operations: str) -> Callable[[Amendment], Amendment]:
    """Register a function that changes the parsed answer of a call that has succeeded."""

    def register(amendment: Amendment) -> Amendment:
        @wraps(amendment)
        def handler(request: Request, next_handler: Next) -> Response:
            response = next_handler(request)
            if not response.ok:
                return response
            result = request.read(response)
            amendment(request, result)
            return request.answer(result)

        handles(service, *operations)(handler)
        return amendment

    return register


def services_layer(request: Request, next_layer: Next) -> Response:
    """The layer: the request's handlers, or straight on."""
    with _loading:
        _load(request.service)
    handlers = _handlers.get((request.service, request.operation))
    return compose(handlers, next_layer)(request) if handlers else next_layer(request)


def _module_name(service: str) -> str:
    return service.replace("-", "_")


@cache
def _load(service: str) -> None:
    name = f"{__name__}.{_module_name(service)}"
    if service and importlib.util.find_spec(name) is not None:
        importlib.import_module(name)

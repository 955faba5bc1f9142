# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DB parameter groups: all parameters with their source, and groups in use.

moto lists only what was set, without its data type, and finds an unknown group to be an empty list.
"""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.rds import parameters
from local_cloud.services.rds.catalogue import ENGINES

NOT_FOUND = 404


def families() -> set[str]:
    return {family for engine in ENGINES.values() for family in engine.versions}


def group_of(request: Request, name: str) -> Any:
    group = request.backend().db_parameter_groups.get(name.lower())
    if group is None:
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", NOT_FOUND)
    return group


@handles("rds", "CreateDBParameterGroup")
def check_family(request: Request, next_handler: Next) -> Response:
    family = request.parameters.get("DBParameterGroupFamily", "")
    if family and family not in families():
        raise AwsError("InvalidParameterValue", f"ParameterGroupFamily {family} is not a valid parameter group family")
    return next_handler(request)


@handles("rds", "DescribeDBParameterGroups")
def refuse_unknown_group(request: Request, next_handler: Next) -> Response:
    if "DBParameterGroupName" in request.parameters:
        group_of(request, request.parameters["DBParameterGroupName"])
    return next_handler(request)


@handles("rds", "DescribeDBParameters")
def describe_all_parameters(request: Request, _: Next) -> Response:
    group = group_of(request, request.parameters["DBParameterGroupName"])
    source = request.parameters.get("Source")
    found = all_parameters(group)
    return request.answer({"Parameters": [one for one in found if source in (None, one["Source"])]})


def all_parameters(group: Any) -> list[parameters.Parameter]:
    family = parameters.of_family(group.family)
    made = {name: parameters.described(name, definition) for name, definition in family.items()}
    for name, given in group.parameters.items():
        known = made.get(name) or parameters.described(name, ("string", "", parameters.DYNAMIC, None))
        made[name] = {**known, **given, "Source": "user"}
    return [made[name] for name in sorted(made)]


@handles("rds", "ModifyDBParameterGroup")
def check_parameters(request: Request, next_handler: Next) -> Response:
    group = group_of(request, request.parameters["DBParameterGroupName"])
    if group.name.startswith("default."):
        message = f"The parameter group {group.name} cannot be modified."
        raise AwsError("InvalidDBParameterGroupState", message)
    for given in request.parameters.get("Parameters", []):
        _check_parameter(group.family, given)
    return next_handler(request)


def _check_parameter(family: str, given: parameters.Parameter) -> None:
    name, value = given["ParameterName"], str(given.get("ParameterValue", ""))
    definition = parameters.of_family(family).get(name)
    if definition is None:
        raise AwsError("InvalidParameterValue", f"Could not find parameter with name: {name}")
    if not parameters.is_allowed(definition, value):
        message = f"Invalid parameter value: {value} for: {name} allowed values are: {definition[1]}"
        raise AwsError("InvalidParameterValue", message)
    if definition[2] == parameters.STATIC and given.get("ApplyMethod") == "immediate":
        raise AwsError("InvalidParameterCombination", "cannot use immediate apply method for static parameter")


@handles("rds", "ResetDBParameterGroup")
def reset_parameters(request: Request, _: Next) -> Response:
    """moto has none."""
    group = group_of(request, request.parameters["DBParameterGroupName"])
    if request.parameters.get("ResetAllParameters"):
        group.parameters.clear()
    for given in request.parameters.get("Parameters", []):
        group.parameters.pop(given["ParameterName"], None)
    return request.answer({"DBParameterGroupName": group.name})


@handles("rds", "DeleteDBParameterGroup")
def refuse_group_in_use(request: Request, next_handler: Next) -> Response:
    name = group_of(request, request.parameters["DBParameterGroupName"]).name
    if any(one.db_parameter_group_name == name for one in request.backend().databases.values()):
        message = (
            f"One or more database instances are still members of this parameter group {name}, "
            "so the group cannot be deleted"
        )
        raise AwsError("InvalidDBParameterGroupState", message)
    return next_handler(request)


@handles("rds", "DeleteOptionGroup")
def refuse_option_group_in_use(request: Request, next_handler: Next) -> Response:
    name = request.parameters.get("OptionGroupName")
    if any(getattr(one, "option_group_name", None) == name for one in request.backend().databases.values()):
        message = f"The option group '{name}' cannot be deleted because it is in use."
        raise AwsError("InvalidOptionGroupStateFault", message)
    return next_handler(request)

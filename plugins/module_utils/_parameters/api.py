# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls of Parameter Store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .._errors import CutoverError
from .._model.core import Value
from .plan import Parameter

if TYPE_CHECKING:
    from botocore.client import BaseClient

NAMES_OF_ONE_CALL = 10
"""GetParameters and DeleteParameters take no more;
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
"""
LARGE_PAGES = {"PageSize": 50}
"""The most that DescribeParameters gives; GetParametersByPath gives 10."""
SECRET_TYPE = "SecureString"
RESOURCE = "Parameter"
"""What Systems Manager's calls about tags name parameters by."""
TIER = "Standard"
"""It costs nothing, whatever the account's default tier is. A value has room for 4 KB."""


class ParameterUnusable(CutoverError):
    """A parameter does not exist, or is a secret."""


def plain_values(client: BaseClient, names: Sequence[str]) -> dict[str, str]:
    """Values by name. A secret is refused, because what a module returns is printed; raises ParameterUnusable."""
    found = existing(client, names)
    missing = [name for name in names if name not in found]
    if missing:
        raise ParameterUnusable(
            f"there is no parameter {', '.join(missing)} in region {client.meta.region_name}; "
            "is the name right, and does this region have it?"
        )
    secret = [name for name in names if found[name].type == SECRET_TYPE]
    if secret:
        raise ParameterUnusable(
            f"{', '.join(secret)} is a secret ({SECRET_TYPE}); this module returns what it reads, so it reads none"
        )
    return {name: found[name].value for name in names}


def existing(client: BaseClient, names: Sequence[str]) -> dict[str, Parameter]:
    """Those of these parameters that there are, by name. Secrets come as they are stored, encrypted."""
    found = {}
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        answer = client.get_parameters(Names=list(names[start : start + NAMES_OF_ONE_CALL]))
        found.update({item["Name"]: Parameter(item["Type"], item["Value"]) for item in answer["Parameters"]})
    return found


def tagged(client: BaseClient, tags: Mapping[str, Value]) -> set[str]:
    """Names of the region's parameters that carry all these tags."""
    filters = [{"Key": f"tag:{name}", "Values": [str(value)]} for name, value in tags.items()]
    pages = client.get_paginator("describe_parameters").paginate(ParameterFilters=filters, PaginationConfig=LARGE_PAGES)
    return {item["Name"] for page in pages for item in page["Parameters"]}


def below(client: BaseClient, path: str) -> dict[str, Parameter]:
    """The parameters below a path, by name. Secrets come as they are stored, encrypted."""
    pages = client.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    return {item["Name"]: Parameter(item["Type"], item["Value"]) for page in pages for item in page["Parameters"]}


def tags_of(client: BaseClient, name: str) -> dict[str, str]:
    """All tags of a parameter."""
    answer = client.list_tags_for_resource(ResourceType=RESOURCE, ResourceId=name)
    return {tag["Key"]: tag["Value"] for tag in answer["TagList"]}


def create(client: BaseClient, name: str, parameter: Parameter, tags: Mapping[str, str]) -> None:
    """Makes a parameter; one that is there already stays as it is (ParameterAlreadyExists)."""
    client.put_parameter(
        Name=name, Type=parameter.type, Value=parameter.value, Tier=TIER, Overwrite=False, Tags=_pairs(tags)
    )


def overwrite(client: BaseClient, name: str, parameter: Parameter) -> None:
    """Gives a parameter another value; AWS takes no tags with that."""
    client.put_parameter(Name=name, Type=parameter.type, Value=parameter.value, Overwrite=True)


def tag(client: BaseClient, name: str, tags: Mapping[str, str]) -> None:
    """Sets these tags and leaves the others."""
    client.add_tags_to_resource(ResourceType=RESOURCE, ResourceId=name, Tags=_pairs(tags))


def delete(client: BaseClient, names: Sequence[str]) -> None:
    """Removes parameters; names that do not exist are passed over by AWS."""
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        client.delete_parameters(Names=list(names[start : start + NAMES_OF_ONE_CALL]))


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]

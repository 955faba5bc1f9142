# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Launch templates."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from moto.core.types import Base64EncodedString

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.state import Store

# botocore's ec2 model, LaunchTemplateName
NAME = re.compile(r"[a-zA-Z0-9().\-/_]+")
NAME_LENGTH = range(3, 129)

# Versions are numbered by their place in moto's list, so a deleted one stays there and is hidden.
_deleted: Store[defaultdict[str, set[int]]] = Store(lambda: defaultdict(set))


@handles("ec2", "CreateLaunchTemplate")
def keep_own_tags_out_of_the_data(request: Request, next_handler: Next) -> Response:
    """moto copies the template's own tags into what it gives to instances."""
    name = request.parameters.get("LaunchTemplateName", "")
    if len(name) not in NAME_LENGTH or not NAME.fullmatch(name):
        message = (
            "Launch template name must be between 3 and 128 characters, and may contain letters, numbers, "
            "and the following characters: ( ) . / _ -"
        )
        raise AwsError("InvalidLaunchTemplateName.MalformedException", message)
    response = next_handler(request)
    if response.ok:
        template = request.backend().get_launch_template_by_name(name)
        data = template.versions[0].data
        kept = [one for one in data.get("TagSpecifications", []) if one.get("ResourceType") != "launch-template"]
        data.pop("TagSpecifications", None)
        if kept:
            data["TagSpecifications"] = kept
    return response


@handles("ec2", "CreateLaunchTemplateVersion")
def start_from_source_version(request: Request, next_handler: Next) -> Response:
    """moto ignores SourceVersion: what the request leaves out is taken from there."""
    source = request.parameters.get("SourceVersion")
    template = _template(request)
    if source is not None:
        data = {**template.get_version(source).data, **request.parameters.get("LaunchTemplateData", {})}
        request = request.with_parameters({**request.parameters, "LaunchTemplateData": data})
    response = next_handler(request)
    if response.ok:
        _know_user_data(template.versions[-1].data)
    return response


def _know_user_data(data: dict[str, Any]) -> None:
    """moto does so for a template's first version only, and starts no instance from another."""
    if isinstance(encoded := data.get("UserData"), str):
        data["UserData"] = Base64EncodedString(encoded)


@handles("ec2", "DeleteLaunchTemplateVersions")
def delete_versions(request: Request, next_handler: Next) -> Response:
    template = _template(request)
    numbers = {version.number for version in template.versions} - _deleted[request.scope][template.id]
    done, failed = [], []
    for version in request.parameters["Versions"]:
        item = {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "VersionNumber": int(version),
        }
        error = _deletion_error(template, int(version), numbers)
        if error:
            failed.append({**item, "ResponseError": {"Code": error[0], "Message": error[1]}})
        else:
            _deleted[request.scope][template.id].add(int(version))
            done.append(item)
    return request.answer(
        {
            "SuccessfullyDeletedLaunchTemplateVersions": done,
            "UnsuccessfullyDeletedLaunchTemplateVersions": failed,
        }
    )


def _deletion_error(template: Any, version: int, numbers: set[int]) -> tuple[str, str] | None:
    if version not in numbers:
        return "launchTemplateVersionDoesNotExist", f"Version {version} of {template.id} does not exist"
    if version == template.default_version_number:
        return "unexpectedError", f"Cannot delete the default version {version} of {template.id}"
    return None


@handles("ec2", "DescribeLaunchTemplateVersions")
def hide_deleted_versions(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if not response.ok:
        return response
    result = request.read(response)
    deleted = _deleted[request.scope]
    named = {version for version in request.parameters.get("Versions", []) if version.isdigit()}
    kept = []
    for version in result.get("LaunchTemplateVersions", []):
        if version["VersionNumber"] not in deleted[version["LaunchTemplateId"]]:
            kept.append(version)
        elif str(version["VersionNumber"]) in named:
            message = f"Could not find the specified version {version['VersionNumber']} for the launch template"
            raise AwsError("InvalidLaunchTemplateId.VersionNotFound", message)
    return request.answer({**result, "LaunchTemplateVersions": kept})


def _template(request: Request) -> Any:
    backend = request.backend()
    name = request.parameters.get("LaunchTemplateName")
    template_id = request.parameters.get("LaunchTemplateId", "")
    if name and name not in backend.launch_template_name_to_ids:
        message = f"The specified launch template, with template name {name}, does not exist."
        raise AwsError("InvalidLaunchTemplateName.NotFoundException", message)
    if not name and template_id not in backend.launch_templates:
        message = f"The specified launch template, with template ID {template_id}, does not exist."
        raise AwsError("InvalidLaunchTemplateId.NotFound", message)
    return backend.get_launch_template_by_name(name) if name else backend.get_launch_template(template_id)

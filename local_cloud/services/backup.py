# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS Backup: tags, however a client writes the path."""

from __future__ import annotations

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("backup", "ListTags")
def list_tags(request: Request, _: Next) -> Response:
    """moto counts the parts of the path; the SDK for Go leaves out the last slash."""
    return request.answer({"Tags": request.backend().list_tags(request.parameters["ResourceArn"])})

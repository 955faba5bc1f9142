# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The innermost end: moto's own server application, called in this process."""

from __future__ import annotations

from functools import cache
from typing import Any

from local_cloud import policies
from local_cloud.errors import AwsError
from local_cloud.layers import CRASHED
from local_cloud.request import Environ, Request
from local_cloud.response import Response
from local_cloud.wire import account_of


@cache
def application() -> Any:
    from moto.iam import models  # noqa: PLC0415
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415  (takes a second to import)
        DomainDispatcherApplication,
        create_backend_app,
    )

    models.get_account_id_from = account_of
    policies.read_once()
    return DomainDispatcherApplication(create_backend_app)


def call(environ: Environ) -> Response:
    from werkzeug.test import run_wsgi_app  # noqa: PLC0415

    chunks, status, headers = run_wsgi_app(application(), environ, buffered=True)
    return Response(int(status.split(" ", 1)[0]), b"".join(chunks), list(headers))


def moto(request: Request) -> Response:
    """moto's answer. What moto lacks is an error that says so."""
    try:
        return call(request.wsgi_environ())
    except NotImplementedError as error:
        raise AwsError(
            "NotImplementedByLocalCloud", f"the local cloud does not know {request.name} ({error})", CRASHED
        ) from error


def reset() -> None:
    """Drop every backend, to be made anew when it is asked for.

    moto's own reset first fills each one again (all of EC2's images, IAM's managed policies), only to drop it then.
    The few that have more to clear than themselves (S3's open files and names of buckets) do so.
    moto caches some methods with what they belong to, and so would keep whole backends for ever.
    """
    from moto.core.base_backend import BackendDict, BaseBackend, backend_lock  # noqa: PLC0415
    from moto.core.model_instances import model_data, reset_model_data  # noqa: PLC0415

    in_use: list[Any] = BackendDict._instances  # type: ignore[misc]
    owners: set[Any] = {model for models in model_data.values() for model in models.values()}
    with backend_lock:
        for accounts in in_use:
            for regions in accounts.values():
                for backend in regions.values():
                    owners.add(type(backend))
                    if type(backend).reset is not BaseBackend.reset:
                        backend.reset()
                regions.clear()
            accounts.clear()
        in_use.clear()
    reset_model_data()
    for owner in owners:
        _forget_cached(owner)


def _forget_cached(owner: type) -> None:
    for member in vars(owner).values():
        if hasattr(member, "cache_clear"):
            member.cache_clear()

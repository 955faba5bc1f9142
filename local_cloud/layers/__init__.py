# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a layer is.

A layer takes a request and ``next``, which hands a request on towards moto, and returns a response. It may
answer by itself, raise `AwsError` (which becomes AWS's error), change the answer, or hand on another request.
Layers are put together in one list, outermost first, in `local_cloud/server.py`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from local_cloud import wire
from local_cloud.errors import AwsError, ConnectionDropped
from local_cloud.request import Request
from local_cloud.response import Response

Next = Callable[[Request], Response]

# Not 500: botocore and the modules would retry what never can succeed, for a minute or more.
CRASHED = 501


class Layer(Protocol):
    def __call__(self, request: Request, next_layer: Next, /) -> Response: ...


@runtime_checkable
class Forgetful(Protocol):
    """A layer with a memory, emptied when the cloud is."""

    def reset(self) -> None: ...


def compose(layers: Sequence[Layer], innermost: Next) -> Next:
    """One callable out of layers, the first being the outermost."""
    handler: Next = partial(_call, lambda request, _: innermost(request), innermost)
    for layer in reversed(layers):
        handler = partial(_call, layer, handler)
    return handler


def _call(layer: Layer, next_layer: Next, request: Request) -> Response:
    try:
        return layer(request, next_layer)
    except AwsError as error:
        return wire.serialize_error(request.protocol, request.service, error)
    except ConnectionDropped:
        raise
    except Exception as error:
        # A caller that is hung up on would try again; one that is told can report it.
        traceback.print_exc()
        message = f"{request.name} broke the local cloud: {type(error).__name__}: {error}"
        return wire.serialize_error(request.protocol, request.service, AwsError("LocalCloudCrashed", message, CRASHED))

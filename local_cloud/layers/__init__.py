# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a layer is.

A layer takes a request and ``next``, which hands a request on towards moto, and returns a response. It may
answer by itself, raise `AwsError` (which becomes AWS's error), change the answer, or hand on another request.
Layers are put together in one list, outermost first, in `local_cloud/server.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from local_cloud import wire
from local_cloud.errors import AwsError
from local_cloud.request import Request
from local_cloud.response import Response

Next = Callable[[Request], Response]


class Layer(Protocol):
    def __call__(self, request: Request, next_layer: Next, /) -> Response: ...


def compose(layers: Sequence[Layer], innermost: Next) -> Next:
    """One callable out of layers, the first being the outermost."""
    handler = innermost
    for layer in reversed(layers):
        handler = partial(_call, layer, handler)
    return handler


def _call(layer: Layer, next_layer: Next, request: Request) -> Response:
    try:
        return layer(request, next_layer)
    except AwsError as error:
        return wire.serialize_error(request.protocol, request.service, error)

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading several layers of a stack at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .._layers import Layer
from .._model.core import Reality
from .context import Context


def read_layers(layers: Mapping[str, Layer], context: Context) -> dict[str, Reality]:
    """What AWS has of each layer, by the layer's name."""
    return dict(zip(layers, context.each(lambda layer: layer.read(context), layers.values()), strict=True))


def outputs_of(layers: Mapping[str, Layer], realities: Mapping[str, Reality]) -> dict[str, Any]:
    """Each layer's outputs, in the shape that the roles hand on; nulls for a layer that was not read."""
    return {name: dict(layer.outputs(realities.get(name, {}))) for name, layer in layers.items()}


def by_type(layer: Layer, reality: Reality) -> dict[str, list[dict[str, Any]]]:
    """The resources of a layer by type, an empty list for a type of which there is none."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in layer.types}
    for resource in reality.values():
        found.setdefault(resource.type, []).append(asdict(resource))
    return found

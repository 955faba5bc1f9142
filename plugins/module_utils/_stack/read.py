# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading several layers of a stack at the same time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .._layers import LAYERS, Layer
from .._model.core import UNKNOWN, Found, Model, Reality, Resource
from .context import Context
from .once import Once

ZONE_IN = ("zone", "zone_id")
"""What hints call the zone of a record."""


@dataclass(frozen=True)
class Reading:
    """What AWS had of a layer, and what the reader knew of the model when it looked."""

    expected: Model
    found: Reality

    def text(self) -> str:
        """Itself as a module hands it on: one text, since Ansible looks at every single value of anything else."""
        return json.dumps({"expected": _data(self.expected), "found": _data(self.found)})

    @classmethod
    def of(cls, text: str) -> Reading:
        """The reading that text() made this of."""
        data = json.loads(text)
        return cls(
            {key: Resource(**item) for key, item in data["expected"].items()},
            {key: Found(**item) for key, item in data["found"].items()},
        )


def _data(items: Model | Reality) -> dict[str, dict[str, Any]]:
    return {key: vars(item) for key, item in items.items()}


class Whole:
    """One look at a stack: each layer is read once, as its model expects it.

    A layer's model may wait for the zone, which is read here too: what it does not know yet is most likely this.
    """

    def __init__(self, models: Mapping[str, Model], context: Context) -> None:
        self._models = models
        self._context = context
        self._readings = Once()

    def layer(self, name: str) -> Reading:
        """The reading of a layer that has a model; while another thread makes it, this one waits."""
        return self._readings.get(name, lambda: self._read(LAYERS[name]))

    def _read(self, layer: Layer) -> Reading:
        expected = layer.expected(self._models[layer.name])
        if layer.name != "zone" and any(_waits_for_zone(resource) for resource in expected.values()):
            expected = {key: self._in_zone(resource) for key, resource in expected.items()}
        return Reading(expected, layer.read(self._context.wanting(expected)))

    def _in_zone(self, resource: Resource) -> Resource:
        if not _waits_for_zone(resource):
            return resource
        zone = LAYERS["zone"].outputs(self.layer("zone").found)["zone_id"] if "zone" in self._models else None
        in_zone = {name: zone or UNKNOWN for name in ZONE_IN if name in resource.attributes}
        return replace(resource, attributes={**resource.attributes, **in_zone})


def _waits_for_zone(resource: Resource) -> bool:
    return any(resource.attributes.get(name) == UNKNOWN for name in ZONE_IN)


def read_layers(layers: Mapping[str, Layer], context: Context) -> dict[str, Reality]:
    """What AWS has of each layer, by the layer's name, asked by the stack's name alone."""
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

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The layers in the order in which they are built, and for each its model, its reader and its outputs.

A role plans one layer at a time; stack_info reads them all. A new layer or a new environment's resource starts here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ._model.core import Model, Reality, Stack, Value
from ._model.vpc import VPC_TYPES, vpc_model
from ._stack.context import Context
from ._stack.vpc import read_vpc, vpc_outputs


@dataclass(frozen=True)
class Layer:
    """What one role entry point makes.

    types are those of its resources. model is pure: the role's inputs to resources. read asks AWS. outputs turns what was read into the layer's part of the stack; of
    nothing it makes the same shape with nulls. pruned are types of which the model is the whole truth: what it does not name is removed.
    """

    name: str
    role: str
    types: tuple[str, ...]
    model: Callable[[Stack, Any], Model]
    read: Callable[[Context], Reality]
    outputs: Callable[[Reality], Mapping[str, Value]]
    pruned: frozenset[str] = frozenset()


LAYERS: Mapping[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer("vpc", "vpc", VPC_TYPES, vpc_model, read_vpc, vpc_outputs),
    )
}

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The layers in the order in which they are built, and for each its model, its reader and its outputs.

A role plans one layer at a time; stack_info reads them all. A new layer or a new environment's resource starts here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._model.compute import COMPUTE_PRUNED, COMPUTE_TYPES, compute_model
from ._model.core import Model, Reality, Resource, Stack, Value
from ._model.database import DATABASE_TYPES, database_model
from ._model.dns import DNS_TYPES, dns_model
from ._model.keys import KEYS_TYPES, keys_model
from ._model.monitoring import MONITORING_PRUNED, MONITORING_TYPES, monitoring_model
from ._model.parameters import PARAMETERS_PRUNED, PARAMETERS_TYPES, parameters_model
from ._model.security import SECURITY_PRUNED, SECURITY_TYPES, security_model
from ._model.storage import STORAGE_PRUNED, STORAGE_TYPES, storage_model
from ._model.vpc import VPC_TYPES, vpc_model
from ._model.zone import ZONE_TYPES, zone_model
from ._stack.compute import compute_outputs, read_compute
from ._stack.context import Context
from ._stack.database import DATABASE_HINTS, database_outputs, read_database
from ._stack.dns import DNS_HINTS, dns_outputs, read_dns
from ._stack.keys import keys_outputs, read_keys
from ._stack.monitoring import MONITORING_HINTS, monitoring_outputs, read_monitoring
from ._stack.parameters import PARAMETERS_HINTS, parameters_outputs, read_parameters
from ._stack.security import SECURITY_HINTS, read_security, security_outputs
from ._stack.storage import read_storage, storage_outputs
from ._stack.vpc import read_vpc, vpc_outputs
from ._stack.zone import ZONE_HINTS, read_zone, zone_outputs


@dataclass(frozen=True)
class Layer:
    """What one role entry point makes.

    types are those of its resources. model is pure: the role's inputs to resources. read asks AWS. outputs turns what
    was read into the layer's part of the stack; of nothing it makes the same shape with nulls. pruned are types of
    which the model is the whole truth: what it does not name is removed. hints are the values, by type, that read looks
    at in the model to find resources or to call them by the model's words.
    """

    name: str
    role: str
    types: tuple[str, ...]
    model: Callable[[Stack, Any], Model]
    read: Callable[[Context], Reality]
    outputs: Callable[[Reality], Mapping[str, Value]]
    pruned: frozenset[str] = frozenset()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def expected(self, model: Model) -> Model:
        """What read may know of a model: keys, types, names and hints.

        So a reading stands for every model of which this is the same, whatever else was unknown when it was made.
        """
        return {key: self._hinted(resource) for key, resource in model.items()}

    def _hinted(self, resource: Resource) -> Resource:
        hints = self.hints.get(resource.type, ())
        attributes, initial = (
            {name: values[name] for name in hints if name in values}
            for values in (resource.attributes, resource.initial)
        )
        return replace(resource, attributes=attributes, initial=initial)


LAYERS: Mapping[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer("keys", "security", KEYS_TYPES, keys_model, read_keys, keys_outputs),
        Layer("zone", "dns", ZONE_TYPES, zone_model, read_zone, zone_outputs, hints=ZONE_HINTS),
        Layer("vpc", "vpc", VPC_TYPES, vpc_model, read_vpc, vpc_outputs),
        Layer(
            "security",
            "security",
            SECURITY_TYPES,
            security_model,
            read_security,
            security_outputs,
            SECURITY_PRUNED,
            SECURITY_HINTS,
        ),
        Layer("storage", "storage", STORAGE_TYPES, storage_model, read_storage, storage_outputs, STORAGE_PRUNED),
        Layer(
            "database",
            "database",
            DATABASE_TYPES,
            database_model,
            read_database,
            database_outputs,
            hints=DATABASE_HINTS,
        ),
        Layer("compute", "compute", COMPUTE_TYPES, compute_model, read_compute, compute_outputs, COMPUTE_PRUNED),
        Layer(
            "monitoring",
            "monitoring",
            MONITORING_TYPES,
            monitoring_model,
            read_monitoring,
            monitoring_outputs,
            MONITORING_PRUNED,
            MONITORING_HINTS,
        ),
        Layer("dns", "dns", DNS_TYPES, dns_model, read_dns, dns_outputs, frozenset({"health_check"}), DNS_HINTS),
        Layer(
            "parameters",
            "parameters",
            PARAMETERS_TYPES,
            parameters_model,
            read_parameters,
            parameters_outputs,
            PARAMETERS_PRUNED,
            PARAMETERS_HINTS,
        ),
    )
}

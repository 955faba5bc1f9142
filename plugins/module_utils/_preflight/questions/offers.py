# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS offers here: zones, instance types, database engines, images."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from ..._model.core import Value
from ..._parameters.api import NAMES_OF_ONE_CALL, SECRET_TYPE
from ..._rds.versions import numbers
from ..asking import Answer, Question, Subject, call, listing, without, without_values
from ..findings import Finding, absent, finding

AVAILABLE = "available"
NOT_OPTED_IN = "not-opted-in"
MOST_SIMILAR = 4
ABILITIES = (
    ("database_multi_az", "multi_az", "MultiAZCapable", "be Multi-AZ"),
    (
        "database_performance_insights",
        "performance_insights",
        "SupportsPerformanceInsights",
        "have Performance Insights",
    ),
    (
        "database_iam_authentication",
        "iam_authentication",
        "SupportsIAMDatabaseAuthentication",
        "have IAM authentication",
    ),
    ("database_instance_class", "encrypted", "SupportsStorageEncryption", "be encrypted"),
)
"""Variable, attribute of the model, field of the offer, what it means."""


def _places(subject: Subject) -> Iterator[Finding]:
    """The zones, and in those that there are the instance types."""
    wrong = list(_zones(subject))
    yield from wrong
    told = {found.value for found in wrong}
    yield from _instance_types(subject, {zone for zone in _names(subject) if zone not in told})


def _zones(subject: Subject) -> Iterator[Finding]:
    answer = call(subject.context, "ec2", "describe_availability_zones") or {}
    zones = {zone["ZoneName"]: zone for zone in answer["AvailabilityZones"]}
    for index, name in enumerate(_names(subject)):
        path = f"vpc_zones[{index}]"
        if name not in zones:
            rule = f"there is no such zone in {subject.stack.region} for this account"
            yield finding(path, name, rule, f"There are {', '.join(sorted(zones))}")
        elif zones[name]["State"] != AVAILABLE:
            yield finding(path, name, f"the zone is {zones[name]['State']} at the moment", "Take another zone")
        elif zones[name].get("OptInStatus") == NOT_OPTED_IN:
            yield finding(path, name, "the account has not opted in to this zone", "Opt in, or take another zone")


def _names(subject: Subject) -> list[str]:
    zones = subject.typed.get("vpc_zones")
    return [str(zone) for zone in zones] if isinstance(zones, list) else []


def _instance_types(subject: Subject, zones: set[str]) -> Iterator[Finding]:
    templates = subject.planned("compute", "launch_template")
    types = {template.key.split("/")[1]: str(template.attributes["instance_type"]) for template in templates}
    if not types:
        return
    filters = [{"Name": "instance-type", "Values": sorted(set(types.values()))}]
    what: dict[str, Any] = {"LocationType": "availability-zone", "Filters": filters}
    offered: dict[str, set[str]] = {}
    for offer in listing(subject.context, "ec2", "describe_instance_type_offerings", "InstanceTypeOfferings", **what):
        offered.setdefault(offer["InstanceType"], set()).add(offer["Location"])
    for side, kind in types.items():
        path = f"compute_sides.{side}.instance_type"
        if kind not in offered:
            rule = f"{subject.stack.region} does not offer this instance type"
            yield finding(path, kind, rule, "Take another type, or put its spelling right")
        elif missing := sorted(zones - offered[kind]):
            fix = f"Take another type, or other zones: {', '.join(sorted(offered[kind]))} have it"
            yield finding(path, kind, f"is not offered in {', '.join(missing)}", fix)


def _images(subject: Subject) -> Iterator[Finding]:
    """Public parameters name images; a region that lacks one answers that there is no such parameter."""
    known = images(subject)
    for path, name in _parameters(subject).items():
        if name not in known:
            yield finding(
                path,
                name,
                f"there is no such parameter in {subject.stack.region}",
                "See the names below /aws/service/ami-amazon-linux-latest, or give an image by its id",
            )


def images(subject: Subject) -> dict[str, str]:
    """What the parameters name now, those that there are. Raises Unanswered."""
    names = sorted(set(_parameters(subject).values()))
    found: dict[str, str] = {}
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        asked = names[start : start + NAMES_OF_ONE_CALL]
        answer = call(subject.context, "ssm", "get_parameters", Names=asked) or {}
        found |= {item["Name"]: item["Value"] for item in answer["Parameters"] if item["Type"] != SECRET_TYPE}
    return found


def _parameters(subject: Subject) -> dict[str, str]:
    """The parameters that sides without an image of their own refer to, by the variable that names them."""
    sides, common = subject.typed.get("compute_sides"), subject.typed.get("compute_image_parameter")
    found = {}
    for side, settings in (sides if isinstance(sides, dict) else {}).items():
        if not isinstance(settings, dict) or settings.get("image_id"):
            continue
        if settings.get("image_parameter"):
            found[f"compute_sides.{side}.image_parameter"] = str(settings["image_parameter"])
        elif common and not subject.typed.get("compute_image_id"):
            found["compute_image_parameter"] = str(common)
    return found


def _given_images(subject: Subject) -> Iterator[Finding]:
    image = str(subject.typed["compute_image_id"])
    unless = ("InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable")
    answer = call(subject.context, "ec2", "describe_images", unless=unless, ImageIds=[image]) or {}
    images = answer.get("Images", [])
    if not images:
        yield finding(
            "compute_image_id",
            image,
            f"there is no such image in {subject.stack.region} for this account",
            "Images have another id in each region; look it up there",
        )
    elif images[0].get("State", AVAILABLE) != AVAILABLE:
        yield finding(
            "compute_image_id", image, f"the image is {images[0]['State']}", "Wait for it, or take another one"
        )


def _engine(subject: Subject) -> Iterator[Finding]:
    for instance in subject.planned("database", "db_instance"):
        wanted = instance.attributes
        engine, kind = str(wanted["engine"]), str(wanted["instance_class"])
        version = _version(subject, engine, str(wanted["engine_version"]))
        if version is None:
            yield _no_version(subject, engine, str(wanted["engine_version"]))
            continue
        offers = _orderable(subject, Engine=engine, EngineVersion=version, DBInstanceClass=kind)
        if not offers:
            rule = f"{engine} {version} is not offered on this class in {subject.stack.region}"
            fix = f"Similar classes that it has: {_similar(subject, engine, version, kind)}"
            yield finding("database_instance_class", kind, rule, fix)
            continue
        yield from _options(wanted, offers)
        yield from _lacking(subject, kind, offers)


def _version(subject: Subject, engine: str, wanted: str) -> str | None:
    """The whole version: of a major one alone (8.4) the newest, since this is what a new database gets at best."""
    known = _versions(subject, Engine=engine, EngineVersion=wanted)
    return wanted if wanted in known else next(iter(known[-1:]), None)


def _versions(subject: Subject, **what: str) -> list[str]:
    found = listing(subject.context, "rds", "describe_db_engine_versions", "DBEngineVersions", None, **what)
    return sorted((str(version["EngineVersion"]) for version in found), key=numbers)


def _no_version(subject: Subject, engine: str, wanted: str) -> Finding:
    known = _versions(subject, Engine=engine)
    near = [one for one in known if numbers(one)[:2] == numbers(wanted)[:2]] or known
    rule = f"there is no such version of {engine} in {subject.stack.region}"
    return finding("database_engine_version", wanted, rule, f"There are {', '.join(near) or 'none'}")


def _orderable(subject: Subject, **what: str) -> list[Answer]:
    found = "OrderableDBInstanceOptions"
    return listing(subject.context, "rds", "describe_orderable_db_instance_options", found, None, Vpc=True, **what)


def _similar(subject: Subject, engine: str, version: str, wanted: str) -> str:
    """Classes that the engine is offered on, those with the most similar names first."""
    classes = {str(offer["DBInstanceClass"]) for offer in _orderable(subject, Engine=engine, EngineVersion=version)}
    return ", ".join(difflib.get_close_matches(wanted, sorted(classes), n=MOST_SIMILAR, cutoff=0)) or "none"


def _options(wanted: Mapping[str, Value], offers: list[Answer]) -> Iterator[Finding]:
    """What the class can have with this engine: kind of storage, Multi-AZ, encryption, Performance Insights."""
    kind = wanted["instance_class"]
    fitting = [offer for offer in offers if offer.get("StorageType") in (None, wanted["storage_type"])]
    if not fitting:
        known = ", ".join(sorted({str(offer["StorageType"]) for offer in offers}))
        yield finding(
            "database_storage_type", wanted["storage_type"], f"{kind} has no such storage", f"Take one of {known}"
        )
        return
    for variable, attribute, field, what in ABILITIES:
        if wanted.get(attribute) and not any(offer.get(field, True) for offer in fitting):
            yield finding(
                variable,
                True,
                f"{kind} with {wanted['engine']} {wanted['engine_version']} cannot {what}",
                "Take another class, or false",
            )


def _lacking(subject: Subject, kind: str, offers: list[Answer]) -> Iterator[Finding]:
    """Zones in which the class is not offered: a Multi-AZ database needs two that have it."""
    zones = {str(zone["Name"]) for offer in offers for zone in offer.get("AvailabilityZones", [])}
    usable = zones & set(_names(subject))
    if zones and _names(subject) and subject.typed.get("database_multi_az") and len(usable) < 2:  # noqa: PLR2004
        yield absent(
            "database_instance_class",
            f"{kind} is offered in {', '.join(sorted(zones))}, and vpc_zones has fewer than two of them",
            "Take other zones, or another class",
        )


QUESTIONS = (
    Question("zones and instance types", "vpc_zones", _places, without_values("vpc_zones")),
    Question("images by parameter", "compute_image_parameter", _images, without_values("compute_sides")),
    Question("image", "compute_image_id", _given_images, without_values("compute_image_id")),
    Question("database engine", "database_instance_class", _engine, without("database")),
)

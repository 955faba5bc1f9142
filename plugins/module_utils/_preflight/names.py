# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names that a stack would have, by running its models, and AWS's rules for names by kind of resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._layers import LAYERS
from .._model.core import Model, ModelError, Resource, Stack
from .findings import Finding, absent, finding

VARIABLE = re.compile(r"(?P<variable>[a-z]+_[\w.\[\]-]*\w\]?):? (?P<rule>.+)", re.DOTALL)
"""How models begin the text of an error: dns_sides: weights are ..., database_engine is ..."""


@dataclass(frozen=True)
class NameRule:
    """What a service allows in names of one kind: pattern, longest length, and the rule as a sentence."""

    pattern: re.Pattern[str]
    longest: int
    rule: str
    shortest: int = 1

    def allows(self, name: str) -> bool:
        """Whether AWS would take this name."""
        return self.shortest <= len(name) <= self.longest and bool(self.pattern.fullmatch(name))


def _rule(pattern: str, longest: int, rule: str, shortest: int = 1) -> NameRule:
    return NameRule(re.compile(pattern), longest, rule, shortest)


# Sources, in the order of the table: "Bucket naming rules" (S3); CreateDBInstance, CreateDBSubnetGroup,
# CreateDBParameterGroup (RDS API); CreateLoadBalancer,
# CreateTargetGroup (Elastic Load Balancing API); CreateAutoScalingGroup; CreateLaunchTemplate, CreateSecurityGroup
# (EC2 API); "IAM name requirements"; CreateAlias (KMS);
# CreateLogGroup (CloudWatch Logs); CreateTopic (SNS); PutDashboard, PutMetricAlarm (CloudWatch).
BALANCER = _rule(
    r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
    32,
    "letters, digits and dashes, at most 32, not beginning with internal-",
)
IAM = _rule(r"[\w+=,.@-]+", 64, "letters, digits and + = , . @ _ -, at most 64")
DB_GROUP = _rule(
    r"[a-z]([a-z0-9]|-(?!-|$)|[._ ])*", 255, "lower-case letters, digits and single dashes, a letter first, at most 255"
)
NAME_RULES: Mapping[str, NameRule] = {
    "bucket": _rule(
        r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]*[a-z0-9](?<!-s3alias)(?<!--ol-s3)",
        63,
        "3 to 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit, "
        "without the prefixes and suffixes that S3 keeps for itself",
        shortest=3,
    ),
    "db_instance": _rule(
        r"[a-z](?!.*--)[a-z0-9-]*(?<!-)", 63, "lower-case letters, digits and single dashes, a letter first, at most 63"
    ),
    "subnet_group": DB_GROUP,
    "parameter_group": DB_GROUP,
    "load_balancer": BALANCER,
    "target_group": BALANCER,
    "autoscaling_group": _rule(r"[^:]+", 255, "no colon, at most 255 characters"),
    "launch_template": _rule(r"[\w()./-]+", 128, "3 to 128 letters, digits and ( ) . / - _", shortest=3),
    "security_group": _rule(
        r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]+", 255, "at most 255 characters, not beginning with sg-"
    ),
    "iam_role": IAM,
    "instance_profile": _rule(IAM.pattern.pattern, 128, "letters, digits and + = , . @ _ -, at most 128"),
    "kms_alias": _rule(
        r"alias/(?!aws/)[\w/-]+", 256, "alias/ and letters, digits and / _ -, not beginning with alias/aws/"
    ),
    "log_group": _rule(r"(?!aws/)[\w./#-]+", 512, "letters, digits and . - _ / #, at most 512"),
    "topic": _rule(r"[\w-]+", 256, "letters, digits, dashes and underscores, at most 256"),
    "dashboard": _rule(r"[\w-]+", 255, "letters, digits, dashes and underscores, at most 255"),
    "alarm": _rule(r"[^:]+", 255, "at most 255 characters"),
}


def models(stack: Stack, configs: Mapping[str, Mapping[str, Any] | None]) -> tuple[dict[str, Model], list[Finding]]:
    """Each layer's model, as far as its inputs could be computed, and what the models themselves refuse."""
    made: dict[str, Model] = {}
    found: list[Finding] = []
    for name, layer in LAYERS.items():
        config = configs.get(name)
        if config is None:
            continue
        try:
            made[name] = layer.model(stack, config)
        except ModelError as error:
            found.append(refusal(name, str(error)))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            # The checks before have let something through; a traceback would help nobody to find it.
            reason = (
                f"its resources cannot be computed from the variables {layer.role}_* ({type(error).__name__}: {error})"
            )
            found.append(absent(f"layer {name}", reason, "Compare them with the role's documentation"))
    return made, found


def refusal(layer: str, text: str) -> Finding:
    """What a model, or a reader, refuses, by the variable that the text begins with."""
    match = VARIABLE.match(text)
    variable, rule = (match["variable"], match["rule"]) if match else (f"layer {layer}", text)
    return absent(variable, rule.rstrip(". "), "Put it right in the inventory")


def name_findings(stack: Stack, planned: Mapping[str, Model]) -> Iterator[Finding]:
    """Names that AWS would refuse, one finding a rule: they all begin alike."""
    refused: dict[NameRule, list[Resource]] = {}
    for model in planned.values():
        for resource in model.values():
            rule = NAME_RULES.get(resource.type)
            if rule and not rule.allows(resource.name):
                refused.setdefault(rule, []).append(resource)
    for rule, resources in refused.items():
        kinds = " and ".join(sorted({f"{resource.type.replace('_', ' ')}s" for resource in resources}))
        text = f"names that begin with it, as {resources[0].name}, are not allowed for {kinds}: {rule.rule}"
        yield finding("project", stack.project, text, "Change project or environment_suffix")

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on the path of the outputs' parameters.

Source: "Requirements and constraints for parameter names" of the Systems Manager User Guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..._model.core import Value
from ..findings import Finding, finding

PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
RESERVED = ("/aws", "/ssm")
MOST_LEVELS = 9
"""Of 15 in all; the outputs below the path need the others."""


def parameters_findings(typed: Mapping[str, Value]) -> Iterator[Finding]:
    """All rules on the variables of the role parameters."""
    path = typed.get("parameters_path")
    if not isinstance(path, str) or not path:
        return
    if not PATH.fullmatch(path):
        rule = "is no path: a slash before each part, none at the end, and parts of letters, digits and . _ -"
        yield finding("parameters_path", path, rule, "Write it as /acme/prod")
    elif path.lower().startswith(RESERVED):
        yield finding("parameters_path", path, "begins with aws or ssm, which AWS keeps for itself", "Begin otherwise")
    elif path.count("/") > MOST_LEVELS:
        yield finding("parameters_path", path, f"has more than {MOST_LEVELS} levels", "Shorten it")

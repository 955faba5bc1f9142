# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which identifiers did a call bring into the world, and how would one look that nobody has?"""

from __future__ import annotations

import re
from typing import Any

from local_cloud.request import Request
from local_cloud.response import Response

_creating = re.compile(r"(Create|Run|Allocate|Request|Restore|Copy|Import|Register|Authorize)(?=[A-Z])")
_identifying = re.compile(
    r"(id|ids|arn|arns|name|names|identifier|identifiers|url|urls|resourcearnlist)$", re.IGNORECASE
)
_suffixes = ("", "id", "ids", "arn", "name", "identifier", "url")

# Identifiers that are not called after the operation's noun.
_other_names = {
    "AllocateAddress": ("allocationid", "publicip"),
    "AuthorizeSecurityGroupEgress": ("securitygroupruleid",),
    "AuthorizeSecurityGroupIngress": ("securitygroupruleid",),
    "CreateSecurityGroup": ("groupid", "groupname"),
    "CreateFlowLogs": ("flowlogids",),
    "RunInstances": ("instanceid",),
    "CopyDBSnapshot": ("targetdbsnapshotidentifier", "dbsnapshotidentifier", "dbsnapshotarn"),
    "RestoreDBInstanceFromDBSnapshot": ("dbinstanceidentifier", "dbinstancearn"),
}
_generic = frozenset({"id", "arn", "name"})


def new_identifiers(request: Request, response: Response) -> frozenset[str]:
    """Ids, ARNs and names of what a creating call has made; empty for any other call."""
    if not response.ok or not _creating.match(request.operation):
        return frozenset()
    noun = _creating.sub("", request.operation, count=1).casefold()
    nouns = {noun, noun.removesuffix("s"), noun.removesuffix("v2")}
    wanted = {stem + suffix for stem in nouns for suffix in _suffixes} | set(_other_names.get(request.operation, ()))
    found: set[str] = set()
    _collect(request.parameters, wanted, found, depth=0)
    _collect(request.read(response), wanted, found, depth=0)
    # Route 53 answers "/hostedzone/Z1" and is asked for "Z1"
    return frozenset(found | {item.rpartition("/")[2] for item in found if item.startswith("/")})


def _collect(value: Any, wanted: set[str], found: set[str], depth: int) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, wanted, found, depth)
    elif isinstance(value, dict):
        for key, item in value.items():
            name = key.casefold()
            named = name in wanted or (name in _generic and depth <= 1)
            if named and isinstance(item, str):
                found.add(item)
            elif named and isinstance(item, list) and all(isinstance(one, str) for one in item):
                found.update(item)
            else:
                _collect(item, wanted, found, depth + 1)


def means(value: str, identifier: str) -> bool:
    """Is it the identifier, or an ARN or path that ends with it?"""
    return value == identifier or (value.endswith(identifier) and value[-len(identifier) - 1] in "/:")


def refers_to(item: Any, identifiers: frozenset[str]) -> bool:
    """Does an item of a list, by one of its own fields, speak of one of these?"""
    if isinstance(item, str):
        return any(means(item, identifier) for identifier in identifiers)
    if not isinstance(item, dict):
        return False
    own = [value for key, value in item.items() if _identifying.search(key)]
    return any(refers_to(value, identifiers) for value in own if isinstance(value, (str, list))) or any(
        refers_to(value, identifiers) for values in own if isinstance(values, list) for value in values
    )


def unlike(text: str) -> str:
    """Another identifier of the same form: its last eight letters and digits moved on within their kind."""
    return text[:-8] + "".join(_moved(character) for character in text[-8:])


def _moved(character: str) -> str:
    for kind in ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ"):
        if character in kind:
            return kind[(kind.index(character) + 3) % len(kind)]
    return character

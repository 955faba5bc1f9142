# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lists in small pages.

Where tokens are opaque, the whole list is asked of moto and cut here, with tokens of our own, so it works for
operations that moto never cuts. Where a token is part of the data (S3 keys, record names, DynamoDB keys), the page
size goes to moto. Operations without a paginator in botocore come whole, as do they from AWS.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from local_cloud.layers import Next
from local_cloud.layers.faults import Faults
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.results import get_path, remove_path, set_path

TOKEN = re.compile(r"page-(\d+)-from-(\d+)-by-(\d+)")
TOKEN_MARK = b"-from-"
MOST_PAGES = 1000
KEPT_LISTS = 64

Result = dict[str, Any]

# The token of these says where the next page begins in the data itself.
PAGED_BY_MOTO = frozenset({"s3", "dynamodb"})
# But for these, of which moto gives the first page and no token.
CUT_BY_MOTO = (("s3", "ListBuckets"),)

# Without a page size AWS returns everything:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
WHOLE_UNLESS_ASKED = (("ec2", ""), ("sqs", ""), ("s3", "ListBuckets"))


@dataclass(frozen=True)
class Paginator:
    input_tokens: tuple[str, ...]
    output_tokens: tuple[str, ...]
    results: tuple[str, ...]
    limit: str | None
    more: str | None
    opaque: bool


@dataclass(frozen=True)
class Page:
    """Of which kept list, from where, how long."""

    number: int
    begin: int
    size: int


@cache
def paginator_of(service: str, operation: str) -> Paginator | None:
    """None where botocore has none."""
    known = _paginators(service).get(operation)
    if known is None:
        return None
    inputs, outputs = _tuple(known["input_token"]), _tuple(known["output_token"])
    return Paginator(
        input_tokens=inputs,
        output_tokens=outputs,
        results=_tuple(known["result_key"]),
        limit=known.get("limit_key"),
        more=known.get("more_results"),
        opaque=len(inputs) == 1 and (service not in PAGED_BY_MOTO or (service, operation) in CUT_BY_MOTO),
    )


class Pages:
    """Whole lists are kept while a caller goes through their pages, so that each page costs little and they agree."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._numbers = count(1)
        self._kept: OrderedDict[int, Result] = OrderedDict()

    def reset(self) -> None:
        self._kept.clear()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if request.access == "write" or not (self._faults.active("pages") or TOKEN_MARK in _raw(request)):
            return next_layer(request)
        paginator = paginator_of(request.service, request.operation)
        if paginator is None:
            return next_layer(request)
        continued = TOKEN.fullmatch(str(request.parameters.get(paginator.input_tokens[0], "")))
        if continued:
            number, begin, size = (int(text) for text in continued.groups())
            return self._cut(request, next_layer, paginator, Page(number, begin, size))
        size = self._size(request, paginator)
        if size == 0:
            return next_layer(request)
        if paginator.opaque:
            return self._cut(request, next_layer, paginator, Page(next(self._numbers), 0, size))
        return _by_moto(request, next_layer, paginator, size)

    def _size(self, request: Request, paginator: Paginator) -> int:
        """How long the pages of a list are that begins here; 0 for no pages."""
        rule = self._faults.covering("pages", request)
        if rule is None:
            return 0
        asked = request.parameters.get(paginator.limit or "")
        whole = any(
            request.service == service and request.operation.startswith(name) for service, name in WHOLE_UNLESS_ASKED
        )
        unasked = not whole if rule.unasked is None else rule.unasked
        if asked is None and not unasked:
            return 0
        self._faults.strike("pages", request)
        return min(rule.size, int(asked or rule.size))

    def _cut(self, request: Request, next_layer: Next, paginator: Paginator, page: Page) -> Response:
        whole = self._kept.get(page.number)
        if whole is None:
            whole, response = _whole(request, next_layer, paginator)
            if whole is None:
                return response
            self._kept[page.number] = whole
            while len(self._kept) > KEPT_LISTS:
                self._kept.popitem(last=False)
        return request.answer(_page_of(whole, paginator, page))


def _page_of(whole: Result, paginator: Paginator, page: Page) -> Result:
    result = {key: dict(value) if isinstance(value, dict) else value for key, value in whole.items()}
    end, seen = page.begin + page.size, 0
    for key in paginator.results:
        items = get_path(whole, key) or []
        low, high = (min(max(edge - seen, 0), len(items)) for edge in (page.begin, end))
        seen += len(items)
        if items:
            set_path(result, key, items[low:high])
    more = end < seen
    if more:
        set_path(result, paginator.output_tokens[0], f"page-{page.number}-from-{end}-by-{page.size}")
    else:
        remove_path(result, paginator.output_tokens[0])
    if paginator.more:
        set_path(result, paginator.more, more)
    return result


def _whole(request: Request, next_layer: Next, paginator: Paginator) -> tuple[Result | None, Response]:
    """All that moto has, in one result; None and its response when it refuses."""
    unwanted = {paginator.limit, *paginator.input_tokens}
    parameters = {key: value for key, value in request.parameters.items() if key not in unwanted}
    whole: Result | None = None
    for _ in range(MOST_PAGES):
        response = next_layer(request.with_parameters(parameters))
        if not response.ok:
            return None, response
        result = request.read(response)
        token = get_path(result, paginator.output_tokens[0])
        if whole is None:
            whole = result
        else:
            for key in paginator.results:
                set_path(whole, key, [*(get_path(whole, key) or []), *(get_path(result, key) or [])])
        if not token:
            break
        parameters = {**parameters, paginator.input_tokens[0]: token}
    return whole, response


def _by_moto(request: Request, next_layer: Next, paginator: Paginator, size: int) -> Response:
    if paginator.limit is None:
        return next_layer(request)
    members = getattr(request.model and request.model.input_shape, "members", {})
    shape = members.get(paginator.limit)
    limit: int | str = str(size) if shape is not None and shape.type_name == "string" else size
    return next_layer(request.with_parameters({**request.parameters, paginator.limit: limit}))


def _raw(request: Request) -> bytes:
    return request.body + str(request.environ.get("QUERY_STRING", "")).encode()


@cache
def _paginators(service: str) -> dict[str, Any]:
    from botocore.exceptions import UnknownServiceError  # noqa: PLC0415
    from moto.core.loaders import create_loader  # noqa: PLC0415  (takes a second to import)

    try:
        found: dict[str, Any] = create_loader().load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}
    return found


def _tuple(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

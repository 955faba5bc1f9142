# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the readers ask AWS: clients by service and region, many calls at once, and what belongs to a stack."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .._model.core import KEY_TAG, STACK_TAG, Model, Stack, Value
from .once import Once

if TYPE_CHECKING:
    from botocore.client import BaseClient

THREADS = 16
"""Enough to hide the latency of a layer's calls, few enough to stay under the request rates of a quiet account."""

T = TypeVar("T")
R = TypeVar("R")


class ClientFactory(Protocol):
    """Makes a boto3 client; the module's own, so that credentials, endpoint and retry mode are the task's."""

    def __call__(self, service: str, region: str, **credentials: Any) -> BaseClient: ...


class Context:
    """One reading of a stack.

    wanted is what the reader may know of the model; it is empty when somebody asks for a stack by name only.
    """

    def __init__(
        self, stack: Stack, factory: ClientFactory, wanted: Model | None = None, threads: int = THREADS
    ) -> None:
        self.stack = stack
        self.wanted: Model = wanted or {}
        self._factory = factory
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = Lock()
        self._threads = threads
        self._keys = {(resource.type, resource.name): key for key, resource in self.wanted.items()}
        self._answers: Once | None = None

    def once(self) -> Context:
        """For a single look at several layers: what has been asked through it is not asked again."""
        shared = copy(self)
        shared._answers = Once()
        return shared

    def wanting(self, wanted: Model) -> Context:
        """The same look, for a reader that may know this."""
        other = copy(self)
        other.wanted = wanted
        other._keys = {(resource.type, resource.name): key for key, resource in wanted.items()}
        return other

    def client(self, service: str, region: str | None = None) -> BaseClient:
        """The client of a service in the home region, or in the region given. Making one is not thread-safe in boto3,
        hence the lock.
        """
        where = region or self.stack.region
        with self._lock:
            if (service, where) not in self._clients:
                self._clients[service, where] = self._factory(service, where)
            return self._clients[service, where]

    def client_as(self, service: str, region: str, credentials: Mapping[str, Any]) -> BaseClient:
        """A client of its own, with these credentials instead of the task's where there are any."""
        with self._lock:
            return self._factory(service, region, **credentials)

    def pages(
        self, service: str, operation: str, result: str, region: str | None = None, **arguments: object
    ) -> list[dict[str, object]]:
        """Every item of a listing, all pages."""

        def read() -> list[dict[str, object]]:
            paginator = self.client(service, region).get_paginator(operation)
            return [item for page in paginator.paginate(**arguments) for item in page.get(result, [])]

        return self.asked((service, operation, region, repr(arguments)), read)

    def call(self, service: str, operation: str, region: str | None = None, **arguments: object) -> dict[str, object]:
        """The answer to a single call."""

        def read() -> dict[str, object]:
            answer: dict[str, object] = getattr(self.client(service, region), operation)(**arguments)
            return answer

        return self.asked((service, operation, region, repr(arguments)), read)

    def asked(self, question: Hashable, read: Callable[[], T]) -> T:
        """The answer to a question of several readers: in a look that is once(), from whoever came first."""
        return self._answers.get(question, read) if self._answers else read()

    def together(self, **calls: Callable[[], T]) -> dict[str, T]:
        """The results of several independent reads, made at the same time."""
        return dict(zip(calls, self.each(lambda call: call(), calls.values()), strict=True))

    def each(self, function: Callable[[R], T], items: Iterable[R]) -> list[T]:
        """function of every item, at the same time, in the items' order; raises the first error when all have ended."""
        todo = list(items)
        if len(todo) <= 1:
            return [function(item) for item in todo]
        with ThreadPoolExecutor(min(self._threads, len(todo))) as pool:
            return list(pool.map(function, todo))

    def owns(self, kind: str, name: str, tags: Mapping[str, Value]) -> bool:
        """A resource belongs to the stack by its tag; one that the model names exactly is looked at even when its tag
        is gone.
        """
        return tags.get(STACK_TAG) == self.stack.name or (kind, name) in self._keys

    def key(self, kind: str, name: str, tags: Mapping[str, Value]) -> str:
        """Which resource of the model it is: by its tag, so that a Name edited by hand is seen as just that; where the
        tag is gone, by exact name.
        """
        tagged = str(tags.get(KEY_TAG) or "")
        if tagged in self.wanted:
            return tagged
        return self._keys.get((kind, name)) or tagged or f"{kind}/{name}"

    def stack_filter(self) -> list[dict[str, object]]:
        """The EC2 filter for what belongs to the stack."""
        return [{"Name": f"tag:{STACK_TAG}", "Values": [self.stack.name]}]


def tags_of(pairs: Iterable[Mapping[str, str]] | None) -> dict[str, Value]:
    """AWS's list of Key and Value as a dictionary; AWS's own tags (aws:) are left out."""
    return {pair["Key"]: pair["Value"] for pair in pairs or [] if not pair["Key"].startswith("aws:")}

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Notices of each transition, by SNS and by a webhook. One that cannot be delivered stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.urls import open_url

from ...module_utils._rollout.course import Course
from ...module_utils._rollout.story import Transition
from .hands import Call, reason_of
from .report import percent, weights_of

PATIENCE = 10
"""Seconds for a webhook to answer."""
HASTY = {"connect_timeout": 5, "read_timeout": 5, "retries": {"max_attempts": 2, "mode": "standard"}}
"""SNS is given little time: whoever is told may wait, the traffic may not."""
LONGEST_SUBJECT = 100


class Notices:
    """call runs a module; post sends JSON to the webhook, whose address is a secret and is never shown."""

    def __init__(self, call: Call, course: Course, asked: Mapping[str, Any], head: Mapping[str, Any]) -> None:
        self.failures: list[str] = []
        self._call = call
        self._course = course
        self._topic = asked.get("topic_arn")
        self._webhook = asked.get("webhook_url")
        self._head = head
        self.post: Callable[[str, bytes], None] = _post

    def tell(self, transition: Transition) -> None:
        """To all who are told."""
        text = f"{self._head['stack']}: {transition.text}"
        body = {
            **self._head,
            "what": str(transition.what),
            "text": text,
            "reason": transition.reason,
            "share": percent(transition.share),
            "weights": weights_of(self._course, transition.share),
        }
        if self._topic:
            self._publish(text, body)
        if self._webhook:
            self._send(body)

    def _publish(self, text: str, body: Mapping[str, Any]) -> None:
        message = {
            "topic": self._topic,
            "subject": text[:LONGEST_SUBJECT],
            "msg": json.dumps(body),
            "aws_config": HASTY,
        }
        result = self._call("community.aws.sns", message)
        if result.get("failed"):
            self._failed(f"SNS took no notice: {reason_of(result)}")

    def _send(self, body: Mapping[str, Any]) -> None:
        try:
            self.post(str(self._webhook), json.dumps(body).encode())
        except OSError as error:
            # Its text may have the address in it.
            self._failed(f"the webhook took no notice ({type(error).__name__})")

    def _failed(self, what: str) -> None:
        if what not in self.failures:
            self.failures.append(what)


def _post(url: str, body: bytes) -> None:
    """Raises OSError, which HTTPError and URLError are too."""
    headers = {"Content-Type": "application/json"}
    open_url(url, data=body, headers=headers, method="POST", timeout=PATIENCE, follow_redirects="none").close()

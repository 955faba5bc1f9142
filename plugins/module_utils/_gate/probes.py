# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on the answers of a server: status, body, latency, certificate."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .finding import Finding, failed, passed, unknown
from .question import Answers, Options, Probe, Question, Sample

SETTINGS: Mapping[str, Any] = {
    "url": None,
    "connect_to": None,
    "method": "GET",
    "headers": {},
    "status": [200],
    "body": None,
    "requests": 5,
    "may_fail": 0,
    "timeout": 5.0,
    "latency_max": None,
    "latency_percentile": 95,
    "validate_certs": True,
    "ca_file": None,
}

PORTS = {"http": 80, "https": 443}
METHODS = ("GET", "HEAD", "OPTIONS")
"""Those that change nothing."""
STATUSES = range(100, 600)
LONGEST_PROBE = 60
"""Seconds that the requests of one gate may take in all: a look is made every few seconds."""
ALL = 100
_value = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_token = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def wrong(options: Options) -> Iterator[str]:
    """Mistakes. What headers hold is not shown."""
    yield from _wrong_address(options)
    yield from _wrong_request(options)
    yield from _wrong_numbers(options)
    if options["ca_file"] and not os.access(options["ca_file"], os.R_OK):
        yield f"ca_file: {options['ca_file']} cannot be read"
    if options["ca_file"] and not options["validate_certs"]:
        yield "ca_file: it is of no use where certificates are not validated; leave out one of them"


def _wrong_address(options: Options) -> Iterator[str]:
    try:
        parts = urlsplit(options["url"])
        fit = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
        fit = fit and options["url"].isascii() and bool((parts.hostname or "").encode("idna"))
    except ValueError:  # a UnicodeError is one
        yield "url: this is no address; give such as https://www.example.com/health"
        return
    if parts.username is not None or parts.password is not None:
        yield "url: it holds a user or a password, which would be shown; give them as a header Authorization"
    if not fit or re.search(r"[\s\x00-\x1f\x7f]", options["url"]):
        yield "url: this is no address; give such as https://www.example.com/health"
    if options["connect_to"] is not None and _host_port(options["connect_to"], 0) is None:
        yield f"connect_to: {options['connect_to']} is neither a host nor host:port"


def _wrong_request(options: Options) -> Iterator[str]:
    if options["method"] not in METHODS:
        yield f"method: {options['method']} is not among {', '.join(METHODS)}, which change nothing"
    if options["body"] is not None and options["method"] == "HEAD":
        yield "body: the answer to HEAD has none; give GET"
    if options["body"] == "":
        yield "body: every body has nothing in it; give a text, or leave it out"
    if not options["status"] or any(status not in STATUSES for status in options["status"]):
        yield f"status: {options['status']} are no codes of HTTP; give such as [200]"
    for name, value in options["headers"].items():
        if not _token.fullmatch(str(name)) or not _value.fullmatch(str(value)):
            yield f"headers: {name!r} is no header; names have no blanks, values are of one line of Latin-1"


def _wrong_numbers(options: Options) -> Iterator[str]:
    requests, timeout = options["requests"], options["timeout"]
    if requests < 1:
        yield f"requests: {requests} requests prove nothing; give 1 or more"
    if not 0 <= options["may_fail"] < max(requests, 1):
        yield f"may_fail: {options['may_fail']} is not less than the {requests} requests"
    if timeout <= 0:
        yield f"timeout: {timeout} s is no time; give such as 5"
    if requests * timeout > LONGEST_PROBE:
        yield f"requests: {requests} of {timeout:g} s may take more than {LONGEST_PROBE} s; make fewer, or wait less"
    if options["latency_max"] is not None and not 0 < options["latency_max"] <= timeout:
        yield f"latency_max: {options['latency_max']} s is not between 0 and the timeout ({timeout:g} s)"
    if not 0 < options["latency_percentile"] <= ALL:
        yield f"latency_percentile: {options['latency_percentile']} is not within 1 and 100"


def _host_port(text: str, default: int) -> tuple[str, int] | None:
    """From host, host:port, [v6]:port."""
    try:
        parts = urlsplit(f"//{text}")
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    plain = parts.hostname and not (parts.path or parts.query or parts.fragment or "@" in text)
    return (str(parts.hostname), port or default) if plain else None


def probe_of(options: Options) -> Probe:
    """The probe that these options describe."""
    parts: SplitResult = urlsplit(options["url"])
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    return Probe(
        url=f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?..." if parts.query else ""),
        method=options["method"],
        headers=tuple((str(name), str(value)) for name, value in options["headers"].items()),
        host=host,
        authority=parts.netloc,
        address=_host_port(options["connect_to"] or "", port) or (host, port),
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        tls=parts.scheme == "https",
        verify=options["validate_certs"],
        ca_file=options["ca_file"],
        status=tuple(options["status"]),
        body=options["body"],
        requests=options["requests"],
        may_fail=options["may_fail"],
        timeout=options["timeout"],
    )


class ProbeQuestion(Question):
    """Whether a server answers as it should."""

    def __init__(self, options: Options, _now: datetime) -> None:
        self.asked = probe_of(options)
        self.probe = self.asked
        self.latency_max: float | None = options["latency_max"]
        self.percentile: int = options["latency_percentile"]

    def judge(self, answers: Answers) -> Finding:
        """Requests that did not get to the server prove nothing of it, in either direction."""
        samples, probe = answers.samples[self.asked], self.asked
        evidence = {**self._shown(), "answers": [_shown_sample(sample) for sample in samples]}
        bad = [sample for sample in samples if sample.trouble and not sample.lost]
        lost = [sample for sample in samples if sample.lost]
        if len(bad) > probe.may_fail:
            return failed(f"{len(bad)} of {len(samples)} requests failed: {bad[0].trouble}", evidence)
        if lost and len(bad) + len(lost) > probe.may_fail:
            return unknown(f"{len(lost)} of {len(samples)} requests did not get there: {lost[0].trouble}", evidence)
        if len(samples) < probe.requests:
            return unknown(f"{len(samples)} of {probe.requests} requests were made", evidence)
        return self._timed([sample.seconds for sample in samples if not sample.trouble], evidence)

    def _timed(self, seconds: Sequence[float], evidence: dict[str, object]) -> Finding:
        took = percentile(seconds, self.percentile)
        evidence = {**evidence, "latency": round(took, 4)}
        seen = f"{len(seconds)} good answers, p{self.percentile} {took:.3f} s"
        if self.latency_max is not None and took > self.latency_max:
            return failed(f"{seen}, more than {self.latency_max:g} s", evidence)
        return passed(seen, evidence)

    def _shown(self) -> dict[str, object]:
        probe = self.asked
        limit = {} if self.latency_max is None else {"latency_max": self.latency_max}
        return {
            "url": probe.url,
            "method": probe.method,
            "address": f"{probe.address[0]}:{probe.address[1]}",
            "status": list(probe.status),
            "validate_certs": probe.verify,
            "latency_percentile": self.percentile,
            "may_fail": probe.may_fail,
            **limit,
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """By the nearest rank: the smallest value that so many percent do not exceed."""
    return sorted(values)[max(1, math.ceil(percent / ALL * len(values))) - 1]


def _shown_sample(sample: Sample) -> dict[str, object]:
    return {"status": sample.status, "seconds": round(sample.seconds, 4), "trouble": sample.trouble}

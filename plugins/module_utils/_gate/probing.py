# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Making the requests of a probe."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse

from .question import Probe, Sample

LARGEST_BODY = 1 << 20
"""Bytes in which the text is looked for."""
CHUNK = 1 << 14
AGENT = "cutover.aws-traffic-gate"

NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM)
"""The request did not leave this machine, or its network: that says nothing of the server."""


class _Connection(HTTPConnection):
    """To an address that the name in the URL need not lead to. Proxies of the environment are passed over."""

    def __init__(self, probe: Probe, context: ssl.SSLContext | None) -> None:
        super().__init__(probe.host, timeout=probe.timeout)
        self._address = probe.address
        self._context = context

    def connect(self) -> None:
        """With the URL's name in TLS, whatever the address is."""
        plain = socket.create_connection(self._address, self.timeout)
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain
        except OSError:
            plain.close()
            raise


def samples_of(probe: Probe) -> Sequence[Sample]:
    """The requests of a probe, one after the other; it ends as soon as too many have failed."""
    samples: list[Sample] = []
    troubles = 0
    for sample in _requests(probe):
        samples.append(sample)
        troubles += sample.trouble is not None
        if troubles > probe.may_fail:
            break
    return samples


def _requests(probe: Probe) -> Iterator[Sample]:
    try:
        context = _context(probe)
    except (OSError, ssl.SSLError) as error:
        yield Sample(0.0, trouble=f"{probe.ca_file} holds no certificates: {error}", lost=True)
        return
    for _request in range(probe.requests):
        yield _sample(probe, context)


def _context(probe: Probe) -> ssl.SSLContext | None:
    if not probe.tls:
        return None
    context = ssl.create_default_context(cafile=probe.ca_file)
    if not probe.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _sample(probe: Probe, context: ssl.SSLContext | None) -> Sample:
    start = time.monotonic()

    def took() -> float:
        return time.monotonic() - start

    connection = _Connection(probe, context)
    try:
        connection.putrequest(probe.method, probe.target, skip_host=True, skip_accept_encoding=True)
        for name, value in _headers(probe):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = _body(response, start + probe.timeout)
        return Sample(took(), response.status, _unfit(probe, response.status, body))
    except (OSError, HTTPException) as error:
        return Sample(took(), trouble=_said(error, probe), lost=_is_lost(error))
    finally:
        connection.close()


def _headers(probe: Probe) -> Iterator[tuple[str, str]]:
    given = {name.lower() for name in dict(probe.headers)}
    own = {"Host": probe.authority, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    yield from ((name, value) for name, value in own.items() if name.lower() not in given)
    yield from probe.headers


def _body(response: HTTPResponse, deadline: float) -> bytes:
    """As much of it as is looked at. Raises TimeoutError when a server only trickles."""
    found = b""
    while len(found) < LARGEST_BODY and (chunk := response.read1(CHUNK)):
        found += chunk
        if time.monotonic() > deadline:
            raise TimeoutError
    return found


def _unfit(probe: Probe, status: int, body: bytes) -> str | None:
    if status not in probe.status:
        return f"status {status} instead of {' or '.join(map(str, probe.status))}"
    if probe.body is not None and probe.body.encode() not in body:
        return "the body lacks the text that it has to contain"
    return None


def _is_lost(error: Exception) -> bool:
    # The errno of TLS is a number of its own, not one of the system's.
    away = isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and error.errno in NO_WAY
    return away or isinstance(error, socket.gaierror)


def _said(error: Exception, probe: Probe) -> str:
    match error:
        case socket.gaierror():
            text = f"{probe.address[0]} is not found: {error.strerror}"
        case TimeoutError():
            text = f"no whole answer within {probe.timeout:g} s"
        case ssl.SSLCertVerificationError():
            text = f"the certificate is not good: {error.verify_message}"
        case ssl.SSLError():
            text = f"TLS does not come about: {error.reason or error}"
        case OSError():
            text = (error.strerror or str(error) or type(error).__name__).lower()
        case _:
            text = f"that is no HTTP: {type(error).__name__}"
    return text

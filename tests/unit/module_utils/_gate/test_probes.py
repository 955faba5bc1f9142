# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests to real little servers, and what becomes of their answers."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._gate import probing
from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Finding
from ansible_collections.cutover.aws.plugins.module_utils._gate.probes import percentile
from ansible_collections.cutover.aws.plugins.module_utils._gate.probing import samples_of
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Sample
from tests.unit.module_utils._gate.asking import asked_one, judged, of_samples
from tests.unit.module_utils._gate.servers import NAME, certificate_at, in_turn, says, serving

GOOD, SLOW = Sample(0.1, 200), Sample(0.9, 200)
BAD, LOST = Sample(0.1, 500, "status 500 instead of 200"), Sample(0.1, trouble="not found", lost=True)


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_at(tmp_path_factory.mktemp("tls") / "good.pem")


def probed(**options: Any) -> Finding:
    """The verdict after real requests."""
    one = asked_one("http", **options)
    assert one.question.probe
    return judged(one, of_samples(one, *samples_of(one.question.probe)))


JUDGED: dict[str, tuple[dict[str, Any], Sequence[Sample], str]] = {
    "all good": ({}, [GOOD] * 5, "pass"),
    "one bad": ({}, [GOOD, BAD], "fail"),
    "one bad, which is allowed": ({"may_fail": 1}, [GOOD, BAD, GOOD, GOOD, GOOD], "pass"),
    "one lost": ({}, [GOOD, LOST], "inconclusive"),
    "one lost, which is allowed": ({"may_fail": 1}, [GOOD, LOST, GOOD, GOOD, GOOD], "pass"),
    "one bad and one lost": ({"may_fail": 1}, [BAD, LOST], "inconclusive"),
    "two bad and one lost": ({"may_fail": 1}, [LOST, BAD, BAD], "fail"),
    "too few were made": ({}, [GOOD], "inconclusive"),
    "none was made": ({}, [], "inconclusive"),
    "fast enough": ({"latency_max": 0.1}, [GOOD] * 5, "pass"),
    "too slow": ({"latency_max": 0.5}, [GOOD, GOOD, GOOD, GOOD, SLOW], "fail"),
    "one may be slow": ({"latency_max": 0.5, "latency_percentile": 80}, [GOOD, GOOD, GOOD, GOOD, SLOW], "pass"),
    "slow, and nobody asks": ({}, [SLOW] * 5, "pass"),
}


@pytest.mark.parametrize(("options", "samples", "verdict"), JUDGED.values(), ids=list(JUDGED))
def test_verdicts(options: dict[str, Any], samples: Sequence[Sample], verdict: str) -> None:
    one = asked_one("http", **options)
    assert judged(one, of_samples(one, *samples)).verdict == verdict


@given(st.lists(st.sampled_from([GOOD, SLOW, BAD, LOST]), max_size=5), st.integers(0, 4))
def test_the_unknown_is_never_good(samples: list[Sample], may_fail: int) -> None:
    found = judged(asked_one("http", may_fail=may_fail), of_samples(asked_one("http", may_fail=may_fail), *samples))
    good = [sample for sample in samples if sample.trouble is None]
    assert (found.verdict == "pass") == (len(samples) == 5 and len(good) >= 5 - may_fail)


@pytest.mark.parametrize(
    ("values", "percent", "value"), [([3, 1, 2], 50, 2), ([3, 1, 2], 95, 3), ([1], 1, 1), ([2, 1], 50, 1)]
)
def test_percentiles_by_the_nearest_rank(values: list[float], percent: int, value: float) -> None:
    assert percentile(values, percent) == value


class TestServers:
    def test_a_good_one(self) -> None:
        with serving(says()) as server:
            found = probed(url=f"http://127.0.0.1:{server.port}/health?token=s3cret", body="is well", requests=3)
        assert (found.verdict, server.paths) == ("pass", ["/health?token=s3cret"] * 3)
        assert found.evidence["url"] == f"http://127.0.0.1:{server.port}/health?..."
        assert "s3cret" not in str(found)

    def test_headers_are_sent_and_not_told(self) -> None:
        with serving(says()) as server:
            headers = {"Authorization": "Bearer t0ken", "Accept": "text/plain"}
            found = probed(url=f"http://127.0.0.1:{server.port}", headers=headers, requests=1)
        (request,) = server.requests
        assert (request["headers"]["Authorization"], request["headers"]["Accept"]) == ("Bearer t0ken", "text/plain")
        assert found.verdict == "pass" and "t0ken" not in str(found)
        assert "t0ken" not in repr(asked_one("http", headers=headers).question.probe)

    def test_the_name_of_the_url_at_another_address(self) -> None:
        with serving(says()) as server:
            found = probed(url=f"http://{NAME}/x", connect_to=f"127.0.0.1:{server.port}", requests=1)
        assert (found.verdict, server.requests[0]["headers"]["Host"]) == ("pass", NAME)

    def test_proxies_of_the_environment_are_passed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        with serving(says()) as server:
            assert probed(url=f"http://127.0.0.1:{server.port}", requests=1).verdict == "pass"

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"status": [204]}, "status 200 instead of 204"),
            ({"body": "everything is well"}, "the body lacks the text that it has to contain"),
        ],
    )
    def test_another_answer(self, options: dict[str, Any], reason: str) -> None:
        with serving(says(b"my secret")) as server:
            found = probed(url=f"http://127.0.0.1:{server.port}", **options)
        assert found.verdict == "fail" and reason in found.reason
        assert "my secret" not in str(found)
        assert len(server.requests) == 1, "it goes on asking although it has failed"

    def test_redirects_are_answers(self) -> None:
        with serving(says(status=302, Location="/elsewhere")) as server:
            assert probed(url=f"http://127.0.0.1:{server.port}").verdict == "fail"
            assert probed(url=f"http://127.0.0.1:{server.port}", status=[302], requests=1).verdict == "pass"
        assert server.paths == ["/", "/"]

    def test_one_of_several_may_fail(self) -> None:
        answers = in_turn(says(), says(status=500), says())
        with serving(answers) as server:
            assert probed(url=f"http://127.0.0.1:{server.port}", may_fail=1).verdict == "pass"
        assert len(server.requests) == 5

    def test_nobody_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            found = probed(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert (found.verdict, found.reason) == ("fail", "1 of 1 requests failed: connection refused")

    def test_no_answer_in_time(self) -> None:
        over = Event()
        with serving(lambda _handler: over.wait(10) and None) as server:
            found = probed(url=f"http://127.0.0.1:{server.port}", timeout=0.1)
            over.set()
        assert found.verdict == "fail" and "no whole answer within 0.1 s" in found.reason

    def test_an_answer_that_trickles(self) -> None:
        over = Event()

        def trickle(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            for _part in range(100):
                if not over.wait(0.02):
                    handler.wfile.write(b".")

        with serving(trickle) as server:
            found = probed(url=f"http://127.0.0.1:{server.port}", timeout=0.2)
            over.set()
        assert found.verdict == "fail" and "no whole answer within 0.2 s" in found.reason

    @pytest.mark.parametrize(
        "said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"]
    )
    def test_no_http(self, said: bytes) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(said)
            handler.close_connection = True

        with serving(answer) as server:
            found = probed(url=f"http://127.0.0.1:{server.port}", body="whole", requests=1)
        assert found.verdict == "fail"

    def test_a_name_that_is_not_found_says_nothing_of_the_server(self) -> None:
        found = probed(url="http://no-such-host.invalid/")
        assert found.verdict == "inconclusive" and "no-such-host.invalid is not found" in found.reason

    @pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EHOSTUNREACH])
    def test_no_way_there_says_nothing_of_the_server(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        def unreachable(*_: Any, **__: Any) -> socket.socket:
            raise OSError(code, "unreachable")

        monkeypatch.setattr(probing.socket, "create_connection", unreachable)
        assert probed(url="http://192.0.2.1/").verdict == "inconclusive"


class TestCertificates:
    def test_a_good_one_at_another_address(self, pem: Path) -> None:
        with serving(says(), pem) as server:
            options = {"connect_to": f"127.0.0.1:{server.port}", "ca_file": str(pem), "requests": 2}
            found = probed(url=f"https://{NAME}/", **options)
        assert (found.verdict, len(server.requests)) == ("pass", 2)
        assert server.requests[0]["headers"]["Host"] == NAME

    def test_of_nobody_who_is_trusted(self, pem: Path) -> None:
        with serving(says(), pem) as server:
            found = probed(url=f"https://{NAME}/", connect_to=f"127.0.0.1:{server.port}")
        assert found.verdict == "fail" and "the certificate is not good: self-signed" in found.reason
        assert server.requests == []

    def test_for_another_name(self, pem: Path) -> None:
        with serving(says(), pem) as server:
            found = probed(url=f"https://127.0.0.1:{server.port}/", ca_file=str(pem))
        assert found.verdict == "fail" and "IP address mismatch" in found.reason

    def test_that_is_over(self, tmp_path: Path) -> None:
        old = certificate_at(tmp_path / "old.pem", days=-1, begun=9)
        with serving(says(), old) as server:
            found = probed(url=f"https://{NAME}/", connect_to=f"127.0.0.1:{server.port}", ca_file=str(old))
        assert found.verdict == "fail" and "expired" in found.reason

    def test_that_is_not_looked_at(self, pem: Path) -> None:
        with serving(says(), pem) as server:
            options = {"connect_to": f"127.0.0.1:{server.port}", "validate_certs": False, "requests": 1}
            found = probed(url=f"https://{NAME}/", **options)
        assert (found.verdict, found.evidence["validate_certs"]) == ("pass", False)

    def test_no_tls_where_tls_is_asked_for(self) -> None:
        with serving(says()) as server:
            found = probed(url=f"https://127.0.0.1:{server.port}/")
        assert found.verdict == "fail" and "TLS does not come about" in found.reason

    def test_a_file_without_certificates_says_nothing_of_the_server(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.pem"
        empty.write_text("nothing")
        found = probed(url="https://127.0.0.1:9/", ca_file=str(empty))
        assert found.verdict == "inconclusive" and "empty.pem holds no certificates" in found.reason

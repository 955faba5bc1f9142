# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command line against real processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local_cloud import cli, daemon
from local_cloud.cli import main
from local_cloud.client import Client
from local_cloud.daemon import Daemon, require_dependencies
from local_cloud.errors import LocalCloudError
from local_cloud.process import is_alive, process_start
from local_cloud.server import LOOPBACK, HttpServer
from local_cloud.testing import boto3_client

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(words))
        return code, *capsys.readouterr()

    return command


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    made = Daemon(tmp_path_factory.mktemp("state"))
    made.start(port=0, time_scale=0)
    yield made
    made.stop()


def test_its_life(run: Run, tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    code, out, _ = run("start", "--port", "0", *state)
    assert code == 0
    assert "local cloud at http://127.0.0.1:" in out
    code, out, _ = run("status", "--json", *state)
    status = json.loads(out)
    assert (code, status["running"]) == (0, True)
    pid, started = status["pid"], process_start(status["pid"])
    assert is_alive(pid, started)
    assert run("start", *state)[0] == 0, "starting it twice is no error"
    assert json.loads(run("status", "--json", *state)[1])["pid"] == pid
    code, _, err = run("start", "--port", "1", *state)
    assert (code, len(err.splitlines())) == (1, 1)
    boto3_client(status["endpoint"], "sns").create_topic(Name="one")
    code, out, _ = run("calls", "--writes", "--json", *state)
    assert [json.loads(line)["operation"] for line in out.splitlines()] == ["CreateTopic"]
    assert "sns:CreateTopic" in run("calls", *state)[1]
    assert run("reset", *state)[0] == 0
    assert boto3_client(status["endpoint"], "sns").list_topics()["Topics"] == []
    code, out, _ = run("stop", *state)
    assert (code, out) == (0, "local cloud stopped\n")
    assert not is_alive(pid, started)
    assert run("stop", *state) == (0, "", "")
    code, _, err = run("status", *state)
    assert (code, err.count("\n")) == (1, 1)
    assert "serving at" in run("logs", *state)[1]


def test_two_at_once(running: Daemon, tmp_path: Path) -> None:
    other = Daemon(tmp_path)
    try:
        second = other.start(port=0)
        first = running.require()
        assert first["port"] != second["port"]
        boto3_client(second["endpoint"], "sns").create_topic(Name="only-here")
        assert boto3_client(first["endpoint"], "sns").list_topics()["Topics"] == []
    finally:
        other.stop()


def test_a_port_in_use(run: Run, running: Daemon, tmp_path: Path) -> None:
    port = str(running.require()["port"])
    code, out, err = run("start", "--port", port, "--state-dir", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.startswith(f"local_cloud: error: port {port} on 127.0.0.1 cannot be used: Address already in use; ")
    assert "--port" in err


def test_a_dead_process(run: Run, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    _pretend(tmp_path, pid=ended.pid, port=1)
    code, _, err = run("status", "--state-dir", str(tmp_path))
    assert (code, "is gone" in err, err.count("\n")) == (1, True, 1)
    assert run("stop", "--state-dir", str(tmp_path)) == (0, "", "")
    assert not (tmp_path / "server.json").exists()


def test_a_process_that_was_given_the_same_id_is_left_alone(run: Run, tmp_path: Path) -> None:
    foreign = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        _pretend(tmp_path, pid=foreign.pid, port=1, started="1")
        assert run("stop", "--state-dir", str(tmp_path)) == (0, "", "")
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_another_server_on_the_port_is_not_ours(run: Run, running: Daemon, tmp_path: Path) -> None:
    """It may even be a local cloud: the token tells."""
    _pretend(tmp_path, pid=os.getpid(), port=running.require()["port"])
    code, _, err = run("status", "--state-dir", str(tmp_path))
    assert (code, "does not answer" in err) == (1, True)
    with pytest.raises(LocalCloudError, match="token"):
        Client(running.require()["endpoint"]).stop("guessed")
    assert running.status() is not None


def test_what_is_not_a_local_cloud() -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer((LOOPBACK, 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(LocalCloudError, match="not a local cloud"):
            Client(f"http://{LOOPBACK}:{server.server_port}").status()
        server.shutdown()


def test_a_missing_dependency(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(daemon.NEEDED, "no_such_module", "no-such-package")
    with pytest.raises(LocalCloudError, match="no-such-package"):
        require_dependencies()
    code, _, err = run("start", "--port", "0", "--state-dir", str(tmp_path))
    assert (code, err.count("\n")) == (1, 1)


def test_an_interpreter_without_moto_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S -c "raise SystemExit(1)"\n')
    broken.chmod(0o755)
    with pytest.raises(LocalCloudError, match="ended without a word"):
        Daemon(tmp_path / "state", python=str(broken)).start(port=0)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["start", "--port", "many"],
        ["start", "--port", "70000"],
        ["start", "--host", "0.0.0.0"],
        ["start", "--bind", "0.0.0.0"],
        ["start", "--time-scale", "-1"],
    ],
)
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_it_listens_on_loopback_and_nowhere_else(running: Daemon) -> None:
    status = running.require()
    for port in (status["port"], int(status["dns"].split(":")[1])):
        assert _listeners(port) == {"0100007F"}
    with HttpServerOnAnyPort() as server:
        assert server.server_address[0] == "127.0.0.1"


class HttpServerOnAnyPort:
    def __enter__(self) -> HttpServer:
        self._server = HttpServer(0)
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.server_close()


def _listeners(port: int) -> set[str]:
    """Local addresses, in the kernel's hexadecimal, of every socket bound to a port."""
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            address, number = fields[1].split(":")
            if int(number, 16) == port and fields[3] in ("0A", "07"):
                found.add(address)
    return found


def test_faults_and_time_by_command(run: Run, running: Daemon) -> None:
    state = ("--state-dir", str(running.state_dir))
    code, out, _ = run("faults", "rough", *state)
    assert (code, len(json.loads(out))) == (0, len(cli.ROUGH_WEATHER))
    assert json.loads(run("faults", "off", *state)[1]) == []
    assert json.loads(run("faults", '[{"kind": "throttle", "times": 1}]', *state)[1])[0]["kind"] == "throttle"
    run("faults", "off", *state)
    for bad in ("{}", "[{}]", "@/nowhere", "nonsense"):
        code, _, err = run("faults", bad, *state)
        assert (code, err.count("\n")) == (1, 1)
    assert "0.5 seconds" in run("time", "0.5", *state)[1]
    assert "0.0 seconds" in run("time", "0", *state)[1]


def test_rules_from_a_file(run: Run, running: Daemon, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('[{"kind": "latency", "seconds": 0}]')
    state = ("--state-dir", str(running.state_dir))
    assert json.loads(run("faults", f"@{file}", *state)[1])[0]["kind"] == "latency"
    run("faults", "off", *state)


def test_a_command_under_the_guard(running: Daemon) -> None:
    root = str(Path(daemon.__file__).parent.parent)
    command = [
        sys.executable,
        "-m",
        "local_cloud",
        "exec",
        "--state-dir",
        str(running.state_dir),
        "--region",
        "eu-west-1",
    ]
    done = subprocess.run(
        [*command, "--", sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"],
        env={**os.environ, "PYTHONPATH": root, "AWS_PROFILE": "production", "HTTPS_PROXY": "http://proxy"},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    status = running.require()
    assert (seen["AWS_ENDPOINT_URL"], seen["LOCAL_CLOUD_DNS"]) == (status["endpoint"], status["dns"])
    assert seen["AWS_REGION"] == seen["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not {"AWS_PROFILE", "HTTPS_PROXY"} & set(seen)


def test_exec_refuses_when_nothing_runs(run: Run, tmp_path: Path) -> None:
    code, _, err = run("exec", "--state-dir", str(tmp_path), "--", "true")
    assert (code, err.count("\n")) == (1, 1)


def test_the_environment_for_eval(run: Run, running: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    _, out, _ = run("env", "--state-dir", str(running.state_dir))
    lines = out.splitlines()
    assert "unset AWS_PROFILE" in lines
    assert f"export AWS_ENDPOINT_URL={running.require()['endpoint']}" in lines


def test_control_calls_need_their_header(running: Daemon) -> None:
    endpoint = running.require()["endpoint"]
    host, port = endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"POST /_local-cloud/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 403")


def _pretend(directory: Path, pid: int, port: int, started: str | None = None) -> None:
    state = {
        "pid": pid,
        "process_start": started or process_start(pid) or "0",
        "port": port,
        "endpoint": f"http://{LOOPBACK}:{port}",
        "token": "ours",
    }
    (directory / "server.json").write_text(json.dumps(state))

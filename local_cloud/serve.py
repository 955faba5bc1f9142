# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The daemon's own side: `python -m local_cloud.serve`, started by `local_cloud start` and not by people."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from local_cloud import guard
from local_cloud.cloud import Cloud
from local_cloud.daemon import CALLS_FILE, STATE_FILE
from local_cloud.errors import LocalCloudError
from local_cloud.process import process_start
from local_cloud.server import Server


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="local_cloud.serve")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--dns-port", type=int, required=True)
    parser.add_argument("--time-scale", type=float, required=True)
    options = parser.parse_args(arguments)
    try:
        _serve(options)
    except (LocalCloudError, ImportError) as error:
        print(f"local_cloud: error: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(options: argparse.Namespace) -> None:
    state_dir: Path = options.state_dir
    cloud = Cloud(log_path=state_dir / CALLS_FILE, time_scale=options.time_scale)
    server = Server(cloud, options.port, options.dns_port)
    environment = guard.guarded(os.environ, server.endpoint)
    os.environ.clear()
    os.environ.update(environment)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.control.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    cloud.log.reset()
    server.start()
    state_file = state_dir / STATE_FILE
    _write(state_file, server)
    print(f"local cloud: serving at {server.endpoint}", flush=True)
    server.control.stopping.wait()
    state_file.unlink(missing_ok=True)
    server.stop()
    print("local cloud: stopped", flush=True)


def _write(path: Path, server: Server) -> None:
    state = {
        "pid": os.getpid(),
        "process_start": process_start(os.getpid()),
        "port": server.port,
        "endpoint": server.endpoint,
        "token": server.control.token,
    }
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(state))
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())

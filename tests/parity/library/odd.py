#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A module that behaves in one of many ways that modules should not, or seldom do."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.respawn import has_respawned, respawn_module

RESULT = b'{"changed": true, "answer": 42}'


def write(out: bytes = b"", err: bytes = b"", status: int = 0) -> NoReturn:
    """Instead of exit_json."""
    os.write(1, out)
    os.write(2, err)
    os._exit(status)


def surroundings(module: AnsibleModule) -> None:
    module.exit_json(
        arguments=sys.argv,
        flags=str(sys.flags),
        executable=sys.executable,
        version=sys.version,
        prefix=sys.prefix,
        directory=os.getcwd(),
        umask=os.umask(0o022),
        environment={name: value for name, value in os.environ.items() if name != "_"},
        stdin=sys.stdin.read(),
        encodings=[sys.stdin.encoding, sys.stdout.encoding, sys.getfilesystemencoding()],
        terminal=[os.isatty(number) for number in range(3)],
        signals=[str(signal.getsignal(number)) for number in (1, 2, 3, 13, 15, 17)],
        threads=[thread.name for thread in threading.enumerate()],
        user=[os.getuid(), os.getgid(), os.getgroups()],
        path=[place for place in sys.path if "ansible" not in place],
        file=Path(__file__).name,
        module=[__name__, str(__package__), __doc__],
        leaders=[os.getpid() == os.getsid(0) or os.getpid() != os.getpgrp()],
    )


def warn(module: AnsibleModule) -> None:
    module.warn("Mind the gap → and the größere Lücke")
    module.warn("twice")
    module.warn("twice")
    module.deprecate("old by version", version="9.0.0", collection_name="cutover.aws")
    module.deprecate("old by date", date="2030-01-01", collection_name="community.aws")
    module.exit_json(changed=False, warnings=["a third"], deprecations=["in the result"])


def secrets(module: AnsibleModule) -> None:
    module.exit_json(
        changed=True, said=f"the word is {module.params['secret']}!", nested={"a": [module.params["secret"]]}
    )


def differ(module: AnsibleModule) -> None:
    module.exit_json(
        changed=True,
        diff={"before": "ä\n", "after": "ö\n", "before_header": "one", "after_header": "two"},
        check_mode=module.check_mode,
        asked=module._diff,
    )


def run(module: AnsibleModule) -> None:
    outcome = module.run_command(["sh", "-c", "cat; echo out; echo err >&2; exit 3"], data="in")
    module.exit_json(outcome=outcome, descriptors=module.run_command(["ls", "/proc/self/fd"])[1])


def respawn(module: AnsibleModule) -> None:
    if not has_respawned():
        respawn_module(sys.executable)
    module.exit_json(respawned=has_respawned(), changed=True)


def lack(module: AnsibleModule) -> None:
    try:
        import no_such_library  # noqa: F401, PLC0415  (its lack is the point)
    except ImportError as error:
        module.fail_json(msg=missing_required_lib("no_such_library").split(" (")[1], exception=error)


def chain(module: AnsibleModule) -> None:
    try:
        raise ValueError("cause → ünïcode")
    except ValueError as error:
        raise OSError(5, "effect") from error


def late(module: AnsibleModule) -> None:
    threading.Timer(0.1, write, [RESULT]).start()


def daemon(module: AnsibleModule) -> None:
    if os.fork() == 0:
        os.closerange(0, 3)
        time.sleep(0.3)
        os._exit(0)
    module.exit_json(changed=True)


def kill(number: int) -> Callable[[AnsibleModule], None]:
    return lambda module: os.kill(os.getpid(), number)


def leave(module: AnsibleModule) -> None:
    sys.exit("a text as status")


def interrupt(module: AnsibleModule) -> None:
    raise KeyboardInterrupt


def shut(module: AnsibleModule) -> None:
    sys.stdout.close()


BEHAVIOURS: dict[str, Callable[[AnsibleModule], object]] = {
    "surroundings": surroundings,
    "warn": warn,
    "secrets": secrets,
    "differ": differ,
    "run": run,
    "respawn": respawn,
    "lack": lack,
    "chain": chain,
    "late": late,
    "daemon": daemon,
    "SIGKILL": kill(9),
    "SIGTERM": kill(15),
    "SIGSEGV": kill(11),
    "leave": leave,
    "interrupt": interrupt,
    "shut": shut,
    "fail": lambda module: module.fail_json(msg="schlägt fehl", why="ünïcode", rc=7, changed=True),
    "large": lambda module: module.exit_json(text="x" * 3_000_000),
    "no change said": lambda module: module.exit_json(),
    "surrogate": lambda module: module.exit_json(text=b"\xff\xfe".decode("utf-8", "surrogateescape")),
    "stderr": lambda module: write(RESULT, "größer\n".encode()),
    "stderr not UTF-8": lambda module: write(RESULT, b"\xff\xfe\n"),
    "junk before": lambda module: write(b"hello\n" + RESULT),
    "junk after": lambda module: write(RESULT + b"\nbye\n"),
    "nothing": lambda module: write(),
    "no JSON": lambda module: write(b"{not JSON", b"and why\n", 1),
    "JSON of another kind": lambda module: write(b"[1, 2]"),
    "status": lambda module: write(RESULT, b"", 5),
    "status alone": lambda module: write(b"", b"", 7),
    "output not UTF-8": lambda module: write(b'{"text": "\xff"}'),
    "slow": lambda module: time.sleep(3),
}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "behaviour": {"choices": sorted(BEHAVIOURS), "required": True},
            "secret": {"no_log": True},
            "one": {"type": "int"},
            "other": {"type": "dict"},
        },
        mutually_exclusive=[("one", "other")],
        supports_check_mode=True,
    )
    BEHAVIOURS[module.params["behaviour"]](module)


if __name__ == "__main__":
    main()

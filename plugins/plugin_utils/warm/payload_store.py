# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible has built to send, kept from one run to the next.

For each module Ansible follows the imports of its source and packs an archive of code, without arguments, a quarter of
a second for one of amazon.aws. It keeps that for the run, in a file of the run's temporary directory, and looks there
first. In the first task that directory gets copies of what earlier runs have built of the very same files, which are
the run's own from then on; what a run has built itself is copied into the store. Core's names for these files are the
only private part: where they are others, nothing is kept, and everything works as without.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import os
import pickle
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

BUILT = "ansiballz_cache"
"""Where Ansible keeps what it has built, in the temporary directory of a run."""
KEPT = ("ansible_collections.", "-none")
"""How the names of what is kept begin and end: of a collection, whose name says where it is; without a debugger."""
MADE_UP = ("ansible/__init__.py", "ansible/module_utils/__init__.py")
"""Of these core writes others than it has itself."""
PLACES = ".places"
"""The file that says for which places a run's directory was set up. Ansible's own names do not begin with a dot."""
SEEN = ".seen"
"""The directory that has a file for each payload of a run that needs no look any more: it was offered, kept, or is not
to be kept."""
OFFERED = b"offered"
DAYS_KEPT = 14
"""A store that no run has used for so long is removed."""

State = list[int]


def exchange(run: str, store: str) -> None:
    """Gives a run what is kept, the first time; keeps what it has built since, from then on.

    run is the temporary directory of a run of Ansible, store a directory of this user alone, since what lies there is
    executed. Where that cannot be done, or core's files look otherwise, each run builds what it needs.
    """
    built = Path(run, BUILT)
    with suppress(Exception):  # whatever it is: this makes runs quicker, and no run may fail for it
        places = _places()
        if _is_first(built, places):
            _tidy(Path(store), places)
            _offer(built, Path(store, places))
        elif (built / PLACES).read_text() == places:
            _keep(built, Path(store, places))
        else:
            _withdraw(built)


def _is_first(built: Path, places: str) -> bool:
    """Whether this process, of those that run tasks, is the one to set up the run's directory."""
    try:
        (built / SEEN).mkdir()
    except FileExistsError:
        return False
    (built / PLACES).write_text(places)
    return True


def _places() -> str:
    """Changes with all that decides which file an import means: versions, search paths, and the collections there."""
    content = repr([sys.executable, sys.version, _core().__version__, [(path, _state(path)) for path in _paths()]])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _paths() -> Iterator[str]:
    """Those that there are, in order."""
    from ansible.utils.collection_loader import AnsibleCollectionConfig  # noqa: PLC0415  (core's, see `exchange`)

    yield from filter(os.path.isdir, _module_utils())
    for path in [*AnsibleCollectionConfig.playbook_paths, *AnsibleCollectionConfig.collection_paths]:
        root = os.path.join(path, "ansible_collections")
        if os.path.isdir(root):
            yield root
            yield from sorted(entry.path for entry in os.scandir(root) if entry.is_dir())


def _module_utils() -> list[str]:
    from ansible.plugins.loader import module_utils_loader  # noqa: PLC0415  (core's, see `exchange`)

    return str(module_utils_loader.print_paths()).split(os.pathsep)


def _core() -> Any:
    import ansible  # noqa: PLC0415  (core's, see `exchange`)

    return ansible


def _tidy(store: Path, places: str) -> None:
    """Marks the run's store as used, and removes those that are used no more."""
    kept = store / places
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(kept)
    for other in store.iterdir():
        if other.stat().st_mtime < time.time() - DAYS_KEPT * 86400:
            shutil.rmtree(other, ignore_errors=True)


def _offer(built: Path, kept: Path) -> None:
    state = cache(_state)
    for entry in kept.glob(f"{KEPT[0]}*"):
        with suppress(ValueError, KeyError):
            head, content = entry.read_bytes().split(b"\n", 1)
            said = json.loads(head)
            is_whole = said["sha256"] == hashlib.sha256(content).hexdigest()
            if is_whole and all(state(path) == found for path, found in said["sources"]):
                _give(built, entry.name, content)


def _give(built: Path, name: str, content: bytes) -> None:
    if not (built / name).exists():
        _write(built / name, content)
        (built / SEEN / name).write_bytes(OFFERED)


def _keep(built: Path, kept: Path) -> None:
    seen = set(os.listdir(built / SEEN))
    for path in built.iterdir():
        if path.name.startswith(KEPT[0]) and path.name.endswith(KEPT[1]) and path.name not in seen:
            (built / SEEN / path.name).touch()
            content = path.read_bytes()
            sources = _sources(content, path.stat().st_mtime_ns)
            if sources is not None:
                head = json.dumps({"sha256": hashlib.sha256(content).hexdigest(), "sources": sources})
                _write(kept / path.name, head.encode() + b"\n" + content)


def _withdraw(built: Path) -> None:
    """The search paths have changed in the run, by a role that has module_utils: it builds anew what it was offered."""
    for mark in (built / SEEN).iterdir():
        if mark.read_bytes() == OFFERED:
            (built / mark.name).unlink(missing_ok=True)
            mark.write_bytes(b"")


def _sources(content: bytes, built_at: int) -> list[tuple[str, State]] | None:
    """The files that it was built of, their directories, and what would come before them, with their states.

    None where that is not certain, because something has changed since built_at, or has another content.
    """
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(pickle.loads(content).zip_data)))
    found: dict[str, State] = {}
    module_utils = _module_utils()
    for name in archive.namelist():
        candidates = _candidates(name, module_utils)
        path = candidates[-1]
        for place in candidates:
            for one in (place, os.path.dirname(place)):
                found[one] = _state(one)  # before its content is read; a new file in a directory may be an import's
        is_there = bool(found[path])
        if name not in MADE_UP and archive.read(name) != (Path(path).read_bytes() if is_there else b""):
            return None
        if not is_there and not name.endswith("/__init__.py"):
            return None
    return sorted(found.items()) if all(max(state[1:3], default=0) < built_at for state in found.values()) else None


def _candidates(name: str, module_utils: list[str]) -> list[str]:
    """Where Ansible has looked for what the archive has under this name; the last is where it is, or would be.

    module_utils: where it looks for its own.
    """
    match name.split("/"):
        case ["ansible_collections", namespace, collection, *parts] if parts:
            spec = importlib.util.find_spec(f"ansible_collections.{namespace}.{collection}")
            roots = list(spec.submodule_search_locations or ()) if spec else []
            # Where imports are redirected; it is looked at beside each file.
            beside = [os.path.join(root, "meta", "runtime.yml") for root in roots]
        case ["ansible", "module_utils", *parts]:
            roots, beside = module_utils, []
        case parts:
            roots, beside = [os.path.dirname(os.path.dirname(_core().__file__))], []
    places = [os.path.join(root, *parts) for root in roots]
    there = next((index for index, place in enumerate(places) if os.path.exists(place)), len(places) - 1)
    return [*beside, *places[: there + 1]]


def _state(path: str) -> State:
    """Of a file or directory: size, times and number; empty where there is none."""
    with suppress(OSError):
        found = os.stat(path)
        return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    return []


def _write(path: Path, content: bytes) -> None:
    """Aside and renamed, so that a reader never sees half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)

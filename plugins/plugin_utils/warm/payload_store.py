# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible has built to send, kept from one run to the next.

For each module Ansible follows the imports of its source and packs an archive, a quarter of a second for one of
amazon.aws. It keeps that for the run, in a file of the run's temporary directory, and looks there first. In the
first task that directory gets links to what earlier runs have built of the very same files; what a run has built itself
is moved into the store and linked. Core's names for these files are the only private part: where they are others,
nothing is kept, and everything works as without.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import os
import pickle
import sys
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import ansible
from ansible.plugins.loader import module_utils_loader
from ansible.release import __version__ as core_version
from ansible.utils.collection_loader import AnsibleCollectionConfig

BUILT = "ansiballz_cache"
"""Where Ansible keeps what it has built, in the temporary directory of a run."""
KEPT = ("ansible_collections.", "-none")
"""How the names of what is kept begin and end: of a collection, whose name says where it is; without a debugger."""
MADE_UP = ("ansible/__init__.py", "ansible/module_utils/__init__.py")
"""Of these core writes others than it has itself."""
MARK = ".places"
"""The file that says for which places a run's directory was set up. Ansible's own names do not begin with a dot."""


def exchange(run: str, store: str) -> None:
    """Gives a run what is kept, the first time; keeps what it has built since, from then on.

    run is the temporary directory of a run of Ansible, store a directory of this user alone, since what lies there is
    executed. Where that cannot be done, or core's files look otherwise, each run builds what it needs.
    """
    built, places = Path(run, BUILT), _places()
    with suppress(OSError, ValueError, LookupError, AttributeError, pickle.PickleError, zipfile.BadZipFile):
        if _is_first(built / MARK, places):
            _offer(built, Path(store, places))
        elif (built / MARK).read_text() == places:
            _keep(built, Path(store, places))


def _is_first(mark: Path, places: str) -> bool:
    """Whether this process, of those that run tasks, is the one to set up the run's directory."""
    try:
        with mark.open("x") as file:
            file.write(places)
    except FileExistsError:
        return False
    return True


def _places() -> str:
    """Changes with all that decides which file an import means: versions, search paths, and what lies in them."""
    paths = [
        *AnsibleCollectionConfig.collection_paths,
        *AnsibleCollectionConfig.playbook_paths,
        *module_utils_loader.print_paths().split(os.pathsep),
    ]
    content = repr([sys.executable, sys.version, core_version, [(path, _state(path)) for path in paths]])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _offer(built: Path, kept: Path) -> None:
    state = cache(_state)
    for listing in kept.glob("*.json"):
        if all(state(path) == found for path, found in json.loads(listing.read_bytes())):
            with suppress(FileExistsError):
                (built / listing.stem).symlink_to(listing.with_suffix(""))


def _keep(built: Path, kept: Path) -> None:
    for path in built.iterdir():
        if path.name.startswith(KEPT[0]) and path.name.endswith(KEPT[1]) and not path.is_symlink():
            content = path.read_bytes()
            sources = _sources(content)
            if sources is not None:
                kept.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(kept / path.name, content)
                _write(kept / f"{path.name}.json", json.dumps(sources).encode())
                _link(path, kept / path.name)


def _sources(content: bytes) -> list[tuple[str, list[int]]] | None:
    """The files that it was built of, and their directories, with their states; None where that is not certain."""
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(pickle.loads(content).zip_data)))
    found: dict[str, list[int]] = {}
    for name in archive.namelist():
        path = _source(name)
        for place in (path, os.path.dirname(path)):
            found[place] = _state(place)  # before its content is read; a new file in a directory may be an import's
        if not found[path] and name.endswith("/__init__.py"):
            continue  # a package that is none on the controller
        if name not in MADE_UP and Path(path).read_bytes() != archive.read(name):
            return None
    return sorted(found.items())


def _source(name: str) -> str:
    """Where Ansible has found what the archive has under this name, or would find it."""
    match name.split("/"):
        case ["ansible_collections", namespace, collection, *parts] if parts:
            spec = importlib.util.find_spec(f"ansible_collections.{namespace}.{collection}")
            roots = list(spec.submodule_search_locations or ()) if spec else []
        case ["ansible", "module_utils", *parts]:
            roots = module_utils_loader.print_paths().split(os.pathsep)
        case parts:
            roots = [os.path.dirname(os.path.dirname(ansible.__file__))]
    places = [os.path.join(root, *parts) for root in roots]
    return next((place for place in places if os.path.exists(place)), places[-1])


def _state(path: str) -> list[int]:
    """Of a file or directory; empty where there is none."""
    with suppress(OSError):
        found = os.stat(path)
        return [found.st_size, found.st_mtime_ns, found.st_ino]
    return []


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def _link(path: Path, target: Path) -> None:
    """Replaces a file by a link. Another process of the run may have done it already."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.symlink_to(target)
    aside.replace(path)

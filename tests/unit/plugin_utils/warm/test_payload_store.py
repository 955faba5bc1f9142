# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible has built for one run serves the next, as long as it would build the very same again."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

MODULE = """\
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.acme.tools.plugins.module_utils.word import WORD
try:
    from ansible_collections.acme.tools.plugins.module_utils.more import MORE
except ImportError:
    MORE = ""
try:
    from ansible.module_utils.over import OVER
except ImportError:
    OVER = ""
AnsibleModule({}).exit_json(said=WORD + MORE + OVER)
"""
PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ lookup('cutover.aws.warm_python') }}"
  tasks:
    - ansible.builtin.ping:
    - acme.tools.say:
      register: answer
    - ansible.builtin.shell: "{{ lookup('env', 'MEANWHILE') }}"
    - acme.tools.say:
      register: answer
    - ansible.builtin.debug:
        msg: said={{ answer.said }}!
"""


@dataclass
class World:
    """A collection of one module, and a playbook that asks it what it says. The first module of a run is none of it."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def say(self, word: str, collections: str = "first") -> Path:
        plugins = f"{collections}/ansible_collections/acme/tools/plugins"
        self.write(f"{plugins}/modules/say.py", MODULE)
        return self.write(f"{plugins}/module_utils/word.py", f"WORD = {word!r}\n")

    def said(self, collections: str = "first", meanwhile: str = "true", **environment: str) -> str:
        playbook = self.write("play.yml", PLAYBOOK)
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", str(playbook)],
            env={
                **os.environ,
                "TMPDIR": str(self.root),
                "ANSIBLE_COLLECTIONS_PATH": str(self.root / collections),
                "ANSIBLE_PIPELINING": "1",
                "ANSIBLE_LOCAL_TEMP": str(self.root / "local"),
                "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal",
                "MEANWHILE": meanwhile,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.partition("said=")[2].partition("!")[0]

    @property
    def kept(self) -> list[Path]:
        return sorted(self.root.glob("cutover-warm-*/private/payloads/*/ansible_collections.acme.*-none"))


@pytest.fixture
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="p", dir="/tmp") as directory:
        yield World(Path(directory))


def rewrite(payload: Path, old: bytes, new: bytes) -> None:
    """Changes what is kept, so that it shows whether it is used."""
    head, _, content = payload.read_bytes().partition(b"\n")
    built = pickle.loads(content)
    archive, changed = zipfile.ZipFile(io.BytesIO(base64.b64decode(built.zip_data))), io.BytesIO()
    with zipfile.ZipFile(changed, "w") as file:
        for name in archive.namelist():
            file.writestr(name, archive.read(name).replace(old, new))
    content = pickle.dumps(dataclasses.replace(built, zip_data=base64.b64encode(changed.getvalue())))
    said = {**json.loads(head), "sha256": hashlib.sha256(content).hexdigest()}
    payload.write_bytes(json.dumps(said).encode() + b"\n" + content)


def test_the_next_run_sends_what_the_last_one_has_built(world: World) -> None:
    world.say("word")
    assert world.said() == "word"
    (kept,) = world.kept
    rewrite(kept, b"'word'", b"'kept'")
    assert world.said() == "kept"
    assert world.kept == [kept]


def test_an_edit_counts_at_once(world: World) -> None:
    word = world.say("word")
    world.said()
    rewrite(world.kept[0], b"'word'", b"'kept'")
    before = word.stat()
    word.write_text("WORD = 'edit'\n")
    assert word.stat().st_size == before.st_size
    assert world.said() == "edit"
    rewrite(world.kept[0], b"'edit'", b"'anew'")
    assert world.said() == "anew"


def test_a_file_that_an_import_did_not_find_counts_once_it_is_there(world: World) -> None:
    word = world.say("word")
    world.said()
    word.with_name("more.py").write_text("MORE = ' and more'\n")
    assert world.said() == "word and more"


def test_another_copy_of_the_collection_has_its_own(world: World) -> None:
    world.say("word")
    world.say("other", "second")
    assert [world.said(), world.said("second"), world.said()] == ["word", "other", "word"]
    assert len(world.kept) == 2


def test_a_directory_of_module_utils_in_front_of_core_s_counts(world: World) -> None:
    world.say("word")
    world.said()
    path = world.write("overrides/over.py", "OVER = ' over'\n").parent
    assert world.said(ANSIBLE_MODULE_UTILS=str(path)) == "word over"
    assert world.said() == "word"


def test_a_collection_that_is_installed_in_front_counts_at_once(world: World) -> None:
    both = f"{world.root}/first:{world.root}/second"
    world.write("first/ansible_collections/acme/other/README.md", "of the same namespace\n")
    world.say("behind", "second")
    assert world.said(ANSIBLE_COLLECTIONS_PATH=both) == "behind"
    world.say("in front", "first")
    assert world.said(ANSIBLE_COLLECTIONS_PATH=both) == "in front"


def test_a_run_sends_the_same_from_its_first_task_to_its_last(world: World) -> None:
    word = world.say("word")
    world.said()
    meanwhile = f"echo \"WORD = 'edit'\" > {word} && rm -r {world.root}/cutover-warm-*/private/payloads"
    assert world.said(meanwhile=meanwhile) == "word"
    assert world.said() == "edit"


@pytest.mark.parametrize("harm", ["cut off", "zeros", "no listing"])
def test_what_is_kept_and_damaged_is_not_used(world: World, harm: str) -> None:
    world.say("word")
    world.said()
    (kept,) = world.kept
    rewrite(kept, b"'word'", b"'kept'")
    head, _, content = kept.read_bytes().partition(b"\n")
    damaged = {
        "cut off": head + b"\n" + content[:-9],
        "zeros": head + b"\n" + bytes(len(content)),
        "no listing": content,
    }
    kept.write_bytes(damaged[harm])
    assert world.said() == "word"


def test_what_is_kept_is_closed_to_others(world: World) -> None:
    world.say("word")
    world.said()
    (kept,) = world.kept
    assert all(path.stat().st_mode & 0o77 == 0 for path in (kept.parent, kept.parents[2]))


def test_what_no_run_uses_any_more_is_removed(world: World) -> None:
    world.say("word")
    world.said()
    (kept,) = world.kept
    old, new = kept.parents[1] / "old", kept.parents[1] / "new"
    for store in (old, new):
        store.mkdir()
    os.utime(old, (0, 0))
    world.said()
    assert (old.exists(), new.exists(), kept.exists()) == (False, True, True)

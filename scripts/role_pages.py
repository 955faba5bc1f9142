#!/usr/bin/env python3
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes each role's README.md from its argument specification, or with --check says which are out of date."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Options = dict[str, Any]
"""What an entry point takes: the specification of each variable."""

ROOT = Path(__file__).resolve().parents[1]
SHARED = ("cutover_stack", "cutover_aws", "cutover_found", "cutover_full", "cutover_reading", "cutover_settle")
UNDOING = "destroy"
LONGEST_DEFAULT = 60
MARKUP = re.compile(r"\b(?:[COVEPM]|RV)\(([^)]*)\)")


def main(arguments: Sequence[str]) -> int:
    """0 when every page is as it should be."""
    stale = []
    for specification in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        page, text = specification.parents[1] / "README.md", role_page(specification)
        if "--check" not in arguments:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            stale.append(str(page.relative_to(ROOT)))
    for name in stale:
        print(f"{name} is not what its argument specification says; run scripts/role_pages.py", file=sys.stderr)
    return 1 if stale else 0


def role_page(specification: Path) -> str:
    """The whole page of one role."""
    role = specification.parents[1].name
    entries = yaml.safe_load(specification.read_text(encoding="utf-8"))["argument_specs"]
    building = {name: entry for name, entry in entries.items() if not name.startswith(UNDOING)}
    undoing = {name: entry for name, entry in entries.items() if name.startswith(UNDOING)}
    lines = [
        f"# cutover.aws.{role}",
        "",
        "<!-- Made by scripts/role_pages.py from meta/argument_specs.yml: change it there. -->",
    ]
    told: dict[str, Options] = {}
    for name, entry in building.items():
        lines += ["", *_entry(role, name, entry, told)]
    lines += [
        "",
        "## How to undo it",
        "",
        "`playbooks/destroy.yml` removes the whole stack; it calls these entry points.",
    ]
    for name, entry in undoing.items():
        lines += ["", *_entry(role, name, entry, told)]
    lines += ["", "How a role works inside is told in [the architecture](../../docs/architecture.md)."]
    return "\n".join(lines) + "\n"


def _entry(role: str, name: str, entry: Mapping[str, Any], told: dict[str, Options]) -> Iterator[str]:
    """Its section; told are the variables of the entry points before it, so that a table is written once."""
    yield f"## {entry['short_description']}" if not name.startswith(UNDOING) else f"### {entry['short_description']}"
    yield ""
    yield f"Entry point `{name}` of the role `cutover.aws.{role}`."
    for paragraph in _paragraphs(entry["description"]):
        yield ""
        yield paragraph
    own = {option: spec for option, spec in entry.get("options", {}).items() if option not in SHARED}
    same = next((other for other, options in told.items() if options == own), None)
    told[name] = own
    if own and same:
        yield from ["", f"The variables are those of `{same}`."]
    elif own:
        yield from ["", "| variable | type | default | what it is |", "| --- | --- | --- | --- |"]
        yield from (_row(option, spec) for option, spec in own.items())


def _row(option: str, spec: Mapping[str, Any]) -> str:
    kind = spec.get("type", "str") + (f" of {spec['elements']}" if "elements" in spec else "")
    default = "required" if spec.get("required") else _default(spec.get("default"))
    told = " ".join(_paragraphs(spec["description"])).replace("|", "\\|")
    choices = f" One of {', '.join(f'`{choice}`' for choice in spec['choices'])}." if "choices" in spec else ""
    return f"| `{option}` | {kind} | {default} | {told}{choices} |"


def _default(value: Any) -> str:
    if value is None:
        return ""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("...\n").strip()
    return f"`{text}`" if len(text) <= LONGEST_DEFAULT else "see defaults/main.yml"


def _paragraphs(description: str | Sequence[str]) -> list[str]:
    texts = [description] if isinstance(description, str) else description
    return [MARKUP.sub(r"`\1`", " ".join(text.split())) for text in texts]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pages for people, each a single file: no script, no font, nothing that is fetched. All that is shown is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = (HERE / "style.css").read_text(encoding="utf-8")
    # The browser itself refuses everything but this style, should anything ever get past the escaping.
    digest = b64encode(sha256(style.encode()).digest()).decode()
    environment.globals.update(style=Markup(style), policy=f"default-src 'none'; style-src 'sha256-{digest}'")
    return environment


def page(template: str, shown: Mapping[str, Any]) -> str:
    """The page that a template of this folder makes of what is shown; the same bytes for the same input."""
    return _environment().get_template(template).render(shown)

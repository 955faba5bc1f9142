#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A module of the old kind, which gets a file of arguments: WANT_JSON."""

from __future__ import annotations

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps({"changed": True, "got": json.load(file)["text"]}))

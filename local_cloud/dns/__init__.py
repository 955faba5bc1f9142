# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A DNS server beside the API, which answers from the hosted zones of the local cloud."""

from __future__ import annotations

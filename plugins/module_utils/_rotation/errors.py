# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stops a step. Secrets Manager then tries again, and the text stands in the function's log."""

from __future__ import annotations


class RotationError(Exception):
    """What is wrong, where, and what to do. Never with a password, nor with a statement that holds one."""


class Refused(Exception):
    """The server does not take this user name and password. Any other trouble is no Refused."""

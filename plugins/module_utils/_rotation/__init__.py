# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rotation function: what Lambda runs when Secrets Manager changes a database's password.

The whole folder is packed into the function, with the driver of the engine beside it, and nothing else of the
collection. So its files import only each other, the standard library, the driver, and boto3, which is Lambda's.
"""

from __future__ import annotations

PACKAGE = "rotation"
"""What the folder is called inside of the zip."""

HANDLER = f"{PACKAGE}.handler.handle"
RUNTIME = "python3.13"
"""Of Lambda's; drivers and code are pure Python, so it need not be the controller's."""

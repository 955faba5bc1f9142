# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The embedded AWS: moto's server behind layers of our own. Not part of the published collection.

How to use it is in docs/local-cloud.md. The parts:

- `request.py`, `response.py`, `wire.py`: one parsed view of a call, used by every layer
- `layers/`: what stands in front of moto; the list is in `server.py`
- `services/`: AWS's refusals and moto's gaps, one module a service
- `cli.py`, `daemon.py`, `client.py`, `testing.py`: start, stop, ask
"""

from __future__ import annotations

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""True time: the intermediate states that AWS shows and moto skips, by a clock of our own.

`table.py` says what lasts how long; `timeline.py` keeps what is under way; `states.py` is the layer that rewrites
moto's answers by it. Record changes, certificates and target health, which are not a matter of one item and one
state, have layers of their own.
"""

from __future__ import annotations

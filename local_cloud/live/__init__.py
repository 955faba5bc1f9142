# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens in AWS without being asked: alarms are evaluated, endpoints probed, requests answered and counted.

Off until somebody turns it on (`python -m local_cloud live on`). `world.py` is the whole; it lets time pass in steps
of AWS's time, and each part does in a step what is due.
"""

from __future__ import annotations

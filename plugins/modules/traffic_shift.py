# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: traffic_shift
short_description: Move traffic to the new side in steps, watching, and back by itself
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Brings the traffic of any number of record groups, or listeners and rules, from the old side to the new one,
    step by
    step. It runs on the controller for as long as the steps bake.
  - A step is done when the change is in sync, the TTL has passed, and every gate of both sides has passed in every
    look
    for the whole bake. What nobody has watched (the controller was suspended) is not proven; the bake begins anew.
  - When a gate of the new side fails, all traffic goes back at once in one batch, if the old side is fit. If that
    is not
    known to be fit, nothing is moved and the shift holds (RV(reason) is V(old_side_unfit)).
  - What cannot be read is never taken for good. The shift holds, keeps watching, and after O(hold_timeout) goes
    back if
    the old side is fit.
  - A shift needs no memory but the weights. One that follows another, whatever became of that, goes on from the
    step whose
    weights it finds. Weights that are those of no step, and a change by somebody else in the middle, are left alone.
  - The parameter C(/cutover/<stack>/control) of Parameter Store is read at every look. V(run) lets it go on.
    V(stop) holds
    and writes nothing, back neither. V(rollback) goes back, whatever the gates say. Anything else, and a parameter that
    cannot be read, holds.
  - On a terminal the last line shows weights, time left, and gates. Without one there is a line a transition.
  - Before the first step each side's records are given a health check that follows an alarm of its side
    (O(guards)), so
    that Route 53 leaves a failing side also when the controller is gone. They go when the shift is over.
  - The task fails only for what is asked wrongly, and then has changed nothing. How a shift ends is its result.
options:
  stack:
    description: Which stack, as the preflight sets it. C(project), C(environment) and C(region) are needed.
    type: dict
    required: true
  router:
    description: What splits the traffic.
    type: str
    choices: [route53, alb]
    default: route53
  groups:
    description:
      - With O(router=route53), the groups of records, as in
        O(cutover.aws.route53_weighted_shift#module:groups).
    type: list
    elements: dict
    default: []
  routes:
    description: With O(router=alb), the listeners and rules, as in O(cutover.aws.elb_weighted_shift#module:routes).
    type: list
    elements: dict
    default: []
  old_side:
    description: The side that serves now.
    type: str
    default: blue
  new_side:
    description: The side that takes over.
    type: str
    default: green
  steps:
    description: Ascending, the last one with all the traffic.
    type: list
    elements: dict
    required: true
    suboptions:
      weight:
        description: The new side's part in percent, V(1) to V(100).
        type: int
        required: true
      bake:
        description: Seconds for which everything has to be seen to be fit before the next step.
        type: int
        required: true
      approval:
        description: Whether somebody has to agree before this step.
        type: bool
        default: false
  gates:
    description:
      - What is asked at every look, each as M(cutover.aws.traffic_gate) takes it, with a C(name).
      - Beside that C(side), the side that it judges (by default the new one); C(failures) and C(errors), how
        many looks
        in a row may fail, or be inconclusive, before that counts (by default 0); C(dry_run), which measures and does
        not decide.
      - Each side needs one that decides.
    type: list
    elements: dict
    required: true
  interval:
    description: Seconds between two looks, at least 5. A look takes some seconds itself, for each gate.
    type: int
    default: 15
  delivery:
    description:
      - Seconds that metrics take to arrive; those of load balancers take one or two minutes. Alarms that could not go
        off within the shortest bake are refused.
    type: int
    default: 120
  hold_timeout:
    description: Seconds for which the shift holds before it goes back, and for which it tries to.
    type: int
    default: 900
  max_duration:
    description: After so many seconds the shift goes back from wherever it is.
    type: int
    default: 14400
  approval:
    description:
      - What happens where an approval is missing. V(wait) watches on, until C(/cutover/<stack>/approved) says
        C(<migration>/<weight>), as the screen tells. V(end) ends the shift as V(held), so that an approval of AWX can
        follow, and another run with O(approved).
    type: str
    choices: [wait, end]
    default: wait
  approved:
    description: The largest weight that somebody has agreed to before this run.
    type: int
    default: 0
  freeze_windows:
    description:
      - Times at which no traffic moves forward; back it does. C(from), C(to), and C(zone) such as
        C(Europe/Berlin) (UTC by
        default). With C(days) (C([fri, sat])) it comes each week and C(from) is a time (C("18:00")), without it is a
        date with a time.
      - A shift that would run into one does not begin.
    type: list
    elements: dict
    default: []
  force_forward:
    description: The stack's name, to go forward although the old side is not fit, and so without a way back.
    type: str
  back:
    description: Go back to the old side at once, from wherever the weights are, whatever the gates say.
    type: bool
    default: false
  guards:
    description:
      - For each side the C(alarm), and its C(region) where it is another, that its health check follows while
        the shift is
        under way. It has to be a metric alarm of standard resolution, without M out of N and metric math.
      - C(id) is the check that a run before this one has left, null where it is known that there is none. Without it
        that is not known, and weights of the last step are proven anew.
      - Without it Route 53 leaves a failing side only by the checks that its records carry anyway.
    type: dict
    default: {}
  health_checks:
    description: For each side the id of the health check that its records carry outside of a shift.
    type: dict
    default: {}
  ttl:
    description:
      - The TTL of the records during the shift. It is shortened before the first step, and the old one waited
        for.
    type: int
  ttl_after:
    description: Their TTL afterwards.
    type: int
  topic_arn:
    description: The SNS topic that gets a message at every transition.
    type: str
  webhook_url:
    description: The https address that gets a JSON document at every transition.
    type: str
  caller:
    description:
      - The ARN of whoever runs it, for the report, as RV(cutover.aws.preflight#module:caller) has it. Nobody is asked
        for it.
    type: str
  output_dir:
    description:
      - The report is C(reports/<migration>.json) below it, with a page for people, C(reports/<migration>.html), beside
        it. Both are written anew at each transition, each verdict that is new, and each window of requests.
    type: path
    default: "."
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
attributes:
  check_mode:
    description: Looks once, and says where the shift stands, what the gates say, and what it would write.
    support: full
  diff_mode:
    description: In check mode, the weights before and after.
    support: partial
"""

EXAMPLES = r"""
- name: Take the traffic to green
  cutover.aws.traffic_shift:
    stack: "{{ cutover_stack }}"
    groups:
      - {zone_id: Z0123456789ABCDEFGHIJ, name: www.example.com, type: A}
    steps:
      - {weight: 10, bake: 600}
      - {weight: 50, bake: 600, approval: true}
      - {weight: 100, bake: 900}
    gates:
      - {name: green errors, side: green, type: alarm, alarm: acme-prod-green-target-5xx}
      - {name: blue errors, side: blue, type: alarm, alarm: acme-prod-blue-target-5xx}
    guards:
      blue: {alarm: acme-prod-blue-target-5xx}
      green: {alarm: acme-prod-green-target-5xx}
  register: shifted

- name: Take it back
  cutover.aws.traffic_shift:
    stack: "{{ cutover_stack }}"
    groups: "{{ groups_of_records }}"
    steps: "{{ steps }}"
    gates: "{{ gates }}"
    back: true
"""

RETURN = r"""
status:
  description: How it ended; V(completed), V(rolled_back), V(held) or V(refused).
  returned: when it ran, and when it is asked wrongly
  type: str
  sample: rolled_back
reason:
  description: Why; V(unfit) when it is asked wrongly.
  returned: when it ran, and when it is asked wrongly
  type: str
  sample: gate_failed
phase:
  description: The phase of the migration.
  returned: when it ran, and when it is asked wrongly
  type: str
  sample: traffic-shift
stack:
  description: The stack's name.
  returned: when it ran
  type: str
  sample: acme-prod
migration:
  description: The id of this run.
  returned: when it ran
  type: str
  sample: acme-prod-20261126T170000Z
weights:
  description: By side, in percent; null where places differ.
  returned: always
  type: dict
  sample: {blue: 100, green: 0}
report:
  description: The file of the report; the page for people has the same name and ends in C(.html).
  returned: when it ran
  type: str
  sample: /home/me/reports/acme-prod-20261126T170000Z.json
timeline:
  description: All transitions. C(verdicts) are the places in the report's C(verdicts) of those that decided it.
  returned: when it ran
  type: list
  elements: dict
  sample:
    - at: "2026-11-26T17:04:10Z"
      what: step
      text: "step 1 of 3: blue 90, green 10; clients follow within 60 s, bake 600 s"
      reason: null
      share: 10
      verdicts: []
failures:
  description: Notices, health checks and files that failed; they stop no shift.
  returned: when it ran
  type: list
  elements: str
  sample: []
stands:
  description: Where it stands.
  returned: in check mode
  type: str
  sample: before the first step
plan:
  description: The weights that would be written, each with the seconds after which that would be at the earliest.
  returned: in check mode
  type: list
  elements: dict
  sample:
    - {weights: {blue: 90, green: 10}, after: 0, bake: 600, approval: false}
text:
  description: The same for people.
  returned: in check mode
  type: str
verdicts:
  description: What the gates say now.
  returned: in check mode
  type: list
  elements: dict
fit:
  description: Whether all gates that decide pass now.
  returned: in check mode
  type: bool
  sample: true
"""

# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who runs this: the account behind the credentials, and how long they last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .._model.core import Value
from .._stack.context import Context
from .asking import Answer, call
from .findings import Finding, absent, finding

EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
"""Set by `aws configure export-credentials` and read by every SDK."""
PERMANENT, RENEWED, TEMPORARY = "permanent", "renewed", "temporary"


@dataclass(frozen=True)
class Caller:
    """What sts:GetCallerIdentity says."""

    account_id: str
    arn: str

    @property
    def partition(self) -> str:
        """aws, aws-cn, aws-us-gov ..."""
        return self.arn.split(":")[1]


@dataclass(frozen=True)
class Credentials:
    """kind is permanent (a user's key), renewed (the SDK gets new ones in time) or temporary (a session that
    ends); ends is UTC, None where nobody says."""

    kind: str
    ends: datetime | None = None


def caller(context: Context) -> Caller:
    """The account that the credentials belong to. Raises Unanswered."""
    answer: Answer = call(context, "sts", "get_caller_identity") or {}
    return Caller(answer["Account"], answer["Arn"])


def account_findings(who: Caller, typed: Mapping[str, Value]) -> Iterator[Finding]:
    """Whether the stack may be in this account at all."""
    accounts = typed.get("allowed_account_ids")
    allowed = [str(account) for account in accounts] if isinstance(accounts, list) else []
    if allowed and who.account_id not in allowed:
        rule = f"the credentials belong to account {who.account_id} ({who.arn}), which is not in the list"
        yield finding(
            "allowed_account_ids",
            allowed,
            rule,
            "Take the credentials of a listed account, or list this one if the stack is meant to be in it",
        )


def credentials_of(parameters: Mapping[str, Any], environment: Mapping[str, str], session: Any) -> Credentials:
    """What kind of credentials a module's parameters lead to.

    parameters are those of the module (Ansible has filled them from the environment), session a boto3 session of
    its profile, asked only where there is no key.
    """
    if parameters.get("access_key") and not parameters.get("profile"):
        if not parameters.get("session_token"):
            return Credentials(PERMANENT)
        from_shell = environment.get("AWS_ACCESS_KEY_ID") == parameters["access_key"]
        return Credentials(TEMPORARY, _time(environment.get(EXPIRATION)) if from_shell else None)
    found = session().get_credentials()
    if found is None:
        return Credentials(PERMANENT)
    if hasattr(found, "refresh_needed"):
        return Credentials(RENEWED)
    return Credentials(TEMPORARY if found.token else PERMANENT)


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def lifetime_findings(credentials: Credentials, planned_minutes: int, now: datetime) -> Iterator[Finding]:
    """Credentials that end under way leave a half-built stack, and nobody who could roll back."""
    if credentials.kind != TEMPORARY or planned_minutes <= 0:
        return
    fix = "Get new ones that last longer, or set cutover_planned_minutes to what this run takes"
    if credentials.ends is None:
        rule = (
            f"the credentials are those of a session, and nothing says when it ends ({EXPIRATION} is not "
            f"set); the run may take {planned_minutes} minutes"
        )
        yield absent(
            "credentials",
            rule,
            "Export it beside them (`aws configure export-credentials --format env` does), use a profile, "
            "or set cutover_planned_minutes: 0 to take the risk",
        )
    elif credentials.ends <= now:
        yield absent("credentials", f"the session ended at {credentials.ends.isoformat()}", "Get new ones")
    elif credentials.ends < now + timedelta(minutes=planned_minutes):
        left = int((credentials.ends - now).total_seconds() // 60)
        rule = (
            f"the session ends in {left} minutes (at {credentials.ends.isoformat()}), and the run may take "
            f"{planned_minutes}"
        )
        yield absent("credentials", rule, fix)

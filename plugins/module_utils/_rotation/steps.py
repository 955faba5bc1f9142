# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The four steps of a rotation.

Secrets Manager calls them one after the other, and may call each more than once: after a failure, or where an answer
was lost. So each first looks whether it has already been done.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from .errors import Refused, RotationError
from .secret import CURRENT, PENDING, Secret, login_of, missing_of
from .shapes import Connect, Login


def run(secret: Secret, step: str, connect: Connect) -> str:
    """Makes a step; what was done, for the log. Raises RotationError."""
    if step not in STEPS:
        raise RotationError(f"there is no step {step}; there are {', '.join(STEPS)}")
    stages = secret.stages().get(secret.token)
    if stages is None:
        raise RotationError(f"{secret.arn} has no version {secret.token}; only Secrets Manager calls this function")
    if CURRENT in stages:
        return f"version {secret.token} is already current"
    if PENDING not in stages:
        raise RotationError(f"version {secret.token} of {secret.arn} is not {PENDING}; another rotation has taken over")
    return STEPS[step](secret, connect)


def create(secret: Secret, _connect: Connect) -> str:
    """A new password as the pending version, everything else as it is in the current one."""
    current = secret.current()
    login_of(secret.arn, current)
    if secret.pending() is not None:
        return f"version {secret.token} already has a password"
    secret.put_pending({**current, "password": secret.random_password()})
    return f"version {secret.token} has a new password"


def put(secret: Secret, connect: Connect) -> str:
    """The pending password into the database, by whichever login still opens it.

    That is the current one. It is the previous one where the database has been brought back from a snapshot.
    """
    pending = _pending(secret)
    if _opens(connect, pending):
        return f"{pending.place} already has the password of version {secret.token}"
    for login in _logins(secret):
        if (login.engine, login.host, login.username) != (pending.engine, pending.host, pending.username):
            raise RotationError(f"{secret.arn} is now about {login.place}, its pending version about {pending.place}")
        try:
            session = connect(login)
        except Refused:
            continue
        with closing(session):
            session.change_password(pending.username, pending.password)
        return f"{pending.place} has the password of version {secret.token}"
    raise RotationError(
        f"{pending.place} takes neither the pending nor the current nor the previous password of {secret.arn}; "
        "somebody has changed it there. Set a new one with ModifyDBInstance, and write it into the secret."
    )


def test(secret: Secret, connect: Connect) -> str:
    """Whether the database really takes the pending password."""
    pending = _pending(secret)
    try:
        session = connect(pending)
    except Refused:
        raise RotationError(f"{pending.place} does not take the password of version {secret.token}") from None
    with closing(session):
        session.ping()
    return f"{pending.place} takes the password of version {secret.token}"


def finish(secret: Secret, _connect: Connect) -> str:
    """The pending version becomes the current one."""
    _pending(secret)
    current = next((version for version, stages in secret.stages().items() if CURRENT in stages), None)
    secret.make_current(current)
    return f"version {secret.token} is current"


STEPS: Mapping[str, Callable[[Secret, Connect], str]] = {
    "createSecret": create,
    "setSecret": put,
    "testSecret": test,
    "finishSecret": finish,
}
"""As Secrets Manager calls them, in its order."""


def _pending(secret: Secret) -> Login:
    values = secret.pending()
    if values is None:
        raise RotationError(f"version {secret.token} of {secret.arn} is empty; createSecret has not been made")
    return login_of(secret.arn, values)


def _logins(secret: Secret) -> Iterator[Login]:
    yield login_of(secret.arn, secret.current())
    previous = secret.previous()
    if previous and not missing_of(previous):
        yield login_of(secret.arn, previous)


def _opens(connect: Connect, login: Login) -> bool:
    try:
        connect(login).close()
    except Refused:
        return False
    return True

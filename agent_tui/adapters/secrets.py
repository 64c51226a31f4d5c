"""The agent's own secrets: the SIP password and the hub's token, in the machine's keyring.

A machine without a keyring (a server, a container) takes them from the environment, which wins everywhere,
so that tests and bots need no keyring. They are never in a file, an argument or a log.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from edge.text import clean

SERVICE = "moked"
_TRIAL = "trial"


class SecretsError(Exception):
    """A secret cannot be had or kept. ``str(error)`` tells the agent what to do."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: its name in the keyring, the variable that goes before it, what people call it, and the
    command that puts it there.
    """

    account: str
    variable: str
    called: str
    command: str


def sip_password(user: str, domain: str) -> Secret:
    """The password of an account at its registrar."""
    return Secret(
        f"sip:{user}@{domain}", "MOKED_SIP_PASSWORD", f"SIP password of {user}@{domain}", "moked login"
    )


def hub_token(url: str) -> Secret:
    """The token that the hub gave this device when it was enrolled."""
    return Secret(f"hub:{url}", "MOKED_HUB_TOKEN", f"token for {url}", f"moked enroll {url}")


def read(secret: Secret) -> str:
    """The secret's value. Raises ``SecretsError``. May wait for the agent to unlock the keyring."""
    given = os.environ.get(secret.variable)
    if given:
        return given
    import keyring  # noqa: PLC0415 - 0.1 s that a desk with the variable set does not need
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        value = keyring.get_password(SERVICE, secret.account)
    except NoKeyringError:
        raise SecretsError(f"No {secret.called}: {_no_keyring(secret)}") from None
    except KeyringError as error:
        raise SecretsError(f"No {secret.called}: the keyring did not give it ({error}).") from None
    if not value:
        raise SecretsError(f"No {secret.called} in the keyring. Run `{secret.command}`.")
    return value


def keep(secret: Secret, value: str) -> None:
    """Put the secret into the keyring. Raises ``SecretsError``."""
    import keyring  # noqa: PLC0415 - as in ``read``
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, secret.account, value)
    except NoKeyringError:
        raise SecretsError(f"The {secret.called} was not kept: {_no_keyring(secret)}") from None
    except KeyringError as error:
        raise SecretsError(f"The {secret.called} was not kept: the keyring refused it ({error}).") from None


def try_out() -> None:
    """Whether secrets can be kept at all. Raises ``SecretsError``."""
    import keyring  # noqa: PLC0415 - as in ``read``
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, _TRIAL, _TRIAL)
        keyring.delete_password(SERVICE, _TRIAL)
    except KeyringError as error:  # NoKeyringError is one
        words = clean(str(error), limit=200)
        raise SecretsError(f"Nothing can be kept in this machine's keyring: {words}") from None


def _no_keyring(secret: Secret) -> str:
    return (
        f"this machine has no keyring. Set the environment variable {secret.variable} instead, "
        "in a way that keeps it out of files and of the shell's history."
    )

"""The agent's own secrets: the SIP password and the hub's token, in the machine's keyring.

A machine without a keyring (a server, a container) takes them from the environment, which wins everywhere,
so that tests and bots need no keyring. They are never in a file, an argument or a log.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

SERVICE = "moked"


class SecretsError(Exception):
    """A secret cannot be had or kept. ``str(error)`` tells the agent what to do."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: its name in the keyring, the variable that goes before it, and what people call it."""

    account: str
    variable: str
    called: str


def sip_password(user: str, domain: str) -> Secret:
    """The password of an account at its registrar."""
    return Secret(f"sip:{user}@{domain}", "MOKED_SIP_PASSWORD", f"SIP password of {user}@{domain}")


def hub_token(url: str) -> Secret:
    """The token that the hub's administrator gave this agent."""
    return Secret(f"hub:{url}", "MOKED_HUB_TOKEN", f"token for {url}")


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
        raise SecretsError(f"No {secret.called} in the keyring. Run `moked login`.")
    return value


def keep(secret: Secret, value: str) -> None:
    """Put the secret into the keyring. Raises ``SecretsError``."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, secret.account, value)
    except NoKeyringError:
        raise SecretsError(f"The {secret.called} was not kept: {_no_keyring(secret)}") from None
    except KeyringError as error:
        raise SecretsError(f"The {secret.called} was not kept: the keyring refused it ({error}).") from None


def _no_keyring(secret: Secret) -> str:
    return (
        f"this machine has no keyring. Set the environment variable {secret.variable} instead, "
        "in a way that keeps it out of files and of the shell's history."
    )

"""The agent's own secrets: the SIP password and the hub's token, in the machine's keyring.

A machine without a keyring (a server, a container) takes them from the environment, which wins everywhere,
so that tests and bots need no keyring. They are never in a file, an argument or a log.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from agent_tui.text.catalogue import Phrase
from agent_tui.text.explained import Explained
from edge.text import clean

SERVICE = "moked"
_TRIAL = "trial"


class SecretsError(Explained):
    """A secret cannot be had or kept. ``str(error)`` tells the agent what to do."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: its name in the keyring, the variable that goes before it, what people call it, and the
    command that puts it there.
    """

    account: str
    variable: str
    called: Phrase
    command: str


def sip_password(user: str, domain: str) -> Secret:
    """The password of an account at its registrar."""
    called = Phrase("SIP password of {account}", account=f"{user}@{domain}")
    return Secret(f"sip:{user}@{domain}", "MOKED_SIP_PASSWORD", called, "moked login")


def hub_token(url: str) -> Secret:
    """The token that the hub gave this device when it was enrolled."""
    called = Phrase("token for {url}", url=url)
    return Secret(f"hub:{url}", "MOKED_HUB_TOKEN", called, f"moked enroll {url}")


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
        raise SecretsError(_told(_NONE, secret, _no_keyring(secret))) from None
    except KeyringError as error:
        raise SecretsError(_told(_NONE, secret, _locked(error))) from None
    if not value:
        missing = Phrase(
            "No {secret} in the keyring. Run `{command}`.", secret=secret.called, command=secret.command
        )
        raise SecretsError(missing)
    return value


def keep(secret: Secret, value: str) -> None:
    """Put the secret into the keyring. Raises ``SecretsError``."""
    import keyring  # noqa: PLC0415 - as in ``read``
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, secret.account, value)
    except NoKeyringError:
        raise SecretsError(_told(_NOT_KEPT, secret, _no_keyring(secret))) from None
    except KeyringError as error:
        raise SecretsError(_told(_NOT_KEPT, secret, _locked(error))) from None


def try_out() -> None:
    """Whether secrets can be kept at all. Raises ``SecretsError``."""
    import keyring  # noqa: PLC0415 - as in ``read``
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, _TRIAL, _TRIAL)
        keyring.delete_password(SERVICE, _TRIAL)
    except KeyringError as error:  # NoKeyringError is one
        words = clean(str(error), limit=200)
        nothing = Phrase("Nothing can be kept in this machine's keyring: {why}", why=words)
        raise SecretsError(nothing) from None


_NONE = Phrase("No {secret}: {why}")
_NOT_KEPT = Phrase("The {secret} was not kept: {why}")


def _told(message: Phrase, secret: Secret, why: Phrase) -> Phrase:
    return Phrase.of(message, secret=secret.called, why=why)


def _no_keyring(secret: Secret) -> Phrase:
    return Phrase(
        "this machine has no keyring. Set the environment variable {name} instead, "
        "in a way that keeps it out of files and of the shell's history.",
        name=secret.variable,
    )


def _locked(error: Exception) -> Phrase:
    return Phrase("the keyring refused ({why}).", why=clean(str(error), limit=200))

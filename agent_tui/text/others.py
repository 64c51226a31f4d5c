"""What phone and hub say in English sentences, said by the desk in its own language.

Both speak to people, not to a desk: a refusal of the hub is a sentence with a next step (RFC 9457's
``detail``), and one kind of refusal has many. So the sentence is what is known here, values and all. One that
is not stands as it was said; ``tests/architecture/test_sentences.py`` finds it, and ``test_others.py`` those
that nobody says any more.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from agent_tui.text.catalogue import Phrase, Told
from agent_tui.text.local import moment_of
from edge.text import clean

OF_THE_PHONE: Final = (
    Phrase("the phone process is gone"),
    Phrase("the phone does not answer"),
    Phrase("no phone process answers"),
    Phrase("the phone process did not start; its log says why"),
    Phrase("another desk has the phone"),
    Phrase("this phone has no devices to choose from"),
    Phrase("nothing can be tried while a call is open"),
    Phrase("You talk by your telephone: do it there."),
    Phrase("the call is over"),
    Phrase("this call does not ring any more"),
    Phrase("only an answered call can be transferred"),
    Phrase("only a call that is talked in can be held"),
    Phrase("this call is not encrypted, and no key was sent"),
    Phrase("this call is not on hold"),
    Phrase("keys go only into a call that is talked in"),
    Phrase("a transfer of this call is under way"),
    Phrase("only two calls can be merged"),
    Phrase("only answered calls can be merged"),
    Phrase("one of the two has hung up"),
    Phrase("this call is not merged with another"),
    Phrase("that takes two calls"),
    Phrase("there is no account to call from, or no network"),
    Phrase("end a call first: no more calls can be open at once"),
    Phrase("the other side does not answer"),
    Phrase("the registrar is not running"),
    Phrase("the registrar does not answer"),
    Phrase("the registrar does not answer ({why}); trying again"),
    Phrase("the registrar refuses this account ({status}): check user name and password"),
    Phrase("the registrar answers {status}; trying again"),
    Phrase("no trusted TLS with the registrar: check its certificate and ca_file; trying again"),
    Phrase("the exchange no longer has it: it was restarted"),
    Phrase("the exchange went away"),
    Phrase("the network of this machine changed, and the call could not come along"),
    Phrase("the voice was not encrypted"),
    Phrase("{device} is unplugged."),
    Phrase("{device} is unplugged. Your microphone is muted."),
    Phrase("{device} is unplugged. There is no sound until it is plugged in, or another is chosen."),
    Phrase("{device} is unplugged. The system's own devices are used meanwhile."),
    Phrase("There is no microphone {device}; none is plugged in."),
    Phrase("There is no microphone {device}; did you mean {another}?"),
    Phrase("There is no microphone {device}; there is {others}."),
    Phrase("There is no speaker {device}; none is plugged in."),
    Phrase("There is no speaker {device}; did you mean {another}?"),
    Phrase("There is no speaker {device}; there is {others}."),
    Phrase("There is no sound until it is plugged in, or another is chosen."),
    Phrase("The system's own devices are used meanwhile."),
    Phrase("the sound broke off; check the headset"),
    Phrase("the sound broke off: {why}; check the headset"),
    Phrase("the microphone gives no sound any more; check the headset"),
    Phrase("the sound failed and begins anew in a moment; if this goes on, tell your team leader"),
    Phrase("no sound: {why}; check the headset"),
    Phrase("another program has the device, or it is off"),
    Phrase("the device is not there any more"),
    Phrase("the device cannot do what a call needs"),
    Phrase("the device does not answer"),
    Phrase("the device stopped by itself"),
    Phrase("the system's own sound gives an error"),
    Phrase("there is too little memory"),
    Phrase("PortAudio gives the error {code}"),
    Phrase("no sound: PortAudio is missing (Debian: libportaudio2)"),
    Phrase("no sound: this machine has no microphone or speaker; calls are silent"),
    Phrase("the engine baresip is not installed"),
    Phrase("the engine baresip is not installed: {how}"),
    Phrase(
        "run pip install 'moked[baresip]', or where there is none (Windows, Alpine) set "
        'engine = "pyvoip" in [phone] of the settings, on a trusted network'
    ),
    Phrase(
        "the pyvoip engine cannot encrypt the voice: on a trusted network (a VPN, an office) set "
        'media_encryption = "off", or use engine = "baresip"'
    ),
    Phrase(
        "the pyvoip engine speaks SIP by UDP, not by {transport}: on a trusted network set "
        'transport = "udp", or use engine = "baresip"'
    ),
    Phrase('the pyvoip engine codes the voice in "pcma" or "pcmu", not in {codecs}: add one'),
    Phrase("the pyvoip engine cannot join two calls: hand the customer on by a plain transfer"),
    Phrase("the pyvoip engine cannot mix two calls: talk to one after the other"),
    Phrase("the pyvoip engine cannot mix two calls: there is nothing to part"),
    Phrase("the account cannot be used: {why}"),
    Phrase("user and domain hold no spaces, quotes or brackets"),
    Phrase("{field} holds {sign}, which baresip would misread"),
    Phrase("unknown codec {codecs}: use {known}"),
    Phrase("TLS cannot check the name of an IP address: give the registrar by its name"),
    Phrase("there is no CA file {file}"),
    Phrase("the CA file's path must not hold spaces: baresip would cut it there"),
    Phrase("not a number that can be called: {target}"),
    Phrase("not an address that can be called: {target}"),
    Phrase("the call was not made: {why}"),
    Phrase("the phone did not do it in time"),
    Phrase("something in the phone failed; the calls go on: try again"),
    Phrase("the phone is ending"),
    Phrase("the phone could not do it"),
    Phrase("this machine has no network that leads there"),
    Phrase("this call is over: {why}"),
    Phrase("keys are 0-9, *, # and A-D, {most} at most"),
    Phrase('the other side takes no keys in this call: ask them to, or use dtmf = "info"'),
    Phrase("the other side takes no such keys ({status})"),
    Phrase("the other side refuses ({status})"),
    Phrase("the exchange does not answer"),
    Phrase("the caller does not confirm our answer"),
    Phrase("no sound came any more"),
    Phrase("no codec in common"),
    Phrase("no ports are free for the sound of a call: end other programs that use the network"),
    Phrase("this machine has no network that leads to the registrar"),
    Phrase("no address for {host}: check domain, or the network"),
    Phrase("no socket for SIP ({why})"),
    Phrase("the registrar cannot be reached ({why})"),
    Phrase("the connection broke"),
    Phrase("the registrar closes the connection"),
    Phrase("the registrar broke off the TLS handshake: it may not speak TLS 1.2 or later there"),
    Phrase("the registrar does not speak TLS 1.2 or later there: check the port, or tell your administrator"),
    Phrase("the registrar's certificate is for another name: check domain"),
    Phrase(
        "the registrar's certificate is of an authority that this machine does not trust: ask your"
        " administrator for the centre's own (ca_file)"
    ),
    Phrase(
        "the registrar's certificate is out of date: look at this machine's clock, then tell your"
        " administrator"
    ),
    Phrase("the registrar's certificate is not trusted: tell your administrator"),
    Phrase("ca_file holds no certificate authority: ask your administrator for the right one"),
    Phrase("no reply"),
    Phrase("REGISTER could not be sent"),
    Phrase("{why}; trying again"),
    Phrase("the account cannot change while a call is open"),
    Phrase("Echo cancellation, noise suppression and gain are not installed: pip install 'moked[aec]'."),
    Phrase("the SIP stack did not start: {why}"),
)

OF_THE_HUB: Final = (
    Phrase("{why}: the card is missing and is asked for again."),
    Phrase("{why}. It is not known whether the CRM has created the customer: search for the name first."),
    Phrase("This contact is not, or no longer, with you."),
    Phrase("This contact is wrapped up already."),
    Phrase("There is nothing to wrap up: you have not talked with this caller."),
    Phrase("Choose how the contact ended from the list."),
    Phrase("The customer is none of those found by the caller's number."),
    Phrase("The hub could not store the presence; choose again."),
    Phrase("The hub's database does not answer; try again."),
    Phrase("The exchange refused: {why}"),
    Phrase("There is no such queue in the centre; choose one of its queues."),
    Phrase("You do not serve this queue, so it cannot be kept for you: let anyone call."),
    Phrase("This is no whole telephone number; write it with its area code."),
    Phrase("Callbacks may not go to this number; your administrator decides which may."),
    Phrase("There is no such callback of yours, or it has ended."),
    Phrase("The hub could not store this, so the callback stands; try again."),
    Phrase("The customer is being called just now; it cannot be taken back."),
    Phrase("This time is past, or more than 90 days ahead; choose another."),
    Phrase("Nobody is called from {start} to {end}; choose another time."),
    Phrase(
        "There is a callback for this customer in this queue already. It stands for {moment};"
        " take it back first, or leave it."
    ),
    Phrase("As many calls as can be made are booked for this time; choose another."),
    Phrase("The hub does not see the exchange now; it is kept here and sent again."),
    Phrase("The CRM cannot be reached"),
    Phrase("The CRM did not answer in time"),
    Phrase("The CRM broke off"),
    Phrase("The CRM takes no more questions for now"),
    Phrase("The CRM has a fault of its own ({status})"),
    Phrase("The CRM does not let the hub in ({status}): its secret or its rights are to be mended"),
    Phrase("The CRM has no such customer"),
    Phrase("the hub ended before an answer came"),
    Phrase("This centre has no listening in; ask your administrator."),
    Phrase("This is you; choose another agent."),
    Phrase("You listen to somebody already; end that first."),
    Phrase("This agent is not in a call now."),
    Phrase("Others listen to this call already; no more can."),
    Phrase("You do not listen to anybody now."),
    Phrase("This agent has no desk open, so nobody would read it."),
    Phrase("The hub has no line to the exchange now; try again."),
    Phrase("The hub could not store this, so it was not done; try again."),
    Phrase("The hub could not store this, so it was not sent; try again."),
    Phrase("Your role does not allow this; ask your administrator."),
    Phrase("A colleague has taken this conversation."),
    Phrase("A colleague writes with this customer already."),
    Phrase("There is no such conversation of yours; a colleague may have taken it."),
    Phrase("This conversation is nobody's yet: take it first."),
    Phrase("The customer wrote more than 24 hours ago: WhatsApp takes only a template now."),
    Phrase("You have not talked with this caller yet."),
    Phrase("The number is withheld, or none that messages reach."),
    Phrase("This centre does not write by WhatsApp."),
    Phrase("This centre sends no files."),
    Phrase("This message has no file."),
    Phrase("Files of this kind do not go through: images and documents do."),
    Phrase("The file is empty."),
    Phrase("The file is not what it says it is, so it is not given on."),
    Phrase("WhatsApp does not take or give files now; try again."),
    Phrase("WhatsApp refused the file: {why}"),
    Phrase("An image may have at most {most} MB."),
    Phrase("A document may have at most {most} MB."),
    Phrase("Messages may not go to this number."),
    Phrase("The customer has not agreed to be written to: ask them first."),
    Phrase("As many messages as may go to one number have gone to it today."),
    Phrase("As many messages as may go out in a day have."),
    Phrase("The customer wrote more than 24 hours ago: only a template may be sent."),
    Phrase("The customer has no WhatsApp there, or takes no messages."),
    Phrase("Too many messages went out at once."),
    Phrase("Too many messages went to this customer at once."),
    Phrase("WhatsApp restricts the sender: customers blocked or reported it."),
    Phrase("WhatsApp spares this customer such messages today."),
    Phrase("WhatsApp does not accept the hub's token or account: an administrator has to act."),
    Phrase("WhatsApp does not take the template: its name, language, parameters or state."),
    Phrase("WhatsApp does not take or no longer has the file."),
    Phrase("WhatsApp did not bring it to the customer."),
    Phrase("WhatsApp could not be reached."),
    Phrase("WhatsApp did not answer in time."),
    Phrase("WhatsApp ended the connection without an answer."),
    Phrase("WhatsApp took the request and named no message."),
    Phrase("WhatsApp answers {status} in words that are not the API's."),
    Phrase("WhatsApp answers {status}."),
    Phrase("not sent in time; at last: {why}"),
    Phrase("not sent in time"),
    Phrase("it was taken out of the outbox"),
    Phrase("The CRM has no customer, or several, with the caller's number"),
    Phrase("The settings do not say how this is written into the CRM"),
    Phrase("The CRM has no such customer, or the settings' path is wrong"),
    Phrase("HubSpot has no such contact"),
    Phrase("Odoo has no such contact"),
    Phrase("There is no such customer"),
    Phrase("WhatsApp has no file of this name."),
    Phrase("The file lies at {host}, from where files are not fetched."),
    Phrase("WhatsApp names no place of the file."),
    Phrase("The CRM's certificate is not valid, or not of an authority that the hub knows"),
    Phrase("The CRM's login does not accept the hub's id and secret"),
    Phrase("The CRM has more open questions than it answers"),
    Phrase("The CRM refuses this ({status}): {why}"),
    Phrase("The CRM refuses this ({status})"),
    Phrase("The CRM answers with more than {most} kB"),
    Phrase("The CRM answers {how}"),
    Phrase("with a page and not with data"),
    Phrase("in a form that cannot be read"),
    Phrase("The CRM look-up broke"),
    Phrase("the customer database does not answer"),
    Phrase("open tickets: {why}"),
    Phrase("open matters: {why}"),
    Phrase("earlier contacts: {why}"),
    Phrase("It is not known whether the CRM has created the customer: search for the name first."),
    Phrase("The CRM has no such customer."),
    Phrase("You have searched very often; wait some minutes."),
    Phrase("You have created very many customers; wait some minutes."),
    Phrase("The hub could not store it; choose again."),
    Phrase("The hub could not store it; try again."),
    Phrase("Type the customer's name."),
    Phrase("This is no telephone number."),
    Phrase("There is no such agent in the centre; look at the spelling."),
    Phrase("There is nothing to read in this."),
    Phrase("The call is over."),
    Phrase("This centre has no such template."),
    Phrase("The template needs something for each of its places."),
    Phrase("The hub does not take this code: it was used, or its 15 minutes are over."),
    Phrase("Too many codes were tried from here; try again in a quarter of an hour."),
    Phrase("The hub does not take this name with this password; ask for a code instead."),
    Phrase("Too many passwords were tried; try again in a quarter of an hour, or ask for a code."),
    Phrase("This device is not enrolled, or no more; ask for a code and: moked enroll"),
    Phrase("This request came without a usable token; enrol with: moked enroll"),
    Phrase("This hub enrols no devices: its settings name no ca_file."),
    Phrase("The hub could not store the device; ask for a new code."),
    Phrase("The hub could not store the device; try again."),
    Phrase("This agent has {most} devices; one must be revoked before another comes."),
    Phrase("This agent has no such device."),
    Phrase("Too many desks are open for this agent; close one."),
    Phrase("The request is too large."),
    Phrase("The hub that leads is being changed; try again."),
    Phrase("The hub that leads does not answer; try again."),
    Phrase("The hub that leads does not know the one you asked yet; try again."),
    Phrase("The hub that leads is asked by http on another machine; tell your administrator."),
    Phrase("The hub that leads answered too much."),
    Phrase("The request did not come whole in time; try again."),
    Phrase("The hub could not store it; it is kept here and sent again."),
    Phrase("The hub could not store it, so nothing is promised; try again."),
    Phrase("This centre calls nobody back: its file has no [callbacks]."),
    Phrase("Say in words why; the agent reads them."),
    Phrase("There is nothing to send."),
    Phrase("There is no such message in this conversation."),
    Phrase("This hub does not know what is to be written."),
    Phrase("A text has 1 to {most} characters."),
    Phrase("A caption has at most {most} characters."),
    Phrase("WhatsApp took a file and named none."),
    Phrase("WhatsApp sent another file than it named."),
    Phrase("WhatsApp does not say what the file is."),
    Phrase("The settings do not let customers be created"),
    Phrase("The CRM has nothing there ({status}): {why}"),
    Phrase("The CRM has nothing there ({status})"),
    Phrase("The CRM answers in a compressed form that nobody asked for"),
    Phrase("The CRM names an address that is none"),
    Phrase("The CRM names an address at {host}, where the hub does not ask"),
    Phrase("The CRM sends the hub on from {host} to {other}, where it does not go"),
    Phrase("itself"),
    Phrase("an address that is none"),
    Phrase("The CRM's login answers without a token"),
    Phrase("The CRM answers with customers that have no id where crm.customer looks for it"),
    Phrase("The CRM took it and names no id where create_customer.id looks for it"),
    Phrase("The CRM's answer has nothing where items looks for it ({items})"),
    Phrase("HubSpot answers without results"),
    Phrase("HubSpot answers with a contact that has no id"),
    Phrase("HubSpot answers with contacts that have no id"),
    Phrase("HubSpot took it and names no id"),
    Phrase("Odoo answers without records"),
    Phrase("Odoo answers with contacts that have no id"),
    Phrase("Odoo took it and names no id"),
    Phrase("matters of which the CRM tells no date or reference"),
    Phrase("tickets of which the CRM tells no date or reference"),
    Phrase("connecting to the exchange"),
    Phrase("no exchange is configured: calls work, queues do not"),
    Phrase("no line to the exchange"),
    Phrase("the line to the exchange broke"),
    Phrase("the exchange is still starting"),
    Phrase("the exchange cannot be reached: {why}"),
    Phrase("the exchange did not answer to {action}"),
    Phrase("what answers there is no Asterisk manager interface"),
    Phrase("events came faster than they were taken"),
    Phrase("{why}: the hub's AMI user needs write = agent,reporting"),
    Phrase("the agent does not talk in such a call"),
    Phrase("there is no line to the lab exchange"),
    Phrase("the lab exchange speaks another language: {why}"),
    Phrase("nobody can listen in on the lab exchange"),
)

OF_THE_SYSTEM: Final = (
    Phrase("Connection refused"),
    Phrase("Connection reset by peer"),
    Phrase("Connection timed out"),
    Phrase("Broken pipe"),
    Phrase("No route to host"),
    Phrase("Network is unreachable"),
    Phrase("Network is down"),
    Phrase("Cannot assign requested address"),
    Phrase("Address already in use"),
    Phrase("Permission denied"),
    Phrase("Operation not permitted"),
    Phrase("Operation canceled"),
    Phrase("Software caused connection abort"),
    Phrase("Host is down"),
    Phrase("Destination address required"),
    Phrase("Invalid argument"),
    Phrase("Cannot allocate memory"),
    Phrase("Protocol error"),
    Phrase("No such file or directory"),
    Phrase("No space left on device"),
    Phrase("Read-only file system"),
    Phrase("Is a directory"),
    Phrase("Not a directory"),
    Phrase("Input/output error"),
    Phrase("timed out"),
    Phrase("All connection attempts failed"),
    Phrase("Name or service not known"),
    Phrase("Temporary failure in name resolution"),
    Phrase("No address associated with hostname"),
)
"""What a system says of network and files, as reasons within other sentences (``strerror(3)`` and
``gai_strerror(3)`` of the GNU C library), and httpx where it tried several addresses.
"""


_NUMBER: Final = re.compile(r"\[Errno -?\d+\] ")
_SENTENCE: Final = re.compile(r"(?<=[.?]) ")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d")


def said(words: str) -> Told:
    """``words`` of phone or hub in the desk's language where they are known, else as they stand.

    What is wrong and what that means are often two sentences, each known by itself.
    """
    for end in _SENTENCE.finditer(words):
        first, second = _known_as(words[: end.start()]), _known_as(words[end.end() :])
        if first is not None and second is not None:
            return Phrase("{first} {second}", first=first, second=second)
    return _known_as(words) or words


def reason(error: Exception) -> Told:
    """Why, as the system tells it: without its number, and the file that the sentence around it names."""
    if isinstance(error, UnicodeDecodeError):
        return Phrase("it is no text in UTF-8")
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said(_NUMBER.sub("", clean(told)))


def _known_as(words: str) -> Phrase | None:
    for pattern, phrase in _known():
        found = pattern.fullmatch(words)
        if found is not None:
            return Phrase.of(phrase, **{name: _value(told) for name, told in found.groupdict().items()})
    return None


def _value(told: str) -> Told:
    """A moment (ISO 8601, as the hub writes it) as the desk's language does, and so a sentence that is known;
    all else as it stands.
    """
    return moment_of(told) if _MOMENT.fullmatch(told) else said(told)


@cache
def _known() -> tuple[tuple[re.Pattern[str], Phrase], ...]:
    """Those that say most of a sentence first, for some are a frame around any reason."""
    phrases = (*OF_THE_PHONE, *OF_THE_HUB, *OF_THE_SYSTEM)
    exactest = sorted(phrases, key=lambda phrase: -len(re.sub(r"\{\w+\}", "", phrase.text)))
    return tuple((_pattern(phrase.text), phrase) for phrase in exactest)


def _pattern(text: str) -> re.Pattern[str]:
    """``text`` with something for each value, as short as may be."""
    parts = re.split(r"\{(\w+)\}", text)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    )

"""``moked serve``: desks in browsers, for thin clients in the centre's network, by textual-serve.

textual-serve lets in whoever reaches it. Here one gate stands before page, WebSocket and files
(``gate.py``): an agent signs in with a password or an enrolment code, which the hub judges (``door.py``), and
the browser is a device of theirs until they sign out (``sessions.py``). Each session's desk is a process with
a home of its own (``desk_process.py``, ``desk.py``); its token travels by a pipe.
"""

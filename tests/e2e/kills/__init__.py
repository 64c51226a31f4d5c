"""A shift in which the desk is killed again and again, in every state of a call and of a wrap-up.

What must be so afterwards is taken from others than the killed desk wherever somebody else knows: from
Asterisk how many calls there are and how far they are, from the recordings who hears whom, from the hub
what was noted.
"""

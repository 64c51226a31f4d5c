"""The desk line by line, for screen readers, Braille displays and plain terminals: ``moked --linear``.

The same store, commands and services as the desk's screen, no Textual: ``telling`` says what changed,
``pages`` reads a part of the screen, ``hand`` knows what can be typed, ``console`` writes lines and keeps
what is being typed, ``desk`` puts them together.
"""

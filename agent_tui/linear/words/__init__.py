"""What the typed words do, by subject: each a function of the hand and of what is typed behind the word."""

"""What the pages show, as frozen values: codes and numbers, no HTML and no translation.

Invariants: a view changes nothing; a withheld, a missing, a zero and a not shared figure stay four different
things all the way to the reader; every panel carries the evidence its figures stand on.
"""

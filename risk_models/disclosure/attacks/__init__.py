"""Attacks AT1 to AT12 on a release before it is signed, one module an idea.

Invariants: an attack sees what an attacker would and says how it ended; what was not tried is said as well; how much
is tried is counted in cells and attackers, never in seconds, so a slow machine attacks as hard as a fast one.
Source: methodology 3.6.
"""

"""What an attacker can work out: cells, the equations among them, and exact answers.

Invariants: integers decide; a float of the solver proposes and an integer check disposes.
"""

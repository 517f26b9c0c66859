"""Indicators: one family a module, one idea a function, on plain intervals and decimals.

Invariants: a function knows no table, no member and no period; its docstring is the explanation users read
(definition, unit, range, direction, minimum, withheld and missing inputs, source, worked example); a figure
from exact inputs lies inside the figure from any intervals that hold them.
"""

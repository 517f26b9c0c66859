"""The figures of the cross-border models: which cells of which members meet in which indicator.

Invariants: each module computes one family from `Observations` and yields `Figure`s; a figure is computed
only from cells that are there, so an absent table is never read as zero; order of the inputs does not matter.
"""

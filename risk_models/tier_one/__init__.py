"""The tier-1 set on dense arrays: cells become cubes, an indicator is a call on whole cubes, a result is columns.

Invariants: no loop over cells in Python; a figure's digits do not depend on what else is computed with it, so a block
that was computed alone is the block that a whole run gives; order, processor and thread count decide nothing.
"""

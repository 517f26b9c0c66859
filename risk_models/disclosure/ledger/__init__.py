"""Everything one member ever released, to anybody, in any vintage, as one system of cells and equations.

Invariants: what any recipient was shown is known to all of them; a cell that did not change is the same unknown
in every release, and a revised one is another; nothing here reads a clock. Source: methodology 3.6.
"""

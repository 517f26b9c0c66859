"""Risk models: records to typology cells, disclosure control, shared indicators, versioned models.

Invariants: this package opens no socket and asks no clock; the only files it reads are its own packaged
definitions; tables and parameters come in as arguments; the same inputs give the same bytes on every node.
"""

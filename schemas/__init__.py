"""The shared language of the node: code lists, data structures, periods, statuses, checks.

Invariants: this package imports only the standard library and pyarrow; importing it reads no file; every
definition is a reviewed text file under `definitions/`; a code id, once released, never changes its meaning.
"""

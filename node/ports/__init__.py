"""What the application needs from the world: values and small classes with a written contract.

Every adapter of a port passes the one contract suite in tests/contract. Nothing here does input or output.
"""

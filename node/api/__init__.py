"""The node's HTTP surfaces: JSON for people and scripts, and the exchange for peers.

Nothing here decides: a route authenticates, calls one function of services, and writes its answer down.
"""

"""The pages people read and work in, rendered on the server, whole without JavaScript.

Invariants: a page is reachable only through a route that names the action it needs (deny by default); every
form carries the session's form token; everything that came from outside is escaped; no page asks another host
for anything.
"""

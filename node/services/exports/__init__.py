"""Exports: every table of the dashboard as rows with notes, for people's own tools.

Invariants: a table that a page shows is exported from the same view, so that file and page never disagree; one
service builds them all, and a page only links to it.
"""

"""Effectiveness: what becomes of reports, requests and money in each member, and where less passes than in the region.

Invariants: a weak stage is a question about a chain of institutions and never a grade of one of them; every threshold
is of the model's specification.
"""

"""The assessment of members: inputs of shared figures, put together by a composite specification and nothing else.

Invariants: `facts` finds the cells, `flows`, `ratings` and `statistics` make one input each, `table` lays them out by
member and year, `scores` runs the composite; states are assessed, never persons; what is missing is never a low score.
"""

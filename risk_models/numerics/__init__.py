"""Numerics that several families of indicators share: tails of distributions, sums in a fixed order, fits, words.

Invariants: floats are added element by element in a stated order (no BLAS, no library sum), so that every processor
and every number of threads gives the same; what a float cannot decide at nine digits is done again with decimals.
"""

"""Checks: the rules across fields and records, one small function each."""

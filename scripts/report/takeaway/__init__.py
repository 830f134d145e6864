"""Takeaway: citations, downloads, the static API, and what changed between versions."""

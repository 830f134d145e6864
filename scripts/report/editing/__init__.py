"""Editing: mints, withdraws and merges records, and lists what is still poorly evidenced."""

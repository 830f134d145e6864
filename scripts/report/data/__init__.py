"""Data: reads the files, validates each record, and keeps them as one corpus."""

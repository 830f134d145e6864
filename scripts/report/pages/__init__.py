"""Pages: records, lists and chapters as Markdown; search, metadata and policy of the built pages."""

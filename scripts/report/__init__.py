"""The report: from YAML records to checked data, charts and Markdown pages."""

"""Charts: tables of the corpus, each figure defined once, drawn as SVG and for plotly; the map."""

"""Pure geometry: domain values in, numbers for SVG out; the templates write the marks."""

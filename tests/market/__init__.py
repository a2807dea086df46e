"""Statement files: profiles, fields, records, whole files, and everything hostile that a file can be."""

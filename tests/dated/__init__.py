"""The dated configuration: kinds, names, documents, histories, seed."""

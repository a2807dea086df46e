"""Pies: target trees as documents, and the cents that bring holdings to them. Pure columns, nothing is ordered here."""

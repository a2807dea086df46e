"""Tests of the rule language: documents, loading, checks, wording, compilation."""

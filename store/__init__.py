"""The books on disk: tables, the one writer, reads in columns, migrations, and the checker. Rows never leave here."""

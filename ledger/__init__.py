"""What happened: money, days, accounts and the books, as pure arithmetic on columns."""

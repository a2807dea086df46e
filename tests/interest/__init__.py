"""Interest: exact rates, cent-days, postings, held against a program that counts day by day."""

"""Cash outside Sluice, as its banks tell it: statement files today. Reads and reports; decides and posts nothing."""

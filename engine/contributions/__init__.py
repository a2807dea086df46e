"""Who may do what with which kind of account, and how much a person may still contribute (ruling 17)."""

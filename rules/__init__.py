"""What the customer wants: the documents of the rule language, their checks, wording and compilation."""

"""Interest to the last fraction: balances of dates become cent-days, cent-days become cents. Pure columns."""

"""Securities outside Sluice: sessions, prices, corporate actions, brokers, model pies. Reports, decides nothing."""

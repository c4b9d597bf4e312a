"""Other tools' descriptions made into surveys of ours; one package per format.  No data are seen here."""

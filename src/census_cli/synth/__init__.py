"""Makes a synthetic survey from the recipe that lies beside the survey's rules.  What the survey is about is not known here."""

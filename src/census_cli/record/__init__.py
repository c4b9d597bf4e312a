"""One record at a time: the rules and decision tables of a survey as Python closures, for a form that is being filled in."""

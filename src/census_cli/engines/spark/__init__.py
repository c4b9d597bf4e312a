"""Spark, for what outgrows one machine: the same plan, spelled for Spark by `translate` and `spelling`."""

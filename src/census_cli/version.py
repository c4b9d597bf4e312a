"""The version, and nothing else, so that anything may read it."""

VERSION = "0.1.0"

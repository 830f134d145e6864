"""The shortcuts of the build: without this folder the site is the same, only slower."""

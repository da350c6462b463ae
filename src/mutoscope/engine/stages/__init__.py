"""The steps that recipes are made of: plain functions with named inputs and outputs."""

"""The vocabulary: requests, states, credits, ids, time and errors. Imports no other room."""

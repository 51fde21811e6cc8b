"""What can be evaluated: each target turns a row into an output."""

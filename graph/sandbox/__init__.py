"""The jail in which the code of answers runs."""

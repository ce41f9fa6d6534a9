"""Output of commands: tables, claims, standard output."""

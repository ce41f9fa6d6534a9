"""Input of commands: arguments, settings and files of runs."""

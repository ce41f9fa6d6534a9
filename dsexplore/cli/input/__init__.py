"""What the command line is given: arguments, settings and files of runs."""

"""What is open: the scenario being edited, its history, baseline and journal. No screen."""

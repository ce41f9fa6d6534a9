"""The open document: a scenario being edited, its history, baseline and journal. No screen."""

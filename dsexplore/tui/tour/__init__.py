"""The tour: ten steps in the explorer itself, each done by the user."""

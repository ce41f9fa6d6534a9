"""What is handed on of a scenario, a comparison or a list of claims."""

"""Reports to hand on: on a scenario, a comparison, claims, and what an analysis found."""

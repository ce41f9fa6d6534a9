"""How sure a prediction is: spreads, and the ends of intervals of 80 %."""

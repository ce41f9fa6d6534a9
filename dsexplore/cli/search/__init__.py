"""The searches behind `dsexplore search`: a module for each that is searched."""

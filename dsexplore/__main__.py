"""`python -m dsexplore`: the same as the console script."""

from dsexplore.cli import main

if __name__ == "__main__":
    main()

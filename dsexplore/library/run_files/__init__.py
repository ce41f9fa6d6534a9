"""What a run is started with, as panels: launch scripts, logs and configurations of frameworks."""

from dsexplore.library.run_files.imported import Run, imported_run, is_run

__all__ = ["Run", "imported_run", "is_run"]

"""Models as they lie on disk: a configuration, weights' headers, or a folder or cache of both."""

from dsexplore.library.model_files.imported import Imported, imported_model

__all__ = ["Imported", "imported_model"]

"""Views: the document as lines, without a screen."""

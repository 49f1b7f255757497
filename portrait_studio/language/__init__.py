"""The language of the window: catalogues, the choice among them, saying a text in it (QtCore, no widgets)."""

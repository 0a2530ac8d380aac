"""Self-contained pages: no script, nothing from outside; read on screen, on paper and by a screen reader."""

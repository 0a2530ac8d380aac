"""The terminal app: reads the engine's events and draws them. The only room that imports Textual."""

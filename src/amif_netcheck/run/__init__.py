"""One run: checklist, engine, score, judging again, fixes."""

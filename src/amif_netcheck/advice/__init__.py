"""Words: finding codes and limits to sentences, in French and English. The only room that knows a language."""

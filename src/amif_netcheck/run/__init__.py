"""One run: what to do (plan), probes and checks, the run itself (engine), judging, weighing (score), and fixes."""

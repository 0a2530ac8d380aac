"""What passes: one file for each way of asking."""

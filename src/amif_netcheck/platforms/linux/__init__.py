"""Linux: rtnetlink and inet_diag through pyroute2, the rest through psutil and /proc."""

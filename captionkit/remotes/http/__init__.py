"""HTTP as every remote uses it: one session, one governor of how fast, answers and what is wrong with them."""

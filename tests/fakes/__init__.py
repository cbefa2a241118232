"""What only tests need of a server: a world that can be filled, faults, hooks, a log, and a clock that stands."""

"""Edge: examines a machine, its site and a configuration, for `stage doctor` and `stage check`."""

"""Pictures: plans, worlds, GPU passes and outputs. Imports only `calibration` and `tracking`."""

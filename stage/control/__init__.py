"""The ZeroMQ control face: wire records, server edge and client."""

"""Edge: the process that holds every port that strangers reach: connections, frame checks, keys. No body is read."""

"""Control over ZeroMQ: the requests that the edge answers, the server, saved values, and the client."""

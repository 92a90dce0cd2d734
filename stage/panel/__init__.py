"""The web process: the preview page and the API over HTTP and WebSocket, beside a stage that it asks for others."""

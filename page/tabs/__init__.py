"""What stands below the panels, each a generator of messages like a run: see `server.routes`."""

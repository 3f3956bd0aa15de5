"""What `./hearback` does before Hearback itself is installed: standard library only."""

"""What every test can use: the choice of tests for this pass, and servers of a test's own."""

pytest_plugins = ["tests.passes", "tests.servers", "tests.cast", "tests.flushing"]

"""A throw-away Kubernetes control plane on the loopback interface, for tests."""

"""Makes the facts-only spec that codegen reads, from what Kubernetes publishes."""

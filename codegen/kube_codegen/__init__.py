"""Writes typed C from a facts-only Kubernetes spec: structs, const tables and one-call functions."""

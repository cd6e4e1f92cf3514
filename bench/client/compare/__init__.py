"""libkube's client beside client-go's on a real kube-apiserver."""

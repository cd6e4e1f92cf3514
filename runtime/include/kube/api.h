/* How libkube's public names are exported. Every public header includes this one. */
#ifndef KUBE_API_H
#define KUBE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define KUBE_API __attribute__((visibility("default")))
#define KUBE_FORMAT(string, first) __attribute__((format(printf, string, first)))
#else
#define KUBE_API
#define KUBE_FORMAT(string, first)
#endif

#define KUBE_VERSION_MAJOR 0
#define KUBE_VERSION_MINOR 1
#define KUBE_VERSION_PATCH 0
#define KUBE_VERSION "0.1.0"

#endif

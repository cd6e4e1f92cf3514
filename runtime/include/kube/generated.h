/* For generated code only: what a generated package includes. Each package checks itself that it fits KUBE_TABLE_ABI. */
#ifndef KUBE_GENERATED_H
#define KUBE_GENERATED_H

#include <kube/client.h>
#include <kube/error.h>
#include <kube/memory.h>
#include <kube/type.h>
#include <kube/value.h>
#include <kube/watch.h>

#endif

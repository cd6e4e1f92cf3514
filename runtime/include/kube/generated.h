/* For generated code only: what a generated package includes, and the check that it fits this runtime. */
#ifndef KUBE_GENERATED_H
#define KUBE_GENERATED_H

#include <kube/client.h>
#include <kube/error.h>
#include <kube/memory.h>
#include <kube/type.h>
#include <kube/value.h>

#endif

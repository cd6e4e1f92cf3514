/* All of libkube's hand-written API. Generated types are in <kube/<package>/<version>.h>. */
#ifndef KUBE_KUBE_H
#define KUBE_KUBE_H

#include <kube/api.h>
#include <kube/call.h>
#include <kube/client.h>
#include <kube/config.h>
#include <kube/conflict.h>
#include <kube/credentials.h>
#include <kube/error.h>
#include <kube/forms.h>
#include <kube/hooks.h>
#include <kube/int_or_string.h>
#include <kube/json.h>
#include <kube/kubeconfig.h>
#include <kube/memory.h>
#include <kube/names.h>
#include <kube/object.h>
#include <kube/op.h>
#include <kube/patch.h>
#include <kube/problems.h>
#include <kube/quantity.h>
#include <kube/selector.h>
#include <kube/server.h>
#include <kube/time.h>
#include <kube/type.h>
#include <kube/value.h>
#include <kube/wait.h>
#include <kube/watch.h>
#include <kube/yaml.h>

#endif

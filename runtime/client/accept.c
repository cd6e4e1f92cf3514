/* What a request accepts: the objects themselves, or their metadata alone. */
#include <kube/meta/v1.h>

#include "client/request.h"

#define METADATA "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
#define METADATA_LIST "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

void kube_request_accept_form(kube_request_t *request, const kube_resource_t *resource, bool list)
{
    if (resource->type == &kube_meta_v1_partial_object_metadata_type)
        request->accept = list ? METADATA_LIST : METADATA;
}

/*
 * What a write cannot change and therefore never owns. As a rule the object itself keeps its status, and the status subresource
 * all but the status; these are the exceptions of the real server.
 */
#include "schema_node.h"

#include <string.h>

#define FIELD(name) "{\"f:" name "\":{}}"

static const struct {
    const char *type, *subresource;
    const char *fields; /* FieldsV1 */
} resets[] = {
    { "io.k8s.api.apps.v1.Deployment", "status", "{\"f:metadata\":{\"f:labels\":{}},\"f:spec\":{}}" },
    { "io.k8s.api.core.v1.Pod", "status", "{\"f:metadata\":{\"f:deletionTimestamp\":{},\"f:ownerReferences\":{}},\"f:spec\":{}}" },
    { "io.k8s.api.core.v1.Namespace", "finalize", "{\"f:status\":{}}" },
    { "io.k8s.api.certificates.v1.CertificateSigningRequest", "", "{\"f:spec\":{},\"f:status\":{}}" },
    { "io.k8s.api.certificates.v1.CertificateSigningRequest", "status", "{\"f:spec\":{},\"f:status\":{\"f:conditions\":{}}}" },
    { "io.k8s.api.certificates.v1.CertificateSigningRequest", "approval", "{\"f:spec\":{},\"f:status\":{\"f:certificate\":{}}}" },
};

/* Kinds whose status subresource keeps metadata too. */
static const char *const keep_metadata[] = {
    "io.k8s.api.scheduling.v1alpha2.PodGroup",
    "io.k8s.api.networking.v1.ServiceCIDR",
    "io.k8s.api.networking.v1beta1.ServiceCIDR",
    "io.k8s.api.storagemigration.v1beta1.StorageVersionMigration",
    "io.k8s.api.resource.v1.ResourceClaim",
    "io.k8s.api.resource.v1beta1.ResourceClaim",
    "io.k8s.api.resource.v1beta2.ResourceClaim",
    "io.k8s.api.resource.v1alpha3.DeviceTaintRule",
    "io.k8s.api.resource.v1beta2.DeviceTaintRule",
    "io.k8s.api.resource.v1alpha3.ResourcePoolStatusRequest",
    "io.k8s.api.apiserverinternal.v1alpha1.StorageVersion",
    "io.k8s.api.storage.v1.VolumeAttachment",
    "io.k8s.api.flowcontrol.v1.FlowSchema",
    "io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration",
    "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",
    "io.k8s.api.admissionregistration.v1alpha1.ValidatingAdmissionPolicy",
    "io.k8s.api.admissionregistration.v1beta1.ValidatingAdmissionPolicy",
    "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
};

static const char *type_name(const ts_schema_t *schema)
{
    return schema->root.source == TS_SOURCE_TYPE ? ((const kube_type_t *)schema->root.table)->name : "";
}

static const char *exception(const ts_schema_t *schema, const char *subresource)
{
    size_t i;

    for (i = 0; i < sizeof resets / sizeof *resets; i++) {
        if (strcmp(resets[i].type, type_name(schema)) == 0 && strcmp(resets[i].subresource, subresource) == 0) {
            return resets[i].fields;
        }
    }
    return NULL;
}

static const char *usual(const ts_schema_t *schema, const char *subresource)
{
    size_t i;

    if (strcmp(subresource, "status") != 0) {
        return schema->has_status && (subresource[0] == '\0' || schema->crd_version) ? FIELD("status") : "{}";
    }
    for (i = 0; i < sizeof keep_metadata / sizeof *keep_metadata; i++) {
        if (strcmp(keep_metadata[i], type_name(schema)) == 0) {
            return "{\"f:metadata\":{},\"f:spec\":{}}";
        }
    }
    return schema->crd_version ? "{\"f:metadata\":{},\"f:spec\":{}}" : FIELD("spec");
}

json_t *ts_schema_reset_fields(const ts_schema_t *schema, const char *subresource)
{
    const char *fields = exception(schema, subresource);

    return json_loads(fields ? fields : usual(schema, subresource), 0, NULL);
}

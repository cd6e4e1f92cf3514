/* When a request is sent again, what is done after a lost reply, and what errors, hooks and limits tell of it. */
#include <kube/authorization/v1.h>
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/op.h>
#include <kube/policy/v1.h>
#include <pthread.h>

#include "answers.h"
#include "faults.h"
#include "moved_clock.h"
#include "patience.h"

static answers_t answers;
static kube_client_t *client;
static kube_error_t err;

#define ANSWERS(...)                                                              \
    do {                                                                          \
        static const answer_t list_[] = { __VA_ARGS__ };                          \
        answers_set(&answers, list_, sizeof list_ / sizeof *list_);               \
    } while (0)

#define OBJECT(rv, data) "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\",\"namespace\":\"n\",\"uid\":\"u\"," \
                         "\"resourceVersion\":\"" rv "\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"},\"data\":{" data "}}"
#define SAME OBJECT("2", "\"a\":\"1\"")
#define MORE OBJECT("2", "\"a\":\"1\",\"b\":\"2\"")
#define OTHER OBJECT("2", "\"a\":\"2\"")
#define GOING "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}"
#define FAILURE(code, reason) "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"it is " reason \
                              "\",\"reason\":\"" reason "\",\"code\":" #code "}"
#define DONE "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\"}"
#define REVIEW "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/v1\"}"
#define NODE(spec, phase) "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"o\"}," spec "\"status\":{\"phase\":\"" phase "\"}}"
#define AT_ONCE .headers = { { "Retry-After", "0" } }

#define LOST { .status = 0 }
#define UNSENT { .status = 0, .unsent = true }
#define FOUND(body_) { .status = 200, .body = body_ }
#define CREATED { .status = 201, .body = SAME }
#define REFUSED(code_, reason_) { .status = code_, .body = FAILURE(code_, reason_) }
#define BUSY { .status = 429, .body = FAILURE(429, "TooManyRequests"), AT_ONCE }
#define DOWN { .status = 503, .body = FAILURE(503, "ServiceUnavailable"), AT_ONCE }
#define REVIEWED { .status = 201, .body = REVIEW }
#define EXISTS REFUSED(409, "AlreadyExists")
#define CONFLICTS REFUSED(409, "Conflict")
#define GONE REFUSED(404, "NotFound")

static kube_string_entry_t data_entries[] = { { "a", "1" } };
static kube_core_v1_config_map_t named = {
    .metadata = &(kube_meta_v1_object_meta_t){ .name = "c", .namespace_ = "n" },
    .data = { .items = data_entries, .len = 1 },
};
static kube_core_v1_config_map_t generated = {
    .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "c-", .namespace_ = "n" },
    .data = { .items = data_entries, .len = 1 },
};
static kube_core_v1_config_map_t versioned = {
    .metadata = &(kube_meta_v1_object_meta_t){ .name = "c", .namespace_ = "n", .resource_version = "1" },
    .data = { .items = data_entries, .len = 1 },
};

/* ---- what is done ---- */

static int get(void *out, const kube_call_t *call)
{
    kube_get_options_t options = { .call = *call };
    return kube_core_v1_config_map_get(client, "n", "c", &options, out, &err);
}

static int list(void *out, const kube_call_t *call)
{
    kube_list_options_t options = { .call = *call };
    return kube_core_v1_config_map_list(client, "n", &options, out, &err);
}

static int create_object(const kube_core_v1_config_map_t *object, bool dry_run, void *out, const kube_call_t *call)
{
    kube_create_options_t options = { .call = *call, .dry_run = dry_run };
    return kube_core_v1_config_map_create(client, NULL, object, &options, out, &err);
}

static int create(void *out, const kube_call_t *call) { return create_object(&named, false, out, call); }
static int create_generated(void *out, const kube_call_t *call) { return create_object(&generated, false, out, call); }
static int create_dry(void *out, const kube_call_t *call) { return create_object(&generated, true, out, call); }

static int update_object(const kube_core_v1_config_map_t *object, void *out, const kube_call_t *call)
{
    kube_update_options_t options = { .call = *call };
    return kube_core_v1_config_map_update(client, NULL, object, &options, out, &err);
}

static int update(void *out, const kube_call_t *call) { return update_object(&versioned, out, call); }
static int update_blindly(void *out, const kube_call_t *call) { return update_object(&named, out, call); }

static int patch_object(bool dry_run, void *out, const kube_call_t *call)
{
    kube_patch_options_t options = { .call = *call, .dry_run = dry_run };
    kube_patch_t patch = { .type = KUBE_PATCH_TYPE_MERGE, .text = "{}", .len = 2 };
    return kube_core_v1_config_map_patch(client, "n", "c", &patch, &options, out, &err);
}

static int patch(void *out, const kube_call_t *call) { return patch_object(false, out, call); }
static int patch_dry(void *out, const kube_call_t *call) { return patch_object(true, out, call); }

static int apply(void *out, const kube_call_t *call)
{
    kube_apply_options_t options = { .call = *call, .field_manager = "test" };
    return kube_core_v1_config_map_apply(client, NULL, &named, &options, out, &err);
}

static int apply_versioned(void *out, const kube_call_t *call)
{
    kube_apply_options_t options = { .call = *call, .field_manager = "test" };
    return kube_core_v1_config_map_apply(client, NULL, &versioned, &options, out, &err);
}

static int delete_object(const kube_delete_options_t *options, void *out)
{
    kube_any_t any;
    int code = kube_core_v1_config_map_delete(client, "n", "c", options, &any, &err);
    *(void **)out = any.object;
    return code;
}

static int delete_it(void *out, const kube_call_t *call) { return delete_object(&(kube_delete_options_t){ .call = *call }, out); }

static int delete_uid(void *out, const kube_call_t *call)
{
    return delete_object(&(kube_delete_options_t){ .call = *call, .precondition_uid = "u" }, out);
}

static int delete_version(void *out, const kube_call_t *call)
{
    return delete_object(&(kube_delete_options_t){ .call = *call, .precondition_resource_version = "1" }, out);
}

static int delete_all(void *out, const kube_call_t *call)
{
    kube_delete_options_t options = { .call = *call };
    *(void **)out = NULL;
    return kube_core_v1_config_map_delete_collection(client, "n", &options, NULL, NULL, &err);
}

static int review(void *out, const kube_call_t *call)
{
    kube_authorization_v1_self_subject_access_review_t body = { .spec = &(kube_authorization_v1_self_subject_access_review_spec_t){ 0 } };
    kube_create_options_t options = { .call = *call };
    return kube_create(client, &kube_authorization_v1_self_subject_access_reviews, NULL, &body, &options, out, &err);
}

static int evict(void *out, const kube_call_t *call)
{
    kube_policy_v1_eviction_t body = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    kube_create_options_t options = { .call = *call };
    return kube_core_v1_pod_evict(client, "n", "p", &body, &options, out, &err);
}

static kube_core_v1_node_t node = {
    .metadata = &(kube_meta_v1_object_meta_t){ .name = "o", .resource_version = "1" },
    .status = &(kube_core_v1_node_status_t){ .phase = "Running" },
};

static int update_status(void *out, const kube_call_t *call)
{
    kube_update_options_t options = { .call = *call };
    return kube_core_v1_node_update_status(client, &node, &options, out, &err);
}

static int raw_to(const char *method, const char *path, void *out, const kube_call_t *call)
{
    kube_buffer_t reply = { 0 };
    kube_raw_request_t request = { .call = *call, .method = method, .path = path };
    *(void **)out = NULL;
    int code = kube_raw(client, &request, &reply, &err);
    kube_buffer_dispose(&reply);
    return code;
}

static int raw_get(void *out, const kube_call_t *call) { return raw_to("GET", "/version", out, call); }
static int raw_post(void *out, const kube_call_t *call) { return raw_to("POST", "/version?x=/eviction", out, call); }
static int raw_evict(void *out, const kube_call_t *call) { return raw_to("POST", "/api/v1/namespaces/n/pods/p/eviction?dryRun=All", out, call); }
static int raw_get_eviction(void *out, const kube_call_t *call) { return raw_to("GET", "/api/v1/namespaces/n/pods/p/eviction", out, call); }

/* ---- the table ---- */

typedef struct retry {
    const char *name;
    int (*run)(void *out, const kube_call_t *call);
    int code;
    const char *methods; /* of the requests: G, P (POST), U (PUT), A (PATCH), D */
    const char *earlier; /* a part of err.earlier; NULL: nothing is there */
    answer_t answers[6];
} retry_t;

static const char *const methods[] = { "GET ", "POST ", "PUT ", "PATCH ", "DELETE " };

static void read_methods(char *to)
{
    for (int i = 0; i < answers.requests && i < ANSWERS_REQUESTS_MAX; i++) {
        for (size_t m = 0; m < 5; m++) {
            if (strncmp(answers.asked[i].line, methods[m], strlen(methods[m])) == 0)
                *to++ = "GPUAD"[m];
        }
    }
    *to = '\0';
}

static void check_retry(const retry_t *retry, const kube_call_t *call)
{
    char seen[ANSWERS_REQUESTS_MAX + 1];
    size_t count = 0;
    while (count < 6 && (retry->answers[count].status || retry->answers[count].unsent || retry->answers[count].fails))
        count++;
    answers_set(&answers, retry->answers, count);
    void *out = NULL;
    memset(&err, 0xAA, sizeof err);
    int code = retry->run(&out, call);
    read_methods(seen);
    bool right = code == retry->code && strcmp(seen, retry->methods) == 0 && err.code == (kube_code_t)code;
    if (code < 0)
        right = right && !out && err.attempts == (int)strlen(retry->methods) && *err.message;
    else
        right = right && err.attempts == 0;
    if (retry->earlier)
        right = right && strstr(err.earlier, retry->earlier);
    else
        right = right && !*err.earlier;
    if (!right)
        printf("%s: %s, requests %s, %d attempts: %s (earlier: %s)\n", retry->name, kube_code_name(code), seen, err.attempts, err.message, err.earlier);
    CHECK(right);
    kube_free(out);
    CHECK_INT(answers.open, 0);
}

static void check_all(const retry_t *retries, size_t count, const kube_call_t *call)
{
    for (size_t i = 0; i < count; i++)
        check_retry(&retries[i], call);
}

#define CHECK_ALL(retries, ...) check_all(retries, sizeof(retries) / sizeof *(retries), &(kube_call_t){ __VA_ARGS__ })

#undef LOST
#define LOST { .fails = KUBE_E_CONNECT }

static const retry_t refusals[] = {
    { "get, busy twice", get, KUBE_OK, "GGG", NULL, { BUSY, BUSY, FOUND(SAME) } },
    { "get, down", get, KUBE_OK, "GG", NULL, { DOWN, FOUND(SAME) } },
    { "get, 500", get, KUBE_OK, "GG", NULL, { { .status = 500, .body = "no", AT_ONCE }, FOUND(SAME) } },
    { "get, busy, does not say when", get, KUBE_E_TOO_MANY_REQUESTS, "G", NULL, { REFUSED(429, "TooManyRequests") } },
    { "get, down, does not say when", get, KUBE_E_SERVER, "G", NULL, { REFUSED(503, "ServiceUnavailable") } },
    { "get, busy, then forbidden", get, KUBE_E_FORBIDDEN, "GG", "KUBE_E_TOO_MANY_REQUESTS: it is TooManyRequests", { BUSY, REFUSED(403, "Forbidden") } },
    { "get, 404 that says when", get, KUBE_E_NOT_FOUND, "G", NULL, { { .status = 404, .body = "no", AT_ONCE } } },
    { "get, nonsense for a time", get, KUBE_E_TOO_MANY_REQUESTS, "G", NULL, { { .status = 429, .body = "no", .headers = { { "Retry-After", "soon" } } } } },
    { "list, busy", list, KUBE_OK, "GG", NULL, { BUSY, FOUND("{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}") } },
    { "create, busy", create, KUBE_OK, "PP", NULL, { BUSY, CREATED } },
    { "create by generateName, busy", create_generated, KUBE_OK, "PP", NULL, { BUSY, CREATED } },
    { "create by generateName, down", create_generated, KUBE_E_SERVER, "P", NULL, { DOWN } },
    { "create by generateName, dry, down", create_dry, KUBE_OK, "PP", NULL, { DOWN, CREATED } },
    { "create, down", create, KUBE_OK, "PP", NULL, { DOWN, CREATED } },
    { "create, down, then it is there", create, KUBE_OK, "PPG", NULL, { DOWN, EXISTS, FOUND(SAME) } },
    { "create, down, then another is there", create, KUBE_E_AMBIGUOUS, "PPG", "AlreadyExists", { DOWN, EXISTS, FOUND(OTHER) } },
    { "create, there already", create, KUBE_E_ALREADY_EXISTS, "P", NULL, { EXISTS } },
    { "create, busy, then there already", create, KUBE_E_ALREADY_EXISTS, "PP", "KUBE_E_TOO_MANY_REQUESTS", { BUSY, EXISTS } },
    { "update, down", update, KUBE_OK, "UU", NULL, { DOWN, FOUND(SAME) } },
    { "update, down, then conflict, done", update, KUBE_OK, "UUG", NULL, { DOWN, CONFLICTS, FOUND(SAME) } },
    { "update, down, then down for good", update, KUBE_E_SERVER, "UU", "KUBE_E_SERVER", { DOWN, REFUSED(500, "InternalError") } },
    { "update without a version, down", update_blindly, KUBE_E_SERVER, "U", NULL, { DOWN } },
    { "patch, down", patch, KUBE_E_SERVER, "A", NULL, { DOWN } },
    { "patch, busy", patch, KUBE_OK, "AA", NULL, { BUSY, FOUND(SAME) } },
    { "patch, dry, down", patch_dry, KUBE_OK, "AA", NULL, { DOWN, FOUND(SAME) } },
    { "apply, down", apply, KUBE_OK, "AA", NULL, { DOWN, FOUND(SAME) } },
    { "delete, down", delete_it, KUBE_E_SERVER, "D", NULL, { DOWN } },
    { "delete, busy", delete_it, KUBE_OK, "DD", NULL, { BUSY, FOUND(DONE) } },
    { "eviction, budget used up", evict, KUBE_E_TOO_MANY_REQUESTS, "P", NULL, { BUSY } },
    { "review, down", review, KUBE_OK, "PP", NULL, { DOWN, REVIEWED } },
    { "raw GET, busy", raw_get, KUBE_OK, "GG", NULL, { BUSY, FOUND("ok") } },
    { "raw POST, down", raw_post, KUBE_E_SERVER, "P", NULL, { DOWN } },
    { "raw POST, busy", raw_post, KUBE_OK, "PP", NULL, { BUSY, FOUND("ok") } },
    { "raw eviction, budget used up", raw_evict, KUBE_E_TOO_MANY_REQUESTS, "P", NULL, { BUSY } },
    { "raw GET of an eviction, busy", raw_get_eviction, KUBE_OK, "GG", NULL, { BUSY, FOUND("ok") } },
};

static void test_refusals(void)
{
    CHECK_ALL(refusals, 0);
}

static const retry_t losses[] = {
    { "get", get, KUBE_OK, "GGG", NULL, { LOST, LOST, FOUND(SAME) } },
    { "get, cut in its body", get, KUBE_OK, "GG", NULL, { { .status = 200, .body = "{\"kind\":", .fails = KUBE_E_CONNECT }, FOUND(SAME) } },
    { "get, refused in part", get, KUBE_E_NOT_FOUND, "G", NULL, { { .status = 404, .body = "{\"kind\":", .fails = KUBE_E_CONNECT } } },
    { "get, not HTTP", get, KUBE_E_PARSE, "G", NULL, { { .fails = KUBE_E_PARSE } } },
    { "get, never connected", get, KUBE_E_CONNECT, "G", NULL, { UNSENT } },
    { "get, bad certificate", get, KUBE_E_TLS, "G", NULL, { { .fails = KUBE_E_TLS, .unsent = true } } },
    { "get, then no connection for a while", get, KUBE_OK, "GGG", NULL, { LOST, UNSENT, FOUND(SAME) } },
    { "get, then a bad certificate", get, KUBE_E_TLS, "GG", "the answer failed", { LOST, { .fails = KUBE_E_TLS, .unsent = true } } },
    { "list", list, KUBE_OK, "GG", NULL, { LOST, FOUND("{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}") } },
    { "raw GET", raw_get, KUBE_OK, "GG", NULL, { LOST, FOUND("ok") } },
    { "raw POST", raw_post, KUBE_E_AMBIGUOUS, "P", NULL, { LOST } },

    { "create", create, KUBE_OK, "PP", NULL, { LOST, CREATED } },
    { "create, never connected", create, KUBE_E_CONNECT, "P", NULL, { UNSENT } },
    { "create, had happened", create, KUBE_OK, "PPG", NULL, { LOST, EXISTS, FOUND(SAME) } },
    { "create, had happened, with defaults", create, KUBE_OK, "PPG", NULL, { LOST, EXISTS, FOUND(MORE) } },
    { "create, another is there", create, KUBE_E_AMBIGUOUS, "PPG", "AlreadyExists", { LOST, EXISTS, FOUND(OTHER) } },
    { "create, gone again", create, KUBE_E_AMBIGUOUS, "PPG", "AlreadyExists", { LOST, EXISTS, GONE } },
    { "create, forbidden, not there", create, KUBE_E_FORBIDDEN, "PPG", "KUBE_E_AMBIGUOUS", { LOST, REFUSED(403, "Forbidden"), GONE } },
    { "create, forbidden, there", create, KUBE_OK, "PPG", NULL, { LOST, REFUSED(403, "Forbidden"), FOUND(SAME) } },
    { "create, cannot be read", create, KUBE_E_AMBIGUOUS, "PPG", "AlreadyExists", { LOST, EXISTS, REFUSED(403, "Forbidden") } },
    { "create, then no connection for a while", create, KUBE_OK, "PPPPG", NULL, { LOST, UNSENT, UNSENT, EXISTS, FOUND(SAME) } },
    { "create, then unauthorized", create, KUBE_E_AMBIGUOUS, "PP", "Unauthorized", { LOST, REFUSED(401, "Unauthorized") } },
    { "create, not HTTP", create, KUBE_OK, "PP", NULL, { { .fails = KUBE_E_PARSE }, CREATED } },
    { "create, cut in the reply", create, KUBE_OK, "PPG", NULL, { { .status = 201, .body = "{", .fails = KUBE_E_CONNECT }, EXISTS, FOUND(SAME) } },
    { "create by generateName", create_generated, KUBE_E_AMBIGUOUS, "P", NULL, { LOST } },
    { "create by generateName, dry", create_dry, KUBE_OK, "PP", NULL, { LOST, CREATED } },
    { "review", review, KUBE_OK, "PP", NULL, { LOST, REVIEWED } },
    { "eviction", evict, KUBE_E_AMBIGUOUS, "P", NULL, { LOST } },

    { "update", update, KUBE_OK, "UU", NULL, { LOST, FOUND(SAME) } },
    { "update, had happened", update, KUBE_OK, "UUG", NULL, { LOST, CONFLICTS, FOUND(SAME) } },
    { "update, overtaken", update, KUBE_E_AMBIGUOUS, "UUG", "Conflict", { LOST, CONFLICTS, FOUND(OTHER) } },
    { "update, what it left out is there", update, KUBE_E_AMBIGUOUS, "UUG", "Conflict", { LOST, CONFLICTS, FOUND(MORE) } },
    { "update, gone", update, KUBE_E_AMBIGUOUS, "UUG", "NotFound", { LOST, GONE, GONE } },
    { "update without a version", update_blindly, KUBE_E_AMBIGUOUS, "U", NULL, { LOST } },
    { "update of a status, had happened", update_status, KUBE_OK, "UUG", NULL,
      { LOST, CONFLICTS, FOUND(NODE("\"spec\":{\"podCIDR\":\"x\"},", "Running")) } },
    { "update of a status, overtaken", update_status, KUBE_E_AMBIGUOUS, "UUG", "Conflict",
      { LOST, CONFLICTS, FOUND(NODE("", "Pending")) } },

    { "patch", patch, KUBE_E_AMBIGUOUS, "A", NULL, { LOST } },
    { "patch, dry", patch_dry, KUBE_OK, "AA", NULL, { LOST, FOUND(SAME) } },
    { "apply", apply, KUBE_OK, "AAA", NULL, { LOST, LOST, FOUND(SAME) } },
    { "apply, conflict", apply, KUBE_E_CONFLICT, "AA", "KUBE_E_AMBIGUOUS", { LOST, CONFLICTS } },
    { "apply of a version, may have happened", apply_versioned, KUBE_E_AMBIGUOUS, "AAG", "Conflict", { LOST, CONFLICTS, FOUND(OTHER) } },
    { "apply of a version, had happened", apply_versioned, KUBE_OK, "AAG", NULL, { LOST, CONFLICTS, FOUND(SAME) } },
    { "apply, then no connection for a while", apply, KUBE_OK, "AAA", NULL, { LOST, UNSENT, FOUND(SAME) } },

    { "delete, had happened", delete_it, KUBE_OK, "DG", NULL, { LOST, GONE } },
    { "delete, no connection for a while", delete_it, KUBE_OK, "DGG", NULL, { LOST, UNSENT, GONE } },
    { "delete, lingers", delete_it, KUBE_OK, "DG", NULL, { LOST, FOUND(GOING) } },
    { "delete, there", delete_it, KUBE_E_AMBIGUOUS, "DG", "may have happened", { LOST, FOUND(SAME) } },
    { "delete, cannot be read", delete_it, KUBE_E_AMBIGUOUS, "DG", "may have happened", { LOST, REFUSED(403, "Forbidden") } },
    { "delete, not there", delete_it, KUBE_E_NOT_FOUND, "D", NULL, { GONE } },
    { "delete by uid, there", delete_uid, KUBE_OK, "DGD", NULL, { LOST, FOUND(SAME), FOUND(DONE) } },
    { "delete by uid, late", delete_uid, KUBE_OK, "DGDG", NULL, { LOST, FOUND(SAME), GONE, GONE } },
    { "delete by uid, another is there", delete_uid, KUBE_E_AMBIGUOUS, "DGDG", "Conflict", { LOST, FOUND(SAME), CONFLICTS, FOUND(SAME) } },
    { "delete by version, there", delete_version, KUBE_OK, "DGD", NULL, { LOST, FOUND(SAME), FOUND(DONE) } },
    { "delete of all", delete_all, KUBE_E_AMBIGUOUS, "D", NULL, { LOST } },
};

/* With two more attempts. */
static const retry_t gone_for_good[] = {
    { "get", get, KUBE_E_CONNECT, "GGG", "the answer failed", { LOST, UNSENT } },
    { "create", create, KUBE_E_AMBIGUOUS, "PPP", "the answer failed", { LOST, UNSENT } },
    { "apply", apply, KUBE_E_AMBIGUOUS, "AAA", "the answer failed", { LOST, UNSENT } },
    { "delete", delete_it, KUBE_E_AMBIGUOUS, "DGGG", "may have happened", { LOST, UNSENT } },
};

static void test_losses(void)
{
    CHECK_ALL(gone_for_good, .max_retries = KUBE_SOME(2));
    CHECK_ALL(losses, 0);
}

static const retry_t without_retries[] = {
    { "get, busy", get, KUBE_E_TOO_MANY_REQUESTS, "G", NULL, { BUSY } },
    { "get, lost", get, KUBE_E_CONNECT, "G", NULL, { LOST } },
    { "create, lost", create, KUBE_E_AMBIGUOUS, "P", NULL, { LOST } },
    { "create, dry, lost", create_dry, KUBE_E_CONNECT, "P", NULL, { LOST } },
    { "update, lost", update, KUBE_E_AMBIGUOUS, "U", NULL, { LOST } },
    { "apply, lost", apply, KUBE_E_AMBIGUOUS, "A", NULL, { LOST } },
    { "apply, down", apply, KUBE_E_SERVER, "A", NULL, { DOWN } },
    { "delete by uid, there", delete_uid, KUBE_E_AMBIGUOUS, "DG", "may have happened", { LOST, FOUND(SAME) } },
};

static const retry_t with_two[] = {
    { "get, busy", get, KUBE_E_TOO_MANY_REQUESTS, "GGG", "KUBE_E_TOO_MANY_REQUESTS", { BUSY } },
    { "get, lost", get, KUBE_E_CONNECT, "GGG", "KUBE_E_CONNECT: the answer failed", { LOST } },
    { "get, one of each", get, KUBE_E_FORBIDDEN, "GGG", "KUBE_E_CONNECT", { BUSY, LOST, REFUSED(403, "Forbidden") } },
    { "create, lost", create, KUBE_E_AMBIGUOUS, "PPP", "KUBE_E_AMBIGUOUS", { LOST } },
    { "apply, lost, then busy", apply, KUBE_E_AMBIGUOUS, "AAA", "TooManyRequests", { LOST, BUSY } },
    { "create, dry, lost", create_dry, KUBE_E_CONNECT, "PPP", "KUBE_E_CONNECT", { LOST } },
};

static void test_number_of_retries(void)
{
    CHECK_ALL(without_retries, .max_retries = KUBE_SOME(0));
    CHECK_ALL(with_two, .max_retries = KUBE_SOME(2));
    ANSWERS(BUSY);
    CHECK_INT(get(&(void *){ NULL }, &(kube_call_t){ 0 }), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(answers.requests, 11);
    CHECK_INT(err.attempts, 11);
}

/* A repeated request is the same request. */
static void test_what_is_sent_again(void)
{
    ANSWERS(LOST, EXISTS, FOUND(SAME));
    void *out = NULL;
    CHECK_INT(create(&out, &(kube_call_t){ .traceparent = "00-x-y-01" }), KUBE_OK);
    kube_free(out);
    CHECK_STR(answers.asked[0].line, "POST http://api.test/api/v1/namespaces/n/configmaps");
    CHECK_STR(answers.asked[1].line, answers.asked[0].line);
    CHECK_STR(answers.asked[1].body, answers.asked[0].body);
    CHECK_STR(answers.asked[1].head, answers.asked[0].head);
    CHECK(strstr(answers.asked[0].head, "traceparent: 00-x-y-01\n"));
    CHECK_STR(answers.asked[2].line, "GET http://api.test/api/v1/namespaces/n/configmaps/c");
    CHECK_STR(answers.asked[2].body, "");
}

/* ---- what comes back ---- */

/* For a result that is not looked at. */
static int get_and_drop(const kube_call_t *call)
{
    void *out = NULL;
    int code = get(&out, call);
    kube_free(out);
    return code;
}


/* A list that is read anew needs memory anew. */
static void test_list_again_without_memory(void)
{
    static const kube_allocator_t allocator = { fault_allocate, fault_reallocate, fault_release, NULL };
    long n = 0;
    do {
        ANSWERS({ .status = 200, .body = "{", .fails = KUBE_E_CONNECT }, FOUND("{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}"));
        void *out = NULL;
        kube_set_allocator(&allocator);
        faults.left = n++;
        faults.hit = false;
        int code = list(&out, &(kube_call_t){ 0 });
        kube_free(out);
        kube_set_allocator(NULL);
        CHECK(code == KUBE_OK || (faults.hit && code == KUBE_E_NO_MEMORY));
    } while (faults.hit && n < 200);
    CHECK(n > 5 && n < 200);
}

static void test_results_after_losses(void)
{
    kube_core_v1_config_map_t *out = NULL;
    kube_any_t any;
    ANSWERS(LOST, EXISTS, FOUND(MORE));
    CHECK_INT(create(&out, &(kube_call_t){ 0 }), KUBE_OK);
    CHECK(out && strcmp(out->metadata->resource_version, "2") == 0 && out->data.len == 2);
    kube_free(out);
    ANSWERS(LOST, GONE);
    CHECK_INT(kube_core_v1_config_map_delete(client, "n", "c", NULL, &any, &err), KUBE_OK);
    CHECK(any.type == &kube_meta_v1_status_type);
    CHECK(any.object && strcmp(((kube_meta_v1_status_t *)any.object)->status, "Success") == 0);
    kube_free(any.object);
    ANSWERS(LOST, FOUND(GOING));
    CHECK_INT(kube_core_v1_config_map_delete(client, "n", "c", NULL, &any, &err), KUBE_OK);
    CHECK(any.type == &kube_core_v1_config_map_type && any.object);
    kube_free(any.object);
}

static void test_details_of_errors(void)
{
    kube_meta_v1_status_t *status = NULL;
    ANSWERS({ .status = 403, .body = FAILURE(403, "Forbidden"),
              .headers = { { "audit-id", "a-1" }, { "X-Kubernetes-PF-FlowSchema-UID", "f-1" }, { "X-Kubernetes-PF-PriorityLevel-UID", "p-1" } } });
    CHECK_INT(get_and_drop(&(kube_call_t){ .status = &status }), KUBE_E_FORBIDDEN);
    CHECK_STR(err.audit_id, "a-1");
    CHECK_STR(err.flow_schema, "f-1");
    CHECK_STR(err.priority_level, "p-1");
    CHECK_STR(err.reason, "Forbidden");
    CHECK_INT(err.http_status, 403);
    CHECK_INT(err.attempts, 1);
    CHECK(status && strcmp(status->message, "it is Forbidden") == 0);
    kube_free(status);
    ANSWERS(BUSY, { .status = 429, .body = FAILURE(429, "TooManyRequests"), .headers = { { "Retry-After", "7" }, { "Audit-Id", "a-2" } } });
    CHECK_INT(get_and_drop(&(kube_call_t){ .max_retries = KUBE_SOME(1), .status = &status }), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(err.retry_after_ms, 7000);
    CHECK_STR(err.audit_id, "a-2");
    CHECK(status);
    kube_free(status);
    /* After a lost reply nothing of a refusal before it is left. */
    ANSWERS({ .status = 503, .body = FAILURE(503, "ServiceUnavailable"), .headers = { { "Retry-After", "0" }, { "Audit-Id", "a-3" } } }, LOST);
    CHECK_INT(get_and_drop(&(kube_call_t){ .max_retries = KUBE_SOME(1), .status = &status }), KUBE_E_CONNECT);
    CHECK(!status && !*err.audit_id && !*err.reason && err.retry_after_ms == 0);
    /* Nor after success. */
    ANSWERS(BUSY, FOUND(SAME));
    memset(&err, 0xAA, sizeof err);
    CHECK_INT(get_and_drop(&(kube_call_t){ .status = &status }), KUBE_OK);
    static const kube_error_t none;
    CHECK(!status && memcmp(&err, &none, sizeof err) == 0);
}

/* ---- time ---- */

static int64_t took_ms(int64_t begun)
{
    return (answers_now() - begun) / 1000;
}

/* Waits take no time here, so they are of minutes, and what a slow machine adds is as nothing. */
static const kube_call_t patient = { .timeout_ms = MINUTES_MS(1000) };

static void test_waiting(void)
{
    void *out = NULL;
    int64_t begun = answers_now();
    ANSWERS({ .status = 429, .headers = { { "Retry-After", "600" } } }, FOUND(SAME));
    CHECK_INT(get(&out, &patient), KUBE_OK);
    CHECK(took_ms(begun) >= MINUTES_MS(10));
    kube_free(out);
    /* A date in the past is no wait, one in the future is. */
    begun = answers_now();
    ANSWERS({ .status = 503, .headers = { { "Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT" } } }, FOUND(SAME));
    CHECK_INT(get(&out, &patient), KUBE_OK);
    CHECK(took_ms(begun) < MINUTES_MS(5));
    kube_free(out);
    char date[64];
    time_t later = time(NULL) + 600;
    struct tm parts;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&later, &parts));
    answer_t list_[] = { { .status = 503, .headers = { { "Retry-After", date } } }, FOUND(SAME) };
    answers_set(&answers, list_, 2);
    begun = answers_now();
    CHECK_INT(get(&out, &patient), KUBE_OK);
    CHECK(took_ms(begun) >= MINUTES_MS(5) && took_ms(begun) < MINUTES_MS(15));
    kube_free(out);
    /* Lost connections: 50 ms and more, then twice that. */
    ANSWERS(LOST, LOST, FOUND(SAME));
    CHECK_INT(get(&out, &patient), KUBE_OK);
    CHECK(answers.asked[1].at - answers.asked[0].at >= 50000);
    CHECK(answers.asked[2].at - answers.asked[1].at >= 100000);
    kube_free(out);
}

#define LATER .headers = { { "Retry-After", "3600" } }

/* The time limit holds while a retry is waited for, and while a reply is. */
static void test_time_limits(void)
{
    static const struct {
        int (*run)(void *out, const kube_call_t *call);
        answer_t answers[2];
        int code, requests;
        const char *earlier;
    } cases[] = {
        { get, { { .status = 429, .body = "wait", LATER } }, KUBE_E_TIMEOUT, 1, "wait" },
        { create, { { .status = 429, .body = "wait", LATER } }, KUBE_E_TIMEOUT, 1, "wait" },
        { get, { { .holds = true } }, KUBE_E_TIMEOUT, 1, NULL },
        { get, { { .status = 200, .body = "{", .holds = true } }, KUBE_E_TIMEOUT, 1, NULL },
        { list, { { .status = 200, .body = "{", .holds = true } }, KUBE_E_TIMEOUT, 1, NULL },
        { create, { { .holds = true } }, KUBE_E_AMBIGUOUS, 1, NULL },
        { create_generated, { { .holds = true } }, KUBE_E_AMBIGUOUS, 1, NULL },
        { create_dry, { { .holds = true } }, KUBE_E_TIMEOUT, 1, NULL },
        { update, { { .holds = true } }, KUBE_E_AMBIGUOUS, 1, NULL },
        { apply, { { .holds = true } }, KUBE_E_AMBIGUOUS, 1, NULL },
        { apply, { LOST, { .holds = true } }, KUBE_E_AMBIGUOUS, 2, "KUBE_E_AMBIGUOUS" },
        { patch, { { .holds = true } }, KUBE_E_AMBIGUOUS, 1, NULL },
        { delete_it, { LOST, { .holds = true } }, KUBE_E_AMBIGUOUS, 2, "may have happened" },
        { create, { LOST, { .status = 429, LATER } }, KUBE_E_AMBIGUOUS, 2, "time is over" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answers_set(&answers, cases[i].answers, cases[i].answers[1].holds || cases[i].answers[1].status ? 2 : 1);
        void *out = NULL;
        int64_t begun = answers_now();
        int code = cases[i].run(&out, &(kube_call_t){ .timeout_ms = MINUTES_MS(10) });
        int64_t took = took_ms(begun);
        /* A list that has begun owes nothing. */
        int suspected = cases[i].answers[cases[i].requests - 1].holds && cases[i].run != list;
        bool right = code == cases[i].code && answers.requests == cases[i].requests && answers.suspected == suspected &&
                     took >= MINUTES_MS(10) && took < MINUTES_MS(15) && !out && answers.open == 0 &&
                     err.attempts == answers.requests && (cases[i].earlier ? strstr(err.earlier, cases[i].earlier) != NULL : !*err.earlier);
        if (!right)
            printf("case %zu: %s, %d requests, %lld ms: %s (earlier: %s)\n", i, kube_code_name(code), answers.requests,
                   (long long)took, err.message, err.earlier);
        CHECK(right);
    }
}

typedef struct trip {
    kube_cancel_t *cancel;
    int64_t at;
} trip_t;

static void *trip_soon(void *argument)
{
    trip_t *trip = argument;
    sleep_us(100 * MS);
    trip->at = answers_now();
    kube_cancel_trip(trip->cancel);
    return NULL;
}

typedef struct canceled_case {
    int (*run)(void *out, const kube_call_t *call);
    answer_t answers[2];
} canceled_case_t;

/* How long the call lasts once its token is tripped. */
static int64_t cancel_one(void *argument)
{
    const canceled_case_t *canceled = argument;
    pthread_t thread;
    trip_t trip = { .cancel = kube_cancel_new() };
    answers_set(&answers, canceled->answers, canceled->answers[1].holds || canceled->answers[1].status ? 2 : 1);
    pthread_create(&thread, NULL, trip_soon, &trip);
    void *out = NULL;
    CHECK_INT(canceled->run(&out, &(kube_call_t){ .cancel = trip.cancel }), KUBE_E_CANCELED);
    int64_t ended = answers_now();
    join(thread);
    CHECK(!out && answers.open == 0 && err.code == KUBE_E_CANCELED);
    /* The one that was about to be sent counts. */
    CHECK(err.attempts == answers.requests || err.attempts == answers.requests + 1);
    /* Once tripped, nothing is sent. */
    answers_set(&answers, canceled->answers, 1);
    CHECK_INT(canceled->run(&out, &(kube_call_t){ .cancel = trip.cancel }), KUBE_E_CANCELED);
    CHECK_INT(answers.requests, 0);
    kube_cancel_free(trip.cancel);
    return ended - trip.at;
}

/* A canceled call ends as one, whatever became of the write. */
static void test_cancel(void)
{
    static canceled_case_t cases[] = {
        { get, { { .status = 429, LATER } } }, { get, { { .holds = true } } }, { list, { { .status = 200, .body = "{", .holds = true } } },
        { create, { { .holds = true } } }, { apply, { LOST, { .holds = true } } }, { delete_it, { LOST, { .holds = true } } },
        { create, { LOST, { .status = 429, LATER } } }, { raw_post, { { .holds = true } } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(is_prompt(cancel_one, &cases[i]));
}

/* ---- clients of their own ---- */

static kube_client_t *make(const kube_config_t *config, kube_client_options_t options)
{
    kube_client_t *made = NULL;
    options.transport = &answers.base;
    CHECK_INT(kube_client_new(config, &options, &made, &err), KUBE_OK);
    return made;
}

static const kube_config_t plain = { .server = "http://api.test" };

static int get_with(kube_client_t *with)
{
    return kube_core_v1_config_map_get(with, "n", "c", NULL, NULL, &err);
}

static void test_servers(void)
{
    static const char *const more[] = { "http://second.test", "http://third.test/", NULL };
    kube_client_t *three = make(&plain, (kube_client_options_t){ .servers = more, .max_retries = KUBE_SOME(0) });
    /* The first is away; the second is gone to, and stayed with. */
    ANSWERS(UNSENT, FOUND(SAME), FOUND(SAME), UNSENT, UNSENT, FOUND(SAME));
    CHECK_INT(get_with(three), KUBE_OK);
    CHECK_INT(get_with(three), KUBE_OK);
    CHECK_INT(get_with(three), KUBE_OK);
    static const char *const hosts[] = { "GET http://api.test/", "GET http://second.test/", "GET http://second.test/", "GET http://second.test/",
                                         "GET http://third.test/a", "GET http://api.test/" };
    CHECK_INT(answers.requests, 6);
    for (int i = 0; i < 6; i++)
        CHECK(strncmp(answers.asked[i].line, hosts[i], strlen(hosts[i])) == 0);
    /* All are away; writes go round as well, for nothing was sent. */
    ANSWERS(UNSENT);
    CHECK_INT(kube_core_v1_config_map_create(three, NULL, &generated, NULL, NULL, &err), KUBE_E_CONNECT);
    CHECK_INT(answers.requests, 3);
    CHECK_INT(err.attempts, 3);
    CHECK(strstr(err.earlier, "KUBE_E_CONNECT"));
    /* A lost reply is not asked for elsewhere. */
    ANSWERS(LOST, FOUND(SAME));
    CHECK_INT(kube_core_v1_config_map_create(three, NULL, &generated, NULL, NULL, &err), KUBE_E_AMBIGUOUS);
    CHECK_INT(answers.requests, 1);
    /* A bad certificate is a server that cannot be reached. */
    ANSWERS({ .fails = KUBE_E_TLS, .unsent = true }, FOUND(SAME));
    CHECK_INT(get_with(three), KUBE_OK);
    kube_client_free(three);
    static const char *const wrong[] = { "second.test", NULL };
    kube_client_t *none = NULL;
    CHECK_INT(kube_client_new(&plain, &(kube_client_options_t){ .servers = wrong, .transport = &answers.base }, &none, &err), KUBE_E_USAGE);
    CHECK(!none);
}

static void test_rate_limit(void)
{
    kube_client_t *limited = make(&plain, (kube_client_options_t){ .qps = 0.001, .burst = 2, .timeout_ms = MINUTES_MS(1000) });
    ANSWERS(FOUND(SAME));
    int64_t begun = answers_now();
    for (int i = 0; i < 6; i++)
        CHECK_INT(get_with(limited), KUBE_OK);
    CHECK(took_ms(begun) >= 3999999 && took_ms(begun) < 4300000);
    CHECK(answers.asked[1].at - answers.asked[0].at < MINUTES_MS(5) * 1000);
    /* Retries take their turn too. */
    ANSWERS(BUSY, BUSY, FOUND(SAME));
    begun = answers_now();
    CHECK_INT(get_with(limited), KUBE_OK);
    CHECK(took_ms(begun) >= 1999999);
    kube_client_free(limited);
    /* Who gives up leaves his turn to the next. */
    limited = make(&plain, (kube_client_options_t){ .qps = 0.0005, .burst = 1, .timeout_ms = MINUTES_MS(1000) });
    ANSWERS(FOUND(SAME));
    CHECK_INT(get_with(limited), KUBE_OK);
    begun = answers_now();
    for (int i = 0; i < 3; i++) {
        kube_get_options_t options = { .call.timeout_ms = MINUTES_MS(5) };
        CHECK_INT(kube_core_v1_config_map_get(limited, "n", "c", &options, NULL, &err), KUBE_E_TIMEOUT);
        CHECK_INT(err.attempts, 0);
    }
    CHECK_INT(answers.requests, 1);
    CHECK_INT(get_with(limited), KUBE_OK);
    CHECK(took_ms(begun) >= 1700000 && took_ms(begun) < 3900000);
    kube_client_free(limited);
}

/* ---- hooks ---- */

static struct {
    char lines[8192];
    char warnings[1024];
    int requests;
    kube_request_info_t last;
    char path[256], audit_id[64];
} heard;

static void hear_line(void *userdata, kube_log_level_t level, const char *line)
{
    (void)userdata;
    size_t used = strlen(heard.lines);
    CHECK(!strchr(line, '\n') && level >= KUBE_LOG_ERROR && level <= KUBE_LOG_DEBUG);
    snprintf(heard.lines + used, sizeof heard.lines - used, "%d %s\n", (int)level, line);
}

static void hear_warning(void *userdata, int code, const char *agent, const char *text)
{
    (void)userdata;
    size_t used = strlen(heard.warnings);
    snprintf(heard.warnings + used, sizeof heard.warnings - used, "%d %s %s\n", code, agent, text);
}

static void hear_request(void *userdata, const kube_request_info_t *info)
{
    CHECK(userdata == &heard);
    heard.requests++;
    heard.last = *info;
    snprintf(heard.path, sizeof heard.path, "%s", info->path);
    snprintf(heard.audit_id, sizeof heard.audit_id, "%s", info->audit_id ? info->audit_id : "");
    CHECK_INT(info->attempt, heard.requests);
}

static void test_hooks(void)
{
    static const kube_hooks_t hooks = { .userdata = &heard, .warning = hear_warning, .log = hear_line, .request = hear_request };
    static const kube_config_t secret = { .server = "https://api.test", .token = "canary" };
    kube_client_t *watched = make(&secret, (kube_client_options_t){ .hooks = &hooks });
    memset(&heard, 0, sizeof heard);
    ANSWERS(LOST, BUSY, { .status = 201, .body = SAME, .headers = { { "Warning", "299 - \"old, but \\\"good\\\"\", 299 srv \"two\"" },
                          { "Warning", "199 - \"not ours\"" }, { "Audit-ID", "a-9" } } });
    kube_create_options_t options = { .field_manager = "hidden?query" };
    CHECK_INT(kube_core_v1_config_map_create(watched, NULL, &named, &options, NULL, &err), KUBE_OK);
    CHECK(strstr(answers.asked[0].head, "Authorization: Bearer canary\n"));
    CHECK_INT(heard.requests, 3);
    CHECK_STR(heard.path, "/api/v1/namespaces/n/configmaps");
    CHECK_STR(heard.audit_id, "a-9");
    CHECK_STR(heard.warnings, "299 - old, but \"good\"\n299 srv two\n");
    CHECK_INT(heard.last.code, KUBE_OK);
    CHECK_INT(heard.last.http_status, 201);
    CHECK_INT(heard.last.sent_bytes, strlen(answers.asked[2].body));
    CHECK_INT(heard.last.received_bytes, strlen(SAME));
    CHECK(heard.last.total_us >= heard.last.first_byte_us && heard.last.first_byte_us > 0);
    CHECK_STR(heard.last.resource, "configmaps");
    CHECK_STR(heard.last.group, "");
    CHECK_STR(heard.last.method, "POST");
    CHECK(strstr(heard.lines, "2 POST https://api.test/api/v1/namespaces/n/configmaps: 0 KUBE_E_CONNECT, attempt 1"));
    CHECK(strstr(heard.lines, "4 POST https://api.test/api/v1/namespaces/n/configmaps: 429 KUBE_E_TOO_MANY_REQUESTS, attempt 2"));
    CHECK(!strstr(heard.lines, "canary") && !strstr(heard.lines, "hidden"));
    /* One that is broken off is told of too. */
    memset(&heard, 0, sizeof heard);
    ANSWERS({ .status = 200, .body = "{", .holds = true });
    kube_get_options_t hurried = { .call.timeout_ms = MINUTES_MS(10) };
    CHECK_INT(kube_core_v1_config_map_get(watched, "n", "c", &hurried, NULL, &err), KUBE_E_TIMEOUT);
    CHECK_INT(heard.requests, 1);
    CHECK_INT(heard.last.code, KUBE_E_TIMEOUT);
    CHECK(!strstr(err.message, "canary") && !strstr(err.earlier, "canary"));
    kube_client_free(watched);
}

/* ---- headers and limits ---- */

static void test_traceparent(void)
{
    char longest[64], too_long[65];
    memset(longest, 'x', sizeof longest);
    memset(too_long, 'x', sizeof too_long);
    longest[63] = too_long[64] = '\0';
    ANSWERS(FOUND(SAME));
    CHECK_INT(get_and_drop(&(kube_call_t){ .traceparent = too_long }), KUBE_E_USAGE);
    CHECK_INT(get_and_drop(&(kube_call_t){ .traceparent = "a\r\nX-Injected: 1" }), KUBE_E_USAGE);
    CHECK_INT(answers.requests, 0);
    void *out = NULL;
    CHECK_INT(get(&out, &(kube_call_t){ .traceparent = longest }), KUBE_OK);
    CHECK(strstr(answers.asked[0].head, longest));
    kube_free(out);
    CHECK_INT(get(&out, &(kube_call_t){ 0 }), KUBE_OK);
    CHECK(!strstr(answers.asked[1].head, "traceparent"));
    kube_free(out);
}

static void test_limits(void)
{
    kube_client_t *small = make(&plain, (kube_client_options_t){ .max_reply_bytes = strlen(SAME), .max_header_bytes = 1234 });
    ANSWERS(FOUND(SAME));
    CHECK_INT(get_with(small), KUBE_OK);
    CHECK_INT(answers.max_header_bytes, 1234);
    ANSWERS(FOUND(MORE));
    CHECK_INT(get_with(small), KUBE_E_LIMIT);
    CHECK_INT(answers.requests, 1);
    CHECK_INT(err.http_status, 200);
    ANSWERS({ .status = 200, .body = "{}", .headers = { { "Content-Length", "1000000" } } });
    CHECK_INT(get_with(small), KUBE_E_LIMIT);
    /* A refusal is one, however much is said about it. */
    char *text = malloc(100001);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    answer_t refused = { .status = 403, .body = text };
    answers_set(&answers, &refused, 1);
    CHECK_INT(get_with(small), KUBE_E_FORBIDDEN);
    refused.holds = true;
    answers_set(&answers, &refused, 1);
    CHECK_INT(kube_core_v1_config_map_list(small, "n", NULL, NULL, &err), KUBE_E_FORBIDDEN);
    CHECK_INT(answers.open, 0);
    free(text);
    kube_client_free(small);
    /* Longer headers are the transport's to refuse. */
    ANSWERS({ .fails = KUBE_E_LIMIT });
    CHECK_INT(get_and_drop(&(kube_call_t){ 0 }), KUBE_E_LIMIT);
}

int main(void)
{
    answers_set(&answers, NULL, 0);
    client = make(&plain, (kube_client_options_t){ 0 });
    RUN_IN(without_waiting, test_refusals);
    RUN_IN(without_waiting, test_losses);
    RUN_IN(without_waiting, test_number_of_retries);
    RUN_IN(without_waiting, test_what_is_sent_again);
    RUN_IN(without_waiting, test_list_again_without_memory);
    RUN_IN(without_waiting, test_results_after_losses);
    RUN_IN(without_waiting, test_details_of_errors);
    RUN_IN(without_waiting, test_waiting);
    RUN_IN(without_waiting, test_time_limits);
    RUN_IN(without_waiting, test_rate_limit);
    RUN(test_cancel);
    RUN_IN(without_waiting, test_servers);
    RUN_IN(without_waiting, test_hooks);
    RUN(test_traceparent);
    RUN(test_limits);
    kube_client_free(client);
    return test_end();
}

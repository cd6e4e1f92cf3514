#include "options.h"

#include <ctype.h>
#include <errno.h>

#include "state.h"
#include "status.h"

/* ---- base64 ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *ts_base64(const char *text)
{
    size_t len = strlen(text);
    char *out = ts_alloc(len / 3 * 4 + 5), *to = out;
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t bits = (uint32_t)(unsigned char)text[i] << 16 | (left > 1 ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0) |
                        (left > 2 ? (uint32_t)(unsigned char)text[i + 2] : 0);
        *to++ = alphabet[bits >> 18 & 63];
        *to++ = alphabet[bits >> 12 & 63];
        if (left > 1)
            *to++ = alphabet[bits >> 6 & 63];
        if (left > 2)
            *to++ = alphabet[bits & 63];
    }
    return out;
}

char *ts_unbase64(const char *text)
{
    char *out = ts_alloc(strlen(text) + 1), *to = out;
    uint32_t bits = 0;
    unsigned have = 0;
    for (; *text && *text != '='; text++) {
        const char *digit = strchr(alphabet, *text);
        if (!digit) {
            free(out);
            return NULL;
        }
        bits = bits << 6 | (uint32_t)(digit - alphabet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            *to++ = (char)(bits >> have & 255);
        }
    }
    return out;
}

/* ---- numbers ---- */

static bool parse_number(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && !isspace((unsigned char)*text);
}

static bool number_option(const ts_request_t *request, const char *name, int64_t *out, ts_reply_t *reply)
{
    const char *text = ts_query(request, name);
    *out = 0;
    if (!text || !*text || parse_number(text, out))
        return true;
    ts_status_bad_request(reply, "strconv.ParseInt: parsing \"%s\": invalid syntax", text);
    return false;
}

bool ts_revision_read(const ts_request_t *request, const char *text, int64_t *out, ts_reply_t *reply)
{
    *out = 0;
    if (!text || !*text || (parse_number(text, out) && *out >= 0))
        return true;
    if (ts_query_true(request, "watch"))
        ts_status(reply, 500, NULL, NULL, "resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing \"%s\": invalid syntax", text, text);
    else
        ts_status_bad_request(reply, "invalid resource version: resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing \"%s\": "
                              "invalid syntax", text, text);
    return false;
}

void ts_status_too_new(ts_reply_t *reply, int64_t asked, int64_t current)
{
    json_t *details = ts_need(json_object());
    json_object_set_new(details, "causes", json_pack("[{ssss}]", "reason", "ResourceVersionTooLarge", "message", "Too large resource version"));
    json_object_set_new(details, "retryAfterSeconds", json_integer(1));
    ts_status(reply, 504, "Timeout", details, "Timeout: Too large resource version: %lld, current: %lld", (long long)asked, (long long)current);
}

/* ---- list ---- */

static bool invalid_list(ts_reply_t *reply, const char *reason, const char *field, const char *message)
{
    ts_status_invalid_options(reply, "ListOptions", ts_causes(ts_cause(reason, field, "%s", message)));
    return false;
}

static bool check_match_for_watch(const ts_request_t *request, const ts_list_options_t *options, const char *match, ts_reply_t *reply)
{
    if (options->initial_events_given && request->server->no_watch_list)
        return invalid_list(reply, "FieldValueForbidden", "sendInitialEvents",
                            "Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
    if (options->initial_events_given && !ts_is(match, "NotOlderThan")) {
        json_t *causes = ts_causes(ts_cause("FieldValueForbidden", "resourceVersionMatch",
                                            "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        if (*match)
            json_array_append_new(causes, ts_cause("FieldValueNotSupported", "resourceVersionMatch",
                                                   "Unsupported value: \"%s\": supported values: \"NotOlderThan\"", match));
        ts_status_invalid_options(reply, "ListOptions", causes);
        return false;
    }
    if (!options->initial_events_given && *match)
        return invalid_list(reply, "FieldValueForbidden", "resourceVersionMatch",
                            "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    return true;
}

static bool check_match_for_list(const ts_list_options_t *options, const char *match, ts_reply_t *reply)
{
    if (options->initial_events_given)
        return invalid_list(reply, "FieldValueForbidden", "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list");
    if (!*match)
        return true;
    if (options->continue_)
        return invalid_list(reply, "FieldValueForbidden", "resourceVersionMatch",
                            "Forbidden: resourceVersionMatch is forbidden when continue is provided");
    if (!options->revision_given)
        return invalid_list(reply, "FieldValueForbidden", "resourceVersionMatch",
                            "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
    if (!ts_is(match, "Exact") && !ts_is(match, "NotOlderThan")) {
        char *message = ts_printf("Unsupported value: \"%s\": supported values: \"Exact\", \"NotOlderThan\", \"\"", match);
        invalid_list(reply, "FieldValueNotSupported", "resourceVersionMatch", message);
        free(message);
        return false;
    }
    if (ts_is(match, "Exact") && options->revision == 0)
        return invalid_list(reply, "FieldValueForbidden", "resourceVersionMatch",
                            "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    return true;
}

bool ts_list_options_read(const ts_request_t *request, ts_list_options_t *out, ts_reply_t *reply)
{
    const char *revision = ts_query(request, "resourceVersion"), *match = ts_query(request, "resourceVersionMatch");
    const char *token = ts_query(request, "continue");
    bool watch = request->name == NULL && ts_query_true(request, "watch");
    match = match ? match : "";
    *out = (ts_list_options_t){ .revision_given = revision && *revision, .continue_ = token && *token ? token : NULL };
    out->initial_events_given = ts_query(request, "sendInitialEvents") != NULL;
    out->initial_events = ts_query_true(request, "sendInitialEvents");
    out->bookmarks = ts_query_true(request, "allowWatchBookmarks");
    if (!number_option(request, "limit", &out->limit, reply) || !number_option(request, "timeoutSeconds", &out->timeout_seconds, reply))
        return false;
    if (watch && !check_match_for_watch(request, out, match, reply))
        return false;
    if (!ts_revision_read(request, revision, &out->revision, reply))
        return false;
    if (!watch && !check_match_for_list(out, match, reply))
        return false;
    if (!watch && out->continue_ && out->revision_given && !ts_is(revision, "0")) {
        ts_status_bad_request(reply, "specifying resource version is not allowed when using continue");
        return false;
    }
    out->exact = ts_is(match, "Exact");
    if (out->revision_given && out->revision == 0)
        out->limit = 0;
    if (out->limit > 0 && out->revision > 0 && !*match)
        out->exact = true; /* a page of a version that was asked for is of that version */
    return true;
}

/* ---- writes ---- */

static bool printable(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

static json_t *check_manager(const char *manager, bool apply)
{
    if (apply && !*manager)
        return ts_cause("FieldValueRequired", "fieldManager", "Required value: is required for apply patch");
    if (strlen(manager) > 128)
        return ts_cause("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes");
    if (!printable(manager))
        return ts_cause("FieldValueInvalid", "fieldManager", "Invalid value: \"%s\": should only contain printable characters", manager);
    return NULL;
}

static json_t *check_dry_run(ts_request_t *request, const char *dry_run)
{
    request->dry_run = dry_run && *dry_run;
    if (request->dry_run && !ts_is(dry_run, "All"))
        return ts_cause("FieldValueNotSupported", "dryRun", "Unsupported value: [\"%s\"]: supported values: \"All\"", dry_run);
    return NULL;
}

static void add_cause(json_t *causes, json_t *cause)
{
    if (cause)
        json_array_append_new(causes, cause);
}

/* What the real server makes of a User-Agent: what stands before the first slash. */
static char *manager_of_agent(const ts_request_t *request)
{
    const char *agent = ts_header(request, "User-Agent");
    return agent && *agent ? ts_strndup(agent, strcspn(agent, "/")) : ts_strdup("unknown");
}

bool ts_write_options_read(ts_request_t *request, const char *kind, bool apply, ts_write_options_t *out, ts_reply_t *reply)
{
    const char *manager = ts_query(request, "fieldManager"), *validation = ts_query(request, "fieldValidation");
    *out = (ts_write_options_t){ .force = ts_query_true(request, "force") };
    manager = manager ? manager : "";
    validation = validation ? validation : "";
    json_t *causes = ts_need(json_array());
    if (out->force && !apply)
        add_cause(causes, ts_cause("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch"));
    add_cause(causes, check_dry_run(request, ts_query(request, "dryRun")));
    add_cause(causes, check_manager(manager, apply));
    if (*validation && !ts_is(validation, "Ignore") && !ts_is(validation, "Strict") && !ts_is(validation, "Warn"))
        add_cause(causes, ts_cause("FieldValueNotSupported", "fieldValidation",
                                   "Unsupported value: \"%s\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"", validation));
    out->strict = ts_is(validation, "Strict");
    out->warn = ts_is(validation, "Warn") || !*validation;
    out->manager_owned = *manager ? NULL : manager_of_agent(request);
    out->manager = *manager ? manager : out->manager_owned;
    if (json_array_size(causes) == 0) {
        json_decref(causes);
        return true;
    }
    ts_status_invalid_options(reply, kind, causes);
    return false;
}

void ts_write_options_dispose(ts_write_options_t *options)
{
    free(options->manager_owned);
}

/* ---- delete ---- */

static bool delete_body(ts_request_t *request, json_t **out, ts_reply_t *reply)
{
    *out = NULL;
    if (request->body.len == 0)
        return true;
    *out = json_loadb(request->body.data, request->body.len, 0, NULL);
    if (!json_is_object(*out)) {
        ts_status_bad_request(reply, "couldn't get version/kind; json parse error: unexpected end of JSON input");
        return false;
    }
    const char *kind = ts_text_at(*out, "kind"), *version = ts_text_at(*out, "apiVersion");
    if (kind && *kind && !ts_is(kind, "DeleteOptions")) {
        ts_status_bad_request(reply, "no kind \"%s\" is registered for version \"%s\" in scheme \"pkg/runtime/scheme.go:111\"", kind,
                              version ? version : "");
        return false;
    }
    return true;
}

bool ts_delete_options_read(ts_request_t *request, ts_delete_options_t *out, ts_reply_t *reply)
{
    *out = (ts_delete_options_t){ 0 };
    if (!delete_body(request, &out->document, reply))
        return false;
    const char *dry_run = json_string_value(json_array_get(ts_at(out->document, "dryRun"), 0)), *grace = NULL;
    if (out->document) {
        out->propagation = ts_text_at(out->document, "propagationPolicy");
        out->orphan_given = json_is_boolean(ts_at(out->document, "orphanDependents"));
        out->orphan = ts_bool_at(out->document, "orphanDependents");
        out->grace_given = json_is_integer(ts_at(out->document, "gracePeriodSeconds"));
        out->grace = ts_int_at(out->document, "gracePeriodSeconds", 0);
        out->uid = ts_text_at(out->document, "preconditions.uid");
        out->revision = ts_text_at(out->document, "preconditions.resourceVersion");
    } else {
        dry_run = ts_query(request, "dryRun");
        out->propagation = ts_query(request, "propagationPolicy");
        out->orphan_given = ts_query(request, "orphanDependents") != NULL;
        out->orphan = ts_query_true(request, "orphanDependents");
        grace = ts_query(request, "gracePeriodSeconds");
        out->grace_given = grace && *grace;
        if (!number_option(request, "gracePeriodSeconds", &out->grace, reply))
            return false;
    }
    json_t *causes = ts_need(json_array());
    const char *policy = out->propagation;
    if (policy && *policy && !ts_is(policy, "Foreground") && !ts_is(policy, "Background") && !ts_is(policy, "Orphan"))
        add_cause(causes, ts_cause("FieldValueNotSupported", "propagationPolicy",
                                   "Unsupported value: \"%s\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"", policy));
    if (out->orphan_given && policy && *policy)
        add_cause(causes, ts_cause("FieldValueInvalid", "propagationPolicy", "Invalid value: \"%s\": orphanDependents and deletionPropagation "
                                   "cannot be both set", policy));
    add_cause(causes, check_dry_run(request, dry_run));
    if (json_array_size(causes) > 0) {
        ts_status_invalid_options(reply, "DeleteOptions", causes);
        return false;
    }
    json_decref(causes);
    return true;
}

void ts_delete_options_dispose(ts_delete_options_t *options)
{
    json_decref(options->document);
    *options = (ts_delete_options_t){ 0 };
}

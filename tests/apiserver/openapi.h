/* /openapi/v3 and /openapi/v2 of the test server, as far as clients need them; without descriptions. */
#ifndef TS_OPENAPI_H
#define TS_OPENAPI_H

#include <kube/memory.h>

#include "discovery.h"

/* /openapi/v3: `paths` with a document for each group and version (`api/v1`, `apis/apps/v1`) and its serverRelativeURL. NULL:
 * memory. */
json_t *ts_openapi_v3_index(const ts_api_t *apis, size_t count);

/* /openapi/v3/api/v1 (group "") and /openapi/v3/apis/<group>/<version>. NULL: memory, or nothing is served there. */
json_t *ts_openapi_v3(const ts_api_t *apis, size_t count, const char *group, const char *version);

/* /openapi/v2 as JSON. NULL: memory. */
json_t *ts_openapi_v2(const ts_api_t *apis, size_t count);

/*
 * /openapi/v2 in the only form kubectl asks for (given JSON, it silently does without: apply then takes the types it was built
 * with, and `explain --output plaintext-openapiv2` fails). Appends the protobuf form of a document made by ts_openapi_v2 to an
 * empty buffer. Returns 0 or KUBE_E_NO_MEMORY. The media type is another in Accept than in Content-Type, where Go's parser refuses
 * the `@`.
 */
#define TS_OPENAPI_V2_PROTOBUF_ACCEPT "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
#define TS_OPENAPI_V2_PROTOBUF_TYPE "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
int ts_openapi_v2_protobuf(const json_t *document, kube_buffer_t *out);

#endif

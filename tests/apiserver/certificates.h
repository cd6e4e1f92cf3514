/* Requests for certificates: who asked, what was decided. */
#ifndef TS_CERTIFICATES_H
#define TS_CERTIFICATES_H

#include "request.h"

/* Writes down who asks. */
void ts_csr_complete_new(const ts_request_t *request, json_t *object);
/* Who approves or denies changes the conditions, and not the certificate. */
void ts_csr_keep_all_but_approval(json_t *object, const json_t *old);
/* Fills in when conditions were set. */
void ts_csr_date_conditions(const ts_request_t *request, json_t *object, const json_t *old);
/* old: NULL for a create. */
void ts_csr_validate(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes);

#endif

/* The cases of each file. */
#ifndef CONFORMANCE_CASES_H
#define CONFORMANCE_CASES_H

#include "conformance.h"

extern const test_case_t verbs_create_cases[], verbs_get_cases[], verbs_update_cases[], verbs_delete_cases[], lists_cases[], patch_cases[],
    apply_cases[], subresources_cases[], errors_cases[], forms_cases[], each_cases[], watch_events_cases[], watch_faults_cases[], retries_cases[],
    cancel_cases[], modes_cases[], crd_cases[], waits_cases[], logs_cases[], shared_cases[];

#endif

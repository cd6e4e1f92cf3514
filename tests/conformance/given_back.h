/* What a case must give back: every descriptor, and every block of the library's memory. */
#ifndef CONFORMANCE_GIVEN_BACK_H
#define CONFORMANCE_GIVEN_BACK_H

#include "conformance.h"

/* What is held at one moment. */
typedef struct holdings {
    int descriptors;
    long blocks;
} holdings_t;

/* Has the library's allocations counted; before anything else of the library is called. */
void count_blocks(void);
holdings_t holdings(const server_t *server);
/* Checks that no more is held than before; threads of kube-testserver may take a moment. */
bool check_given_back(test_t *t, const holdings_t *before);

#endif

/* One direction of a connection: the bytes on their way and the faults that befall them. Knows no sockets. */
#ifndef FAULTPROXY_LANE_H
#define FAULTPROXY_LANE_H

#include "faultproxy.h"

#define FAULTPROXY_LANE_BYTES 32768
#define FAULTPROXY_NEVER INT64_MAX

/* A fault on a lane, and how far it is. */
typedef struct faultproxy_active {
    faultproxy_fault_t fault; /* `at` counts from the lane's first byte, at_max and ms_max mean nothing any more */
    bool acted;
    bool over;
    int64_t due;        /* what waits goes on then; 0: nothing waits yet */
    uint64_t chunk_end; /* DELAY_EACH: the byte after the chunk that has its delay */
    double credit;      /* LIMIT: bytes that may go */
    int64_t credited;   /* LIMIT: when credit was last added; 0: never */
} faultproxy_active_t;

typedef struct faultproxy_lane {
    faultproxy_active_t *faults;
    size_t fault_count;
    uint64_t delivered; /* bytes */
    size_t start, end;  /* of the bytes in buffer that are not delivered */
    bool source_ended;  /* its FIN has come */
    bool ended;         /* a FIN was sent on: what still comes is thrown away */
    char buffer[FAULTPROXY_LANE_BYTES];
} faultproxy_lane_t;

/* What may happen on a lane now. */
typedef struct faultproxy_turn {
    size_t allowed;           /* bytes that may be delivered */
    faultproxy_kind_t ending; /* NONE, or what has to be done: CLOSE, RESET, HALF_CLOSE (also for the source's own FIN) */
    bool stalled;
    int64_t wake;             /* when to ask again, should nothing else happen; FAULTPROXY_NEVER */
    unsigned acted;           /* faults that acted for the first time */
} faultproxy_turn_t;

/* Adds a fault whose at and ms are drawn. 0, or -1 when memory is exhausted. */
int faultproxy_lane_add(faultproxy_lane_t *lane, const faultproxy_fault_t *fault);
void faultproxy_lane_release(faultproxy_lane_t *lane);
void faultproxy_lane_clear(faultproxy_lane_t *lane);

/* Room at buffer + end, after moving what is there to the front when that is needed. */
size_t faultproxy_lane_room(faultproxy_lane_t *lane);
faultproxy_turn_t faultproxy_lane_turn(faultproxy_lane_t *lane, int64_t now);
/* len bytes were delivered. */
void faultproxy_lane_delivered(faultproxy_lane_t *lane, size_t len, int64_t now);

#endif

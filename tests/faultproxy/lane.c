#include "lane.h"

#include <stdlib.h>
#include <string.h>

int faultproxy_lane_add(faultproxy_lane_t *lane, const faultproxy_fault_t *fault)
{
    faultproxy_active_t *faults = realloc(lane->faults, (lane->fault_count + 1) * sizeof(*faults));
    if (!faults)
        return -1;
    lane->faults = faults;
    faultproxy_active_t *added = &faults[lane->fault_count++];
    *added = (faultproxy_active_t){ .fault = *fault, .over = fault->kind == FAULTPROXY_NONE };
    if (fault->from_now)
        added->fault.at += lane->delivered;
    return 0;
}

void faultproxy_lane_release(faultproxy_lane_t *lane)
{
    for (size_t i = 0; i < lane->fault_count; i++)
        if (lane->faults[i].fault.kind == FAULTPROXY_STALL)
            lane->faults[i].over = true;
}

void faultproxy_lane_clear(faultproxy_lane_t *lane)
{
    free(lane->faults);
    lane->faults = NULL;
    lane->fault_count = 0;
}

size_t faultproxy_lane_room(faultproxy_lane_t *lane)
{
    if (lane->start == lane->end) {
        lane->start = lane->end = 0;
    } else if (lane->end == sizeof(lane->buffer) && lane->start > 0) {
        memmove(lane->buffer, lane->buffer + lane->start, lane->end - lane->start);
        lane->end -= lane->start;
        lane->start = 0;
    }
    return sizeof(lane->buffer) - lane->end;
}

static void allow_at_most(faultproxy_turn_t *turn, uint64_t len)
{
    if (turn->allowed > len)
        turn->allowed = (size_t)len;
}

static void hold_until(faultproxy_turn_t *turn, int64_t wake, bool *held)
{
    *held = true;
    if (turn->wake > wake)
        turn->wake = wake;
}

/* Holds everything for the fault's ms, counted from the first time; a stall of 0 ms until it is released. */
static void hold(faultproxy_active_t *active, int64_t now, faultproxy_turn_t *turn, bool *held)
{
    bool stall = active->fault.kind == FAULTPROXY_STALL;
    if (active->due == 0)
        active->due = stall && active->fault.ms == 0 ? FAULTPROXY_NEVER : now + active->fault.ms;
    active->over = now >= active->due;
    if (active->over)
        return;
    turn->stalled |= stall;
    hold_until(turn, active->due, held);
}

static void delay_chunk(faultproxy_lane_t *lane, faultproxy_active_t *active, int64_t now, faultproxy_turn_t *turn, bool *held)
{
    size_t waiting = lane->end - lane->start;
    if (lane->delivered >= active->chunk_end) {
        active->chunk_end = lane->delivered + (waiting > 0 ? waiting : 1);
        active->due = now + active->fault.ms;
    }
    if (now < active->due)
        hold_until(turn, active->due, held);
    else
        allow_at_most(turn, active->chunk_end - lane->delivered);
}

/* Credit grows with time, up to what a tenth of a second allows, so that an idle time is not made up for by a burst. */
static void limit(faultproxy_active_t *active, int64_t now, faultproxy_turn_t *turn, bool *held)
{
    double per_ms = (double)(active->fault.rate ? active->fault.rate : 1) / 1000, most = per_ms * 100 > 1 ? per_ms * 100 : 1;
    if (active->credited != 0)
        active->credit += per_ms * (double)(now - active->credited);
    if (active->credit > most)
        active->credit = most;
    active->credited = now;
    if (active->credit < 1 && turn->allowed > 0) {
        double missing = (1 - active->credit) / per_ms;
        hold_until(turn, now + 1 + (int64_t)missing, held);
    }
    allow_at_most(turn, (uint64_t)active->credit);
}

/* A fault whose byte is the next one. */
static void act(faultproxy_lane_t *lane, faultproxy_active_t *active, int64_t now, faultproxy_turn_t *turn, bool *held)
{
    const faultproxy_fault_t *fault = &active->fault;
    if (!active->acted)
        turn->acted++;
    active->acted = true;
    switch (fault->kind) {
    case FAULTPROXY_STALL:
    case FAULTPROXY_DELAY:
        hold(active, now, turn, held);
        break;
    case FAULTPROXY_DELAY_EACH:
        delay_chunk(lane, active, now, turn, held);
        break;
    case FAULTPROXY_DRIBBLE:
        if (now < active->due)
            hold_until(turn, active->due, held);
        allow_at_most(turn, 1);
        break;
    case FAULTPROXY_CORRUPT:
        if (lane->start < lane->end)
            lane->buffer[lane->start] = (char)(lane->buffer[lane->start] ^ (fault->mask ? fault->mask : 0xff));
        active->over = true;
        break;
    case FAULTPROXY_LIMIT:
        limit(active, now, turn, held);
        break;
    default:
        turn->ending = fault->kind;
        break;
    }
}

static bool is_ending(faultproxy_kind_t kind)
{
    return kind == FAULTPROXY_CLOSE || kind == FAULTPROXY_RESET || kind == FAULTPROXY_HALF_CLOSE;
}

faultproxy_turn_t faultproxy_lane_turn(faultproxy_lane_t *lane, int64_t now)
{
    faultproxy_turn_t turn = { .allowed = lane->end - lane->start, .wake = FAULTPROXY_NEVER };
    bool held = false, something = turn.allowed > 0 || lane->source_ended;
    if (lane->ended)
        return (faultproxy_turn_t){ .wake = FAULTPROXY_NEVER };
    for (size_t i = 0; i < lane->fault_count; i++) {
        faultproxy_active_t *active = &lane->faults[i];
        if (active->over)
            continue;
        if (active->fault.at > lane->delivered)
            allow_at_most(&turn, active->fault.at - lane->delivered);
        else if (something || (active->fault.eager && is_ending(active->fault.kind)))
            act(lane, active, now, &turn, &held);
    }
    if (held) {
        turn.allowed = 0;
        turn.ending = FAULTPROXY_NONE;
    } else if (turn.ending != FAULTPROXY_NONE) {
        turn.allowed = 0;
    } else if (lane->source_ended && lane->start == lane->end) {
        turn.ending = FAULTPROXY_HALF_CLOSE;
    }
    return turn;
}

void faultproxy_lane_delivered(faultproxy_lane_t *lane, size_t len, int64_t now)
{
    for (size_t i = 0; i < lane->fault_count; i++) {
        faultproxy_active_t *active = &lane->faults[i];
        if (active->fault.at > lane->delivered)
            continue;
        if (active->fault.kind == FAULTPROXY_DRIBBLE)
            active->due = now + active->fault.ms;
        else if (active->fault.kind == FAULTPROXY_LIMIT)
            active->credit -= (double)len;
    }
    lane->start += len;
    lane->delivered += len;
}

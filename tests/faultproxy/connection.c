#include "connection.h"
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLOSING_MS 2000   /* how long a side may take to close after our FIN */
#define RESETTING_MS 5000 /* how long a reader may take for the bytes before a RST */
#define TURNS_A_STEP 64   /* of one direction, so that others get theirs */

faultproxy_link_t *faultproxy_link_new(uint64_t number, int client_fd)
{
    faultproxy_link_t *link = calloc(1, sizeof(*link));
    if (!link) {
        faultproxy_socket_reset(client_fd);
        return NULL;
    }
    link->number = number;
    link->client = (faultproxy_peer_t){ .fd = client_fd, .readable = true, .writable = true };
    link->server = (faultproxy_peer_t){ .fd = -1, .readable = true, .writable = true };
    link->wake = FAULTPROXY_NEVER;
    return link;
}

static void reset_both(faultproxy_link_t *link)
{
    faultproxy_socket_reset(link->client.fd);
    faultproxy_socket_reset(link->server.fd);
    link->client.fd = link->server.fd = -1;
    link->state = FAULTPROXY_GONE;
}

void faultproxy_link_free(faultproxy_link_t *link)
{
    reset_both(link);
    faultproxy_lane_clear(&link->to_client);
    faultproxy_lane_clear(&link->to_server);
    free(link);
}

void faultproxy_link_connect(faultproxy_link_t *link, const struct addrinfo *addresses, faultproxy_counters_t *counters)
{
    for (link->address = addresses; link->address; link->address = link->address->ai_next) {
        link->server.fd = faultproxy_socket_connect(link->address);
        if (link->server.fd >= 0)
            return;
    }
    counters->failed++;
    reset_both(link);
}

bool faultproxy_link_open(const faultproxy_link_t *link)
{
    return link->state == FAULTPROXY_CONNECTING || link->state == FAULTPROXY_PASSING;
}

static void close_both(faultproxy_link_t *link, int64_t now)
{
    if (link->state == FAULTPROXY_CONNECTING) {
        close(link->server.fd);
        link->server = (faultproxy_peer_t){ .fd = -1, .ended = true };
    }
    shutdown(link->client.fd, SHUT_WR);
    if (link->server.fd >= 0)
        shutdown(link->server.fd, SHUT_WR);
    link->client.ended = link->to_server.source_ended;
    link->server.ended |= link->to_client.source_ended;
    link->state = FAULTPROXY_CLOSING;
    link->deadline = now + CLOSING_MS;
    link->wake = now;
}

static void end_with(faultproxy_link_t *link, faultproxy_kind_t ending, int64_t now)
{
    if (ending == FAULTPROXY_CLOSE) {
        close_both(link, now);
        return;
    }
    link->state = FAULTPROXY_RESETTING;
    link->deadline = now + RESETTING_MS;
    link->wake = now;
}

void faultproxy_link_drop(faultproxy_link_t *link, bool reset, int64_t now)
{
    if (reset)
        reset_both(link);
    else
        close_both(link, now);
}

/* ---- what poll is asked, and says ---- */

static void watch(faultproxy_peer_t *peer, bool reads, bool writes, struct pollfd *entry)
{
    short events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
    *entry = (struct pollfd){ .fd = events == 0 && peer->hung_up ? -1 : peer->fd, .events = events };
}

void faultproxy_link_watch(faultproxy_link_t *link, struct pollfd fds[2])
{
    bool passing = link->state == FAULTPROXY_PASSING, closing = link->state == FAULTPROXY_CLOSING;
    faultproxy_lane_t *to_server = &link->to_server, *to_client = &link->to_client;
    bool from_client = !to_server->source_ended && (to_server->ended || faultproxy_lane_room(to_server) > 0);
    bool from_server = !to_client->source_ended && (to_client->ended || faultproxy_lane_room(to_client) > 0);
    bool connecting = link->state == FAULTPROXY_CONNECTING;
    watch(&link->client, passing ? from_client : closing && !link->client.ended, passing && !link->client.writable, &fds[0]);
    watch(&link->server, passing ? from_server : closing && !link->server.ended,
          connecting || (passing && !link->server.writable), &fds[1]);
}

static void noticed(faultproxy_peer_t *peer, const struct pollfd *entry)
{
    if (entry->revents & (POLLIN | POLLHUP | POLLERR))
        peer->readable = true;
    if (entry->revents & (POLLOUT | POLLERR))
        peer->writable = true;
    if (entry->events == 0 && entry->revents & (POLLHUP | POLLERR))
        peer->hung_up = true;
}

/* A reset that recv and send will not find, because neither is wanted. */
static bool lost(const struct pollfd *entry)
{
    return entry->events == 0 && entry->revents & POLLERR;
}

void faultproxy_link_noticed(faultproxy_link_t *link, const struct pollfd fds[2])
{
    noticed(&link->client, &fds[0]);
    noticed(&link->server, &fds[1]);
    if (lost(&fds[0]) || lost(&fds[1]))
        reset_both(link);
    else if (fds[0].revents != 0 || fds[1].revents != 0)
        link->wake = 0;
}

/* ---- what is done ---- */

static void finish_connect(faultproxy_link_t *link, faultproxy_counters_t *counters)
{
    struct pollfd now = { .fd = link->server.fd, .events = POLLOUT };
    link->wake = FAULTPROXY_NEVER;
    if (poll(&now, 1, 0) <= 0)
        return;
    if (faultproxy_socket_result(link->server.fd) == 0) {
        link->state = FAULTPROXY_PASSING;
        link->wake = 0;
        return;
    }
    close(link->server.fd);
    link->server.fd = -1;
    faultproxy_link_connect(link, link->address->ai_next, counters);
}

/* Whether an error of recv or send only means "not now". */
static bool not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

typedef enum outcome { IDLE, PROGRESS, LOST } outcome_t;

static outcome_t fill(faultproxy_lane_t *lane, faultproxy_peer_t *source)
{
    if (lane->ended)
        lane->start = lane->end = 0;
    size_t room = faultproxy_lane_room(lane);
    if (!source->readable || lane->source_ended || room == 0)
        return IDLE;
    ssize_t len = recv(source->fd, lane->buffer + lane->end, room, 0);
    if (len > 0)
        lane->end += (size_t)len;
    else if (len == 0)
        lane->source_ended = true;
    else if (not_now())
        source->readable = false;
    else
        return LOST;
    return len < 0 ? IDLE : PROGRESS;
}

static outcome_t drain(faultproxy_lane_t *lane, faultproxy_peer_t *target, size_t allowed, int64_t now, uint64_t *delivered)
{
    if (allowed == 0 || !target->writable)
        return IDLE;
    ssize_t len = send(target->fd, lane->buffer + lane->start, allowed, MSG_NOSIGNAL);
    if (len < 0 && not_now())
        target->writable = false;
    if (len < 0)
        return target->writable ? LOST : IDLE;
    faultproxy_lane_delivered(lane, (size_t)len, now);
    *delivered += (uint64_t)len;
    return PROGRESS;
}

/* Moves what may be moved from source to target; an ending of the connection changes its state. */
static void pass(faultproxy_link_t *link, faultproxy_lane_t *lane, faultproxy_peer_t *source, faultproxy_peer_t *target,
                 faultproxy_counters_t *counters)
{
    uint64_t *delivered = lane == &link->to_client ? &counters->to_client : &counters->to_server;
    for (int i = 0; i < TURNS_A_STEP; i++) {
        outcome_t filled = fill(lane, source);
        int64_t now = faultproxy_now();
        faultproxy_turn_t turn = faultproxy_lane_turn(lane, now);
        counters->faults += turn.acted;
        if (turn.ending == FAULTPROXY_CLOSE || turn.ending == FAULTPROXY_RESET) {
            end_with(link, turn.ending, now);
            return;
        }
        if (turn.ending == FAULTPROXY_HALF_CLOSE) {
            shutdown(target->fd, SHUT_WR);
            lane->ended = true;
        }
        outcome_t drained = drain(lane, target, turn.allowed, now, delivered);
        if (filled == LOST || drained == LOST) {
            reset_both(link);
            return;
        }
        /* A client that has closed wants no more: HTTP clients do not half-close, and nobody would ever release the stall. */
        if (turn.stalled && link->to_server.source_ended) {
            close_both(link, now);
            return;
        }
        if (filled == IDLE && drained == IDLE) {
            link->wake = turn.wake < link->wake ? turn.wake : link->wake;
            return;
        }
    }
    link->wake = 0;
}

static void step_passing(faultproxy_link_t *link, int64_t now, faultproxy_counters_t *counters)
{
    link->wake = FAULTPROXY_NEVER;
    pass(link, &link->to_server, &link->client, &link->server, counters);
    if (link->state == FAULTPROXY_PASSING)
        pass(link, &link->to_client, &link->server, &link->client, counters);
    if (link->state == FAULTPROXY_PASSING && link->to_server.ended && link->to_client.ended)
        close_both(link, now);
}

static void step_resetting(faultproxy_link_t *link, int64_t now)
{
    link->wake = now + 1;
    if (now >= link->deadline || (faultproxy_socket_flushed(link->client.fd) && faultproxy_socket_flushed(link->server.fd)))
        reset_both(link);
}

static void throw_away(faultproxy_peer_t *peer)
{
    char bytes[4096];
    ssize_t len = 1;
    for (int i = 0; i < TURNS_A_STEP && !peer->ended && len > 0; i++) {
        len = recv(peer->fd, bytes, sizeof(bytes), 0);
        peer->ended = len == 0 || (len < 0 && !not_now());
    }
}

static void step_closing(faultproxy_link_t *link, int64_t now)
{
    link->wake = link->deadline;
    throw_away(&link->client);
    throw_away(&link->server);
    if (now < link->deadline && !(link->client.ended && link->server.ended))
        return;
    close(link->client.fd);
    if (link->server.fd >= 0)
        close(link->server.fd);
    link->client.fd = link->server.fd = -1;
    link->state = FAULTPROXY_GONE;
}

void faultproxy_link_step(faultproxy_link_t *link, int64_t now, faultproxy_counters_t *counters)
{
    if (link->state == FAULTPROXY_CONNECTING)
        finish_connect(link, counters);
    if (link->state == FAULTPROXY_PASSING)
        step_passing(link, now, counters);
    if (link->state == FAULTPROXY_RESETTING)
        step_resetting(link, now);
    if (link->state == FAULTPROXY_CLOSING)
        step_closing(link, now);
}

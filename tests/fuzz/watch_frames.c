/* A watch's stream in pieces: the frames and events are the same wherever it is cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <kube/core/v1.h>
#include <kube/json.h>

#include "object/frame.h"
#include "object/watch_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct outcome {
    int result;
    size_t offset;
    size_t frames;
    size_t events;
    uint64_t hash; /* of the frames */
} outcome_t;

static void take_frame(outcome_t *outcome, const char *text, size_t len, unsigned flags)
{
    kube_watch_event_t event;
    kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED | flags };
    if (text[len] != '\0')
        abort();
    for (size_t i = 0; i < len; i++)
        outcome->hash = (outcome->hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    outcome->frames++;
    if (kube_watch_event_decode(&kube_core_v1_pod_type, text, len, &options, &event, NULL) == KUBE_OK)
        outcome->events++;
    else if (event.object)
        abort();
    kube_watch_event_dispose(&event);
}

static void drain(kube_frame_reader_t *reader, outcome_t *outcome, unsigned flags)
{
    const char *text;
    size_t len;
    kube_error_t err = { .offset = outcome->offset };
    while (outcome->result == 0 && (outcome->result = kube_frame_reader_next(reader, &text, &len, &err)) == 1) {
        take_frame(outcome, text, len, flags);
        outcome->result = 0;
    }
    outcome->offset = err.offset;
}

static outcome_t read_stream(const char *stream, size_t len, size_t piece, unsigned flags)
{
    outcome_t outcome = { 0 };
    kube_frame_reader_t reader;
    kube_frame_reader_init(&reader, &kube_json_framing, 1 << 16);
    for (size_t at = 0; at < len && outcome.result == 0; at += piece) {
        if (kube_frame_reader_push(&reader, stream + at, at + piece < len ? piece : len - at, NULL) != KUBE_OK)
            abort();
        drain(&reader, &outcome, flags);
    }
    kube_frame_reader_finish(&reader);
    drain(&reader, &outcome, flags);
    kube_frame_reader_dispose(&reader);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned flags[] = { 0, KUBE_DECODE_PACKED, KUBE_DECODE_STRICT, KUBE_DECODE_INTERN };
    if (size < 2)
        return 0;
    const char *stream = (const char *)data + 2;
    outcome_t whole = read_stream(stream, size - 2, size, flags[data[0] % 4]), pieces = read_stream(stream, size - 2, 1u + data[1], flags[data[0] % 4]);
    if (whole.result != pieces.result || whole.offset != pieces.offset || whole.frames != pieces.frames || whole.events != pieces.events ||
        whole.hash != pieces.hash)
        abort();
    return 0;
}

#include "object/frame.h"

#include "base/fail.h"

void kube_frame_reader_init(kube_frame_reader_t *reader, const kube_framing_t *framing, size_t max_frame_bytes)
{
    size_t most = max_frame_bytes ? max_frame_bytes : KUBE_FRAME_BYTES_DEFAULT;
    *reader = (kube_frame_reader_t){ .framing = framing, .max_frame_bytes = most };
}

void kube_frame_reader_dispose(kube_frame_reader_t *reader)
{
    if (reader)
        kube_backlog_dispose(&reader->backlog);
}

/* Lets go of the frame that was given last; the byte behind it is the next one's again. */
static void end_frame(kube_frame_reader_t *reader)
{
    if (reader->given == 0)
        return;
    kube_backlog_bytes(&reader->backlog)[reader->given] = reader->behind;
    kube_backlog_drop(&reader->backlog, reader->given);
    reader->given = 0;
}

int kube_frame_reader_push(kube_frame_reader_t *reader, const char *bytes, size_t len, kube_error_t *err)
{
    kube_error_reset(err);
    end_frame(reader);
    return kube_backlog_push(&reader->backlog, bytes, len) ? KUBE_OK : kube_fail_memory(err);
}

int kube_frame_reader_take(kube_frame_reader_t *reader, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    end_frame(reader);
    return kube_backlog_take(&reader->backlog, buffer) ? KUBE_OK : kube_fail_memory(err);
}

void kube_frame_reader_rest(kube_frame_reader_t *reader)
{
    kube_backlog_t *backlog = &reader->backlog;
    kube_frame_scan_t scan = reader->scan;
    size_t begin, end;
    end_frame(reader);
    if (backlog->len && reader->framing->next(&scan, kube_backlog_bytes(backlog), backlog->len, &begin, &end, NULL) == 0)
        kube_backlog_drop(backlog, begin);
    if (backlog->len)
        return;
    size_t offset = backlog->offset;
    kube_backlog_dispose(backlog);
    backlog->offset = offset;
}

void kube_frame_reader_finish(kube_frame_reader_t *reader)
{
    reader->scan.ended = true;
}

static int fail_at(kube_error_t *err, int code, size_t offset, const char *message)
{
    kube_fail(err, code, "%s", message);
    if (err)
        err->offset = offset;
    return code;
}

static int too_large(const kube_frame_reader_t *reader, size_t begin, kube_error_t *err)
{
    return fail_at(err, KUBE_E_LIMIT, reader->backlog.offset + begin, "a frame of the stream is larger than allowed");
}

/* There is no frame yet. */
static int wait_for_more(kube_frame_reader_t *reader, size_t end, kube_error_t *err)
{
    kube_backlog_t *backlog = &reader->backlog;
    if (backlog->len > reader->max_frame_bytes || end > reader->max_frame_bytes)
        return too_large(reader, 0, err);
    if (reader->scan.ended && backlog->len > 0)
        return fail_at(err, KUBE_E_PARSE, backlog->offset + backlog->len, "the stream ends inside a frame");
    kube_backlog_trim(backlog);
    return 0;
}

int kube_frame_reader_next(kube_frame_reader_t *reader, const char **text, size_t *len, kube_error_t *err)
{
    kube_backlog_t *backlog = &reader->backlog;
    size_t begin = 0, end = 0;
    kube_error_reset(err);
    end_frame(reader);
    *text = NULL;
    *len = 0;
    if (backlog->len == 0)
        return wait_for_more(reader, 0, err);
    int result = reader->framing->next(&reader->scan, kube_backlog_bytes(backlog), backlog->len, &begin, &end, err);
    if (result < 0) {
        if (err)
            err->offset += backlog->offset;
        return result;
    }
    if (result == 0) {
        kube_backlog_drop(backlog, begin);
        return wait_for_more(reader, end > begin ? end - begin : 0, err);
    }
    if (end - begin > reader->max_frame_bytes)
        return too_large(reader, begin, err);
    char *bytes = kube_backlog_bytes(backlog);
    *text = bytes + begin;
    *len = end - begin;
    reader->scan = (kube_frame_scan_t){ .ended = reader->scan.ended };
    reader->given = end;
    reader->behind = bytes[end];
    bytes[end] = '\0';
    return 1;
}

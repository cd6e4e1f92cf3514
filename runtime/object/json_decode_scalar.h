/*
 * The JSON decoder, second part: numbers, times, bytes, free-form values, and skipping values of any kind. Included by json_decode_body.h.
 */
/* ---- numbers and literals ---- */

/* The end of the JSON number at p, or NULL. */
static const char *number_end(const char *p)
{
    p += *p == '-';
    if (*p == '0')
        p++;
    else if (*p >= '1' && *p <= '9')
        while (*p >= '0' && *p <= '9')
            p++;
    else
        return NULL;
    if (*p == '.') {
        if (p[1] < '0' || p[1] > '9')
            return NULL;
        for (p++; *p >= '0' && *p <= '9'; p++)
            ;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        if (*p < '0' || *p > '9')
            return NULL;
        while (*p >= '0' && *p <= '9')
            p++;
    }
    return p;
}

/* An integer of any length, checked. */
static KUBE_TARGET __attribute__((noinline)) const char *decode_long_int64(decoder_t *d, const char *p, int64_t *value, int64_t low, int64_t high)
{
    const char *digit = p + (*p == '-');
    uint64_t magnitude = 0;
    unsigned count = 0;
    for (; *digit >= '0' && *digit <= '9' && count < 19; digit++, count++)
        magnitude = magnitude * 10 + (uint64_t)(*digit - '0');
    bool leading_zero = count > 1 && digit[-(int)count] == '0';
    if (count == 0 || leading_zero)
        return *p == '-' || leading_zero ? syntax_error(d, p, "a malformed number") : wrong_type(d, p, "expected an integer");
    if (*digit == '.' || *digit == 'e' || *digit == 'E')
        return wrong_type(d, p, "expected an integer");
    bool fits = *p == '-' ? magnitude <= (uint64_t)INT64_MAX + 1 : magnitude <= INT64_MAX;
    int64_t signed_value = (int64_t)(*p == '-' ? 0 - magnitude : magnitude);
    if (!fits || (*digit >= '0' && *digit <= '9') || signed_value < low || signed_value > high)
        return wrong_type(d, p, "the integer is out of range");
    *value = signed_value;
    return digit;
}

/* Most numbers are one to seven digits with a comma or bracket behind, which are taken together. */
static KUBE_TARGET const char *decode_int64(decoder_t *d, const char *p, int64_t *value, int64_t low, int64_t high)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t digits = load_8(p) ^ ones * '0', others = (digits | (digits + ones * 0x76)) & ones << 7;
    unsigned bits = (unsigned)__builtin_ctzll(others | (uint64_t)1 << 63) & ~7u;
    const char *next = p + bits / 8;
    bool simple = (*next == ',' || *next == '}') && bits > 0 && (*p != '0' || bits == 8);
    if (__builtin_expect(!simple, 0))
        return decode_long_int64(d, p, value, low, high);
    digits <<= 64 - bits; /* now as if eight, with zeros in front */
    digits = digits * 10 + (digits >> 8);
    digits = ((digits & 0x000000FF000000FF) * 0x000F424000000064 + (digits >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
    *value = (int64_t)digits;
    return next;
}

static KUBE_TARGET const char *decode_double(decoder_t *d, const char *p, double *value)
{
    const char *end = number_end(p);
    if (!end)
        return wrong_type(d, p, "expected a number");
    if (!kube_decode_double(p, (size_t)(end - p), value))
        return wrong_type(d, p, "the number is out of range");
    return end;
}

static KUBE_TARGET const char *decode_bool(decoder_t *d, const char *p, bool *value)
{
    *value = *p == 't';
    if (memcmp(p, "true", 4) == 0)
        return p + 4;
    if (memcmp(p, "false", 5) == 0)
        return p + 5;
    return wrong_type(d, p, "expected true or false");
}

static KUBE_TARGET const char *decode_number_text(decoder_t *d, const char *p, const char **slot)
{
    const char *end = number_end(p);
    if (!end)
        return wrong_type(d, p, "expected a number");
    *slot = kube_arena_text(d->owner, p, (size_t)(end - p));
    return *slot ? end : kube_decode_no_memory(d);
}

static KUBE_TARGET const char *decode_int_or_string(decoder_t *d, const char *p, kube_int_or_string_t *slot, size_t site)
{
    if (*p != '"' && *p != '-' && (*p < '0' || *p > '9'))
        return wrong_type(d, p, "expected an integer or a string");
    slot->string = NULL; /* of a duplicate that came before */
    const char *next = *p == '"' ? decode_any_string(d, p, &slot->string, site) : decode_int64(d, p, &slot->number, INT64_MIN, INT64_MAX);
    slot->has = next != NULL;
    return next;
}

/* ---- times, bytes, free-form values ---- */

/* The seconds of `hh:mm:ss`; false if it is not that. */
KUBE_INLINE bool clock_seconds(const char *p, int64_t *seconds)
{
    uint64_t digits = load_8(p) ^ 0x30303A30303A3030;
    bool numeric = ((digits | (digits + 0x0606000606000606)) & 0xF0F0FFF0F0FFF0F0) == 0;
    uint64_t pairs = digits * 10 + (digits >> 8);
    unsigned hour = pairs & 0xFF, minute = pairs >> 24 & 0xFF, second = pairs >> 48 & 0xFF;
    *seconds = hour * 3600 + minute * 60 + second;
    return numeric && hour < 24 && minute < 60 && second < 60;
}

static KUBE_TARGET const char *decode_time(decoder_t *d, const char *p, kube_time_t *slot)
{
    if (*p != '"')
        return wrong_type(d, p, "expected a time");
    int64_t seconds;
    /* The form that servers write, on a date that was read before. */
    uint64_t date = load_8(p + 3);
    const kube_date_t *known = &d->context->dates[date * 0x9E3779B97F4A7C15u >> (64 - KUBE_DATE_BITS)];
    if (known->text == date && date != 0 && memcmp(p + 1, "20", 2) == 0 && p[11] == 'T' && memcmp(p + 20, "Z\"", 2) == 0 &&
        clock_seconds(p + 12, &seconds)) {
        *slot = (kube_time_t){ true, 0, known->midnight + seconds };
        return p + 22;
    }
    const char *text;
    size_t len;
    const char *next = decode_text(d, p + 1, &text, &len);
    if (!next)
        return NULL;
    d->owner->text = (char *)(uintptr_t)text;
    if (!kube_time_parse(text, len, slot))
        return wrong_type(d, p, "expected a time in RFC 3339 form");
    if (next == p + 22 && p[1] == '2' && p[2] == '0' && p[20] == 'Z')
        d->context->dates[date * 0x9E3779B97F4A7C15u >> (64 - KUBE_DATE_BITS)] =
            (kube_date_t){ date, slot->seconds - (slot->seconds % 86400) };
    return next;
}

static KUBE_TARGET const char *decode_bytes(decoder_t *d, const char *p, kube_bytes_t *slot)
{
    if (*p != '"')
        return wrong_type(d, p, "expected base64 text");
    const char *text;
    size_t len;
    const char *next = decode_text(d, p + 1, &text, &len);
    if (!next)
        return NULL;
    /* Decoding shortens, so it can be done in place. */
    uint8_t *data = (uint8_t *)(uintptr_t)text;
    size_t bytes;
    if (!kube_base64_decode(data, text, len, &bytes))
        return wrong_type(d, p, "expected base64 text");
    data[bytes] = 0;
    d->owner->text = (char *)data + bytes + 1;
    *slot = (kube_bytes_t){ data, bytes };
    return next;
}

static KUBE_TARGET const char *decode_json(decoder_t *d, const char *p, kube_json_t *slot)
{
    const char *end = skip_value(d, p);
    if (!end)
        return NULL;
    slot->text = kube_arena_text(d->owner, p, (size_t)(end - p));
    slot->len = (size_t)(end - p);
    return slot->text ? end : kube_decode_no_memory(d);
}

static KUBE_TARGET const char *skip_scalar(decoder_t *d, const char *p)
{
    const char *end = NULL;
    if (*p == '"')
        return skip_string(d, p + 1);
    if (*p == '-' || (*p >= '0' && *p <= '9'))
        end = number_end(p);
    else if (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0)
        end = p + 4;
    else if (memcmp(p, "false", 5) == 0)
        end = p + 5;
    return end ? end : syntax_error(d, p, "expected a value");
}

/* What is open while a value is skipped: a bit for each level, set for an object; the innermost 64 levels at hand. */
typedef struct nesting {
    uint64_t bits;
    unsigned level;
    uint64_t outer[KUBE_DEPTH_MAX / 64 + 1];
} nesting_t;

KUBE_INLINE bool nesting_enter(decoder_t *d, nesting_t *open, bool object)
{
    if (__builtin_expect(d->depth + open->level >= d->max_depth, 0))
        return false;
    if (__builtin_expect(open->level % 64 == 0 && open->level, 0))
        open->outer[open->level / 64] = open->bits;
    open->bits = open->bits << 1 | object;
    open->level++;
    return true;
}

KUBE_INLINE void nesting_leave(nesting_t *open)
{
    open->bits >>= 1;
    open->level--;
    if (__builtin_expect(open->level % 64 == 0 && open->level, 0))
        open->bits = open->outer[open->level / 64];
}

/*
 * Skips one value of any kind and checks it on the way. Most of what is skipped is FieldsV1: keys with empty objects or further keys behind them,
 * which have a shortcut.
 */
static KUBE_TARGET const char *skip_value(decoder_t *d, const char *p)
{
    nesting_t open;
    open.bits = open.level = 0;
value:
    if (*p == '{' || *p == '[') {
        bool object = *p == '{';
        if (!nesting_enter(d, &open, object))
            return kube_decode_fail(d, p, KUBE_E_LIMIT, "nested too deeply");
        p = skip_space(p + 1);
        if (*p != (object ? '}' : ']')) {
            if (object)
                goto key;
            goto value;
        }
        p++;
        nesting_leave(&open);
    } else if (!(p = skip_scalar(d, p))) {
        return NULL;
    }
behind_value:
    while (open.level > 0) {
        bool object = open.bits & 1;
        p = behind_value(p);
        if (*p == ',') {
            p = skip_space(p + 1);
            if (object)
                goto key;
            goto value;
        }
        if (*p != (object ? '}' : ']'))
            return syntax_error(d, p, object ? "expected , or }" : "expected , or ]");
        p++;
        nesting_leave(&open);
    }
    return p;
key:
    if (*p != '"')
        return syntax_error(d, p, "expected a key");
    p = skip_string(d, p + 1);
    if (!p)
        return NULL;
    if (memcmp(p, ":{}", 3) == 0 && d->depth + open.level < d->max_depth) {
        p += 3;
        if (memcmp(p, ",\"", 2) != 0)
            goto behind_value;
        p++;
        goto key;
    }
    if (memcmp(p, ":{\"", 3) == 0 && nesting_enter(d, &open, true)) {
        p += 2;
        goto key;
    }
    p = skip_space(p);
    if (*p != ':')
        return syntax_error(d, p, "expected :");
    p = skip_space(p + 1);
    goto value;
}

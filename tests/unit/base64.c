#include "base/base64.h"

#include "golden.h"

/* Text in which \n and \r are written out. Exactly as long as its content, so that a read past the end is seen. */
static char *unescape(const char *text, size_t *len)
{
    char *out = malloc(strlen(text) + 1);
    *len = 0;
    for (; *text; text++) {
        bool escaped = *text == '\\';
        text += escaped;
        out[(*len)++] = !escaped ? *text : *text == 'n' ? '\n' : '\r';
    }
    return realloc(out, *len ? *len : 1);
}

static void row(char **fields, int count)
{
    size_t len, decoded, at = 0;
    char *text = unescape(fields[0], &len), hex[256] = "";
    CHECK_INT(count, 2);
    uint8_t *bytes = malloc(kube_base64_decoded_bound(len) + 1);
    bool good = kube_base64_decode(bytes, text, len, &decoded);
    if (!good) {
        CHECK_STR(fields[1], "error");
        CHECK(decoded <= len);
    } else {
        CHECK(decoded <= kube_base64_decoded_bound(len));
        for (size_t i = 0; i < decoded; i++)
            at += (size_t)sprintf(hex + at, "%02x", bytes[i]);
        CHECK_STR(hex, fields[1]);
        CHECK(kube_base64_decode((uint8_t *)text, text, len, &at) && at == decoded && memcmp(text, bytes, decoded) == 0);
    }
    free(bytes);
    free(text);
}

static void as_go_does(void)
{
    CHECK(golden_read("base64.txt", row) > 300);
}

static void there_and_back(void)
{
    uint8_t data[256], again[256];
    char text[400];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 167 + 13);
    for (size_t len = 0; len <= sizeof data; len++) {
        size_t written = kube_base64_encode(text, data, len), decoded;
        CHECK_INT(written, kube_base64_encoded_len(len));
        CHECK(kube_base64_decode(again, text, written, &decoded));
        CHECK_INT(decoded, len);
        CHECK(memcmp(again, data, len) == 0);
    }
}

static void where_it_is_wrong(void)
{
    static const struct { const char *text; size_t at; } cases[] = {
        { "AAAA*AAA", 4 }, { "AAAAAA*A", 6 }, { "AAAA=", 4 }, { "AAAAAA=A", 7 }, { "AAAAAA==A", 8 }, { "AAAAA", 5 }, { "AAA", 3 }, { "AA\n=", 4 },
    };
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at;
        CHECK(!kube_base64_decode(bytes, cases[i].text, strlen(cases[i].text), &at));
        CHECK_INT(at, cases[i].at);
    }
}

int main(void)
{
    RUN(as_go_does);
    RUN(there_and_back);
    RUN(where_it_is_wrong);
    return test_end();
}

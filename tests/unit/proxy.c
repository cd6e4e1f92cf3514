/* Which proxy leads to a server. */
#include "config/proxy.h"

#include <stdlib.h>

#include "config/config_setting.h"
#include "faults.h"
#include "test.h"

static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void clear(void)
{
    static const char *const names[] = { "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void check(const kube_config_t *config, const char *server, const char *wanted)
{
    char *proxy = (char *)1;
    CHECK_INT(kube_proxy_for(config, server, &proxy, NULL), KUBE_OK);
    if (wanted)
        CHECK_STR(proxy, wanted);
    else if (proxy)
        printf("%s gets %s\n", server, proxy);
    CHECK(!wanted == !proxy);
    kube_secret_free(proxy);
}

static void test_of_the_configuration(void)
{
    clear();
    set("NO_PROXY", "*");
    set("HTTPS_PROXY", "http://other");
    check(&(kube_config_t){ .proxy_url = "http://me:pw@proxy:3128" }, "https://h", "http://me:pw@proxy:3128");
    check(&(kube_config_t){ .proxy_url = "HTTPS://proxy" }, "https://127.0.0.1", "https://proxy");
    check(&(kube_config_t){ .proxy_url = "socks5://[::1]:1080/" }, "http://h", "socks5h://[::1]:1080/");
    check(&(kube_config_t){ .proxy_url = "http://proxy:" }, "https://h", "http://proxy:");
    check(&(kube_config_t){ .proxy_url = "http://me:p@w@proxy:65535/x" }, "https://h", "http://me:p@w@proxy:65535/x");
    check(&(kube_config_t){ .proxy_url = "" }, "https://h", NULL);
    static const char *const bad[] = { "proxy:3128", "ftp://h", "socks4://h", "http://", "http://:1", "http://u@", "http://a b", "http://a\n", "http://[::1",
                                       "http://p:65536", "http://p:x", "socks5://[::1]x", "https://me:pw@[::1]:1:2" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *proxy;
        CHECK(!kube_proxy_is_valid(bad[i]));
        CHECK_INT(kube_proxy_for(&(kube_config_t){ .proxy_url = bad[i] }, "https://h", &proxy, NULL), KUBE_E_CONFIG);
        CHECK(!proxy);
    }
}

static void test_of_the_environment(void)
{
    const kube_config_t config = { 0 };
    clear();
    check(&config, "https://h", NULL);
    set("https_proxy", "low:1");
    check(&config, "https://h", "http://low:1");
    set("HTTPS_PROXY", "http://up:2");
    check(&config, "https://h", "http://up:2");
    check(&config, "https://h:1/a?b=@#c", "http://up:2");
    check(&config, "http://h", NULL);
    set("HTTP_PROXY", "socks5://plain:3");
    check(&config, "http://h", "socks5h://plain:3");
    set("REQUEST_METHOD", "GET");
    check(&config, "http://h", NULL);
    set("HTTPS_PROXY", "ftp://canary@x");
    kube_error_t err = { 0 };
    char *proxy;
    CHECK_INT(kube_proxy_for(&config, "https://h", &proxy, &err), KUBE_E_CONFIG);
    CHECK(!proxy && strstr(err.message, "HTTPS_PROXY") && !strstr(err.message, "canary"));
}

static void test_exceptions(void)
{
    static const struct { const char *list, *server; bool direct; } cases[] = {
        { "", "https://localhost:6443", true },
        { "", "https://127.3.0.1", true },
        { "", "https://[::1]:6443", true },
        { "", "https://h", false },
        { "*", "https://h", true },
        { "a, *", "https://h", true },
        { "example.com", "https://example.com", true },
        { "example.com", "https://api.EXAMPLE.com:6443", true },
        { "example.com", "https://badexample.com", false },
        { "example.com", "https://example.com.:6443", true },
        { ".example.com", "https://example.com", false },
        { ".example.com", "https://a.example.com", true },
        { "*.example.com", "https://a.b.example.com", true },
        { "*.example.com", "https://example.com", false },
        { "example.com:6443", "https://example.com:6443", true },
        { "example.com:6443", "https://example.com", false },
        { "example.com:443", "https://example.com", true },
        { "x,10.0.0.0/8 ,y", "https://10.255.0.1", true },
        { "10.0.0.0/8", "https://11.0.0.1", false },
        { "10.0.0.0/9", "https://10.128.0.1", false },
        { "10.0.0.0/9", "https://10.127.0.1", true },
        { "0.0.0.0/0", "https://8.8.8.8", true },
        { "10.1.2.3/32", "https://10.1.2.3", true },
        { "10.1.2.3/32", "https://10.1.2.4", false },
        { "10.0.0.0/33", "https://10.0.0.1", false },
        { "10.0.0.0/", "https://10.0.0.1", false },
        { "10.0.0.0/x", "https://10.0.0.1", false },
        { "/8", "https://10.0.0.1", false },
        { "10.0.0.0/8", "https://10.example.com", false },
        { "fd00::/8", "https://[fd12::1]:6443", true },
        { "fd00::/8", "https://[fe00::1]", false },
        { "fd00::1/128", "https://[fd00::1]", true },
        { "10.0.0.0/8", "https://[::ffff:10.0.0.1]", true },
        { "10.0.0.1", "https://10.0.0.1:6443", true },
        { "10.0.0.1:443", "https://10.0.0.1:6443", false },
        { "10.0.0.1:443", "https://10.0.0.1", true },
        { "fd00::1", "https://[fd00:0::1]:6443", true },
        { "[fd00::1]:443", "https://[fd00::1]", true },
        { "[fd00::1]:443", "https://[fd00::1]:6443", false },
        { ":443,,  ,.", "https://h", false },
    };
    const kube_config_t config = { 0 };
    clear();
    set("HTTPS_PROXY", "http://p");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set("no_proxy", cases[i].list);
        char *proxy;
        CHECK_INT(kube_proxy_for(&config, cases[i].server, &proxy, NULL), KUBE_OK);
        if ((proxy == NULL) != cases[i].direct) {
            printf("NO_PROXY=%s %s: %s\n", cases[i].list, cases[i].server, proxy ? proxy : "direct");
            CHECK(false);
        }
        kube_secret_free(proxy);
    }
    set("NO_PROXY", "other");
    check(&config, "https://h", "http://p");
}

static bool choose_with_faults(void)
{
    char *proxy;
    int code = kube_proxy_for(&(kube_config_t){ .proxy_url = "http://p" }, "https://h", &proxy, NULL);
    kube_secret_free(proxy);
    if (code == KUBE_OK) {
        code = kube_proxy_for(&(kube_config_t){ 0 }, "https://h", &proxy, NULL);
        kube_secret_free(proxy);
    }
    return code == (faults.hit ? KUBE_E_NO_MEMORY : KUBE_OK);
}

static void test_every_allocation_fails(void)
{
    CHECK(fault_loop(choose_with_faults) > 1);
}

int main(void)
{
    RUN(test_of_the_configuration);
    RUN(test_of_the_environment);
    RUN(test_exceptions);
    RUN(test_every_allocation_fails);
    return test_end();
}

/*
 * Tests janitor.c with libkube-test, an API server inside this program: test_janitor. Each test has a server of its own, which
 * starts in milliseconds and can be told to fail in ways that a real one does not on demand.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <kube/test/server.h>
#include <stdio.h>
#include <stdlib.h>

#include "janitor.h"

#define CHECK(condition) \
    if (!(condition)) { \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
        exit(1); \
    }

static const char pods[] =
    "{apiVersion: v1, kind: List, items: ["
    "{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: web},"
    " spec: {containers: [{name: c, image: i}]}, status: {phase: Succeeded}},"
    "{apiVersion: v1, kind: Pod, metadata: {name: busy, namespace: web},"
    " spec: {containers: [{name: c, image: i}]}, status: {phase: Running}},"
    "{apiVersion: v1, kind: Pod, metadata: {name: bad, namespace: web},"
    " spec: {containers: [{name: c, image: i}]}, status: {phase: Failed}}]}";

/* Runs the janitor on a server with three pods and, if it is not NULL, a fault. Returns how many pods are left. */
static size_t run(const kube_test_fault_t *fault, int *code, int *swept)
{
    static const kube_package_t *const packages[] = { &kube_core_v1_package, NULL };
    kube_test_server_options_t options = { .packages = packages };
    kube_test_server_t *server;
    kube_client_t *client;
    kube_core_v1_pod_list_t *left;
    kube_error_t err;
    CHECK(kube_test_server_start(&options, &server, &err) == KUBE_OK);
    CHECK(kube_test_server_load(server, pods, sizeof(pods) - 1, &err) == KUBE_OK);
    CHECK(kube_client_new(kube_test_server_config(server), NULL, &client, &err) == KUBE_OK);
    CHECK(!fault || kube_test_server_fault(server, fault, &err) == KUBE_OK);

    *code = janitor_sweep(client, "web", swept, &err);

    kube_test_server_clear_faults(server);
    CHECK(kube_core_v1_pod_list(client, "web", NULL, &left, &err) == KUBE_OK);
    size_t count = left->items.len;
    kube_free(left);
    kube_client_free(client);
    kube_test_server_stop(server);
    return count;
}

int main(void)
{
    int code, swept;
    CHECK(run(NULL, &code, &swept) == 1 && code == KUBE_OK && swept == 2);

    /* A busy server is asked again. */
    kube_test_fault_t busy = { .verb = "delete", .count = 1, .status = 429, .retry_after = "0" };
    CHECK(run(&busy, &code, &swept) == 1 && code == KUBE_OK && swept == 2);

    /* The reply to a deletion is lost: the library finds out what became of it. */
    kube_test_fault_t lost = { .verb = "delete", .count = 1, .close = KUBE_TEST_CLOSE_AFTER };
    CHECK(run(&lost, &code, &swept) == 1 && code == KUBE_OK && swept == 2);

    /* Not allowed to delete: the error arrives, and nothing is gone. */
    kube_test_fault_t forbidden = { .verb = "delete", .status = 403 };
    CHECK(run(&forbidden, &code, &swept) == 3 && code == KUBE_E_FORBIDDEN && swept == 0);
    puts("test_janitor: 4 tests passed");
    return 0;
}

/*
 * JSON documents in memory, for comparing, patches and kubeconfigs: a tree whose nodes all live in one arena and go with it, numbers kept as their text, members
 * in the order of the input. Errors are sticky: the first one is kept in the tree and every function then returns NULL or false.
 */
#ifndef KUBE_OBJECT_TREE_H
#define KUBE_OBJECT_TREE_H

#include <kube/memory.h>

#include "base/fail.h"

/* Deepest nesting that is written, and, when nothing else is said, read. */
#define KUBE_VALUE_DEPTH 200

typedef enum kube_value_kind {
    KUBE_VALUE_NULL,
    KUBE_VALUE_FALSE,
    KUBE_VALUE_TRUE,
    KUBE_VALUE_NUMBER,
    KUBE_VALUE_STRING,
    KUBE_VALUE_LIST,
    KUBE_VALUE_OBJECT
} kube_value_kind_t;

typedef struct kube_value kube_value_t;

typedef struct kube_member {
    const char *name; /* may hold NUL bytes */
    size_t name_len;
    kube_value_t *value; /* NULL: removed */
} kube_member_t;

struct kube_value {
    kube_value_kind_t kind;
    uint32_t slot_bits; /* of an object with an index: 1 << slot_bits slots */
    size_t len;         /* bytes of text, items, or members with the removed ones */
    size_t capacity;
    union {
        const char *text; /* of a number, or of a string with its escapes resolved */
        kube_value_t **items;
        kube_member_t *members;
    };
    uint32_t *slots; /* numbers (from 1) of members by the hash of their names */
    size_t present;  /* members not removed */
};

typedef struct kube_tree_chunk kube_tree_chunk_t;

typedef struct kube_tree {
    kube_tree_chunk_t *chunks;
    char *next;
    size_t left;
    bool secret; /* memory is overwritten before it is given back */
    unsigned max_depth; /* deepest nesting that is read; 0: KUBE_VALUE_DEPTH */
    int code; /* of the first failure */
    kube_error_t *err;
    size_t path_len;
    char path[256]; /* where in the document work is going on */
} kube_tree_t;

/* All zero but err, secret and max_depth is an empty tree. */
void kube_tree_dispose(kube_tree_t *tree);
void *kube_tree_alloc(kube_tree_t *tree, size_t size);
/* Records the first failure with the current path; returns its code. */
int kube_tree_fail(kube_tree_t *tree, int code, const char *format, ...) KUBE_FORMAT(3, 4);

/* Goes down into a member or an item; the result is for kube_tree_leave. */
size_t kube_tree_enter(kube_tree_t *tree, const char *name, size_t name_len);
size_t kube_tree_enter_item(kube_tree_t *tree, size_t i);
void kube_tree_leave(kube_tree_t *tree, size_t mark);

/* Reads one JSON value. what: for messages, "patch". */
kube_value_t *kube_value_parse(kube_tree_t *tree, const char *text, size_t len, const char *what);
/* Appends compact JSON; on failure the buffer is as before. */
bool kube_value_write(kube_tree_t *tree, const kube_value_t *value, kube_buffer_t *buffer);

kube_value_t *kube_value_new(kube_tree_t *tree, kube_value_kind_t kind);
/* A string node that borrows text. */
kube_value_t *kube_value_string(kube_tree_t *tree, const char *text, size_t len);
kube_value_t *kube_value_copy(kube_tree_t *tree, const kube_value_t *value);

/* How values are compared. */
enum {
    KUBE_EQUAL_NUMERIC = 1 << 0,       /* numbers by value (1 equals 1.0), else by text */
    KUBE_EQUAL_NULL_IS_ABSENT = 1 << 1 /* a null member is as good as none */
};
/* Members without regard to order. */
bool kube_value_equal(const kube_value_t *a, const kube_value_t *b, unsigned flags);
/* Whether two JSON numbers are the same number. */
bool kube_number_equal(const char *a, size_t a_len, const char *b, size_t b_len);

/* ---- objects ---- */

#define KUBE_EACH_MEMBER(member, object)                                                                                    \
    for (kube_member_t *member = (object)->members; member && member < (object)->members + (object)->len; member++) \
        if (member->value)

/* The position of a member that is or was there, or SIZE_MAX. */
size_t kube_object_position(const kube_value_t *object, const char *name, size_t name_len);
kube_value_t *kube_object_get(const kube_value_t *object, const char *name, size_t name_len);
kube_value_t *kube_object_gets(const kube_value_t *object, const char *name);
/* Adds or replaces. The name is borrowed. False when value is NULL (what made it failed) or memory is exhausted. */
bool kube_object_set(kube_tree_t *tree, kube_value_t *object, const char *name, size_t name_len, kube_value_t *value);
void kube_object_remove(kube_value_t *object, const char *name, size_t name_len);

/* ---- lists ---- */

/* Inserts before item i (i == len: appends). False as kube_object_set. */
bool kube_list_insert(kube_tree_t *tree, kube_value_t *list, size_t i, kube_value_t *value);
bool kube_list_add(kube_tree_t *tree, kube_value_t *list, kube_value_t *value);
void kube_list_drop(kube_value_t *list, size_t i);

#endif

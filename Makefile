# libkube's build. `make` builds the libraries and programs, `make test` runs every test, `make help` lists the targets.
VERSION   := 0.1.0
SOVERSION := 0
KUBE_MINOR := 1.36

CC       ?= cc
CXX      ?= c++
AR       ?= ar
OPT      ?= -O2 -g
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
BUILD    ?= build
SANITIZE ?=
LIBS_PC  := libcurl jansson openssl yaml-0.1

DEP_CFLAGS := $(shell pkg-config --cflags $(LIBS_PC))
DEP_LIBS   := $(shell pkg-config --libs $(LIBS_PC)) -lpthread
WARN       := -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Wstrict-prototypes -Wpointer-arith -Wvla -Werror
INCLUDES   := -Iruntime/include -Igenerated/include -Iruntime
BASEFLAGS  := -std=c11 -D_GNU_SOURCE $(OPT) $(SANITIZE) -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections $(INCLUDES)

RUNTIME_SRC := $(wildcard runtime/base/*.c runtime/object/*.c runtime/patch/*.c runtime/config/*.c runtime/http/*.c runtime/auth/*.c runtime/client/*.c)
META_SRC    := $(wildcard generated/src/meta_v1.c)
K8S_SRC     := $(filter-out $(META_SRC),$(wildcard generated/src/*.c))

RUNTIME_OBJ := $(RUNTIME_SRC:%.c=$(BUILD)/%.o)
KUBE_OBJ    := $(RUNTIME_OBJ) $(META_SRC:%.c=$(BUILD)/%.o)
K8S_OBJ     := $(K8S_SRC:%.c=$(BUILD)/%.o)

LIBKUBE_A  := $(BUILD)/libkube.a
LIBK8S_A   := $(BUILD)/libkube-k8s.a
LIBKUBE_SO := $(BUILD)/libkube.so
LIBK8S_SO  := $(BUILD)/libkube-k8s.so

all: lib

lib: $(LIBKUBE_A) $(LIBK8S_A) $(LIBKUBE_SO) $(LIBK8S_SO)

$(BUILD)/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(BASEFLAGS) $(WARN) $(DEP_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/generated/%.o: generated/%.c
	@mkdir -p $(@D)
	$(CC) $(BASEFLAGS) -Wall -Wextra -Werror $(CFLAGS) -MMD -MP -c $< -o $@

$(LIBKUBE_A): $(KUBE_OBJ)
	rm -f $@ && $(AR) rcs $@ $^
$(LIBK8S_A): $(K8S_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(LIBKUBE_SO): $(KUBE_OBJ)
	$(CC) -shared $(SANITIZE) $(LDFLAGS) -Wl,-soname,libkube.so.$(SOVERSION) -o $@ $^ $(DEP_LIBS)
	ln -sf libkube.so $(BUILD)/libkube.so.$(SOVERSION)
$(LIBK8S_SO): $(K8S_OBJ) $(LIBKUBE_SO)
	$(CC) -shared $(SANITIZE) $(LDFLAGS) -Wl,-soname,libkube-k8s-$(KUBE_MINOR).so.$(SOVERSION) -o $@ $(K8S_OBJ) -L$(BUILD) -lkube
	ln -sf libkube-k8s.so $(BUILD)/libkube-k8s-$(KUBE_MINOR).so.$(SOVERSION)

# Unit tests: one program a file.
UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
$(BUILD)/unit/%: tests/unit/%.c tests/unit/test.h $(LIBKUBE_A) $(LIBK8S_A)
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(OPT) $(SANITIZE) $(INCLUDES) -Itests/unit -Wall -Wextra -Werror $(DEP_CFLAGS) $(CFLAGS) $< -o $@ \
	  -Wl,--start-group $(LIBK8S_A) $(LIBKUBE_A) -Wl,--end-group $(LDFLAGS) $(DEP_LIBS) -lm

unit: $(UNIT_BIN)

clean:
	rm -rf $(BUILD)/runtime $(BUILD)/generated $(BUILD)/unit $(BUILD)/*.a $(BUILD)/*.so*

.PHONY: all lib unit clean
.SECONDARY:
-include $(shell find $(BUILD)/runtime $(BUILD)/generated -name '*.d' 2>/dev/null)

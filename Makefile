# libkube's build. `make` builds the libraries and programs, `make test` runs every test, `make help` lists the targets.
VERSION    := 0.1.0
SOVERSION  := 0
KUBE_MINOR := 1.36

CC       ?= cc
CXX      ?= c++
AR       ?= ar
OPT      ?= -O2 -g
SANITIZE ?=
PREFIX   ?= /usr/local
LIBDIR   ?= $(PREFIX)/lib
DESTDIR  ?=

# All processors, unless -j says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
endif

# SANITIZE=address,undefined (or flags as the compiler wants them) builds into a folder of its own.
comma := ,
SANITIZE_FLAGS := $(if $(SANITIZE),$(if $(filter -%,$(SANITIZE)),,-fsanitize=)$(SANITIZE) -fno-omit-frame-pointer)
BUILD ?= build$(if $(SANITIZE),/$(subst $(comma),-,$(patsubst -fsanitize=%,%,$(firstword $(SANITIZE)))))

all: lib tools

# What tools/configure found out. Targets that build nothing, or that install what is missing first, do without.
UNCONFIGURED := help clean distclean setup demo test uninstall
ifneq ($(filter-out $(UNCONFIGURED),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
$(BUILD)/config.mk: tools/configure
	@mkdir -p $(@D)
	@CC="$(CC)" tools/configure > $@.new && mv $@.new $@

INCLUDES := -Iruntime/include -Igenerated/include
WARN     := -Wall -Wextra -Werror
STRICT   := $(WARN) -Wconversion -Wno-sign-conversion -Wshadow -Wstrict-prototypes -Wpointer-arith -Wvla
COMPILE   = $(CC) -std=c11 -D_GNU_SOURCE $(OPT) $(SANITIZE_FLAGS) $(INCLUDES) $(DEP_CFLAGS)
LIBRARY   = $(COMPILE) -Iruntime -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections

RUNTIME_SRC := $(foreach floor,base object patch config http auth client,$(wildcard runtime/$(floor)/*.c))
META_SRC    := $(wildcard generated/src/meta_v1.c)
K8S_SRC     := $(filter-out $(META_SRC),$(wildcard generated/src/*.c))
# Where time is spent. All else is made small, also what is called once a chunk or once a text.
SELDOM_SRC  := $(patsubst %,runtime/%.c,base/arena base/fail base/memory base/pool object/json_decode object/json_decode_parts)
HOT_SRC     := $(filter-out $(SELDOM_SRC),$(wildcard runtime/base/*.c $(patsubst %,runtime/object/%*.c,json_ frame copy)))
COLD_OBJ    := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(HOT_SRC),$(RUNTIME_SRC)))
KUBE_OBJ    := $(patsubst %.c,$(BUILD)/%.o,$(RUNTIME_SRC) $(META_SRC))
K8S_OBJ     := $(K8S_SRC:%.c=$(BUILD)/%.o)

# Objects are made again when their flags change: the file is only touched then.
ifdef PLATFORM
ifneq ($(strip $(shell cat $(BUILD)/flags 2>/dev/null)),$(strip $(LIBRARY) $(CFLAGS)))
$(shell mkdir -p $(BUILD) && echo '$(LIBRARY) $(CFLAGS)' > $(BUILD)/flags)
endif
endif
$(BUILD)/flags: ;

# V=1 shows the commands.
ifeq ($(V),)
Q   := @
SAY  = @printf '  %-4s %s\n'
else
SAY := @:
endif

$(BUILD)/runtime/%.o: runtime/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(LIBRARY) $(if $(filter -O2,$(OPT)),$(SMALL)) $(STRICT) $(CFLAGS) -MMD -MP -c $< -o $@
$(COLD_OBJ): SMALL := -Os

$(BUILD)/generated/%.o: generated/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(LIBRARY) $(WARN) $(CFLAGS) -MMD -MP -c $< -o $@

# A shared library has a real name with the version, the name programs ask for (SONAME), and the name the linker looks for.
ifeq ($(PLATFORM),darwin)
SO_REAL   = $(1).$(VERSION).dylib
SO_NAME   = $(1).$(SOVERSION).dylib
SO_LINK   = $(1).dylib
SO_FLAGS  = -dynamiclib -install_name @rpath/$(call SO_NAME,$(1))
GC_FLAGS := -Wl,-dead_strip
else
SO_REAL   = $(1).so.$(VERSION)
SO_NAME   = $(1).so.$(SOVERSION)
SO_LINK   = $(1).so
SO_FLAGS  = -shared -Wl,-soname,$(call SO_NAME,$(1)) -Wl,--as-needed $(if $(SANITIZE),,-Wl,-z,defs)
GC_FLAGS := -Wl,--gc-sections
endif
K8S_STEM   := libkube-k8s-$(KUBE_MINOR)
LIBKUBE_A  := $(BUILD)/libkube.a
LIBK8S_A   := $(BUILD)/libkube-k8s.a
LIBKUBE_SO := $(BUILD)/$(call SO_LINK,libkube)
LIBK8S_SO  := $(BUILD)/$(call SO_LINK,libkube-k8s)

lib: $(LIBKUBE_A) $(LIBK8S_A) $(LIBKUBE_SO) $(LIBK8S_SO)

$(LIBKUBE_A): $(KUBE_OBJ)
$(LIBK8S_A): $(K8S_OBJ)
$(LIBKUBE_A) $(LIBK8S_A):
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(LIBKUBE_SO): $(KUBE_OBJ)
	$(SAY) LD $@
	$(Q)$(CC) $(call SO_FLAGS,libkube) $(SANITIZE_FLAGS) $(LDFLAGS) -o $(BUILD)/$(call SO_REAL,libkube) $^ $(DEP_LIBS)
	@ln -sf $(call SO_REAL,libkube) $(BUILD)/$(call SO_NAME,libkube)
	@ln -sf $(call SO_NAME,libkube) $@

$(LIBK8S_SO): $(K8S_OBJ) $(LIBKUBE_SO)
	$(SAY) LD $@
	$(Q)$(CC) $(call SO_FLAGS,$(K8S_STEM)) $(SANITIZE_FLAGS) $(LDFLAGS) -o $(BUILD)/$(call SO_REAL,$(K8S_STEM)) $(K8S_OBJ) -L$(BUILD) -lkube
	@ln -sf $(call SO_REAL,$(K8S_STEM)) $(BUILD)/$(call SO_NAME,$(K8S_STEM))
	@ln -sf $(call SO_NAME,$(K8S_STEM)) $@

# Programs of this tree (tools, tests, examples) carry the libraries in them.
STATIC_LIBS := $(LIBK8S_A) $(LIBKUBE_A)
LINK_STATIC  = $(SANITIZE_FLAGS) $(GC_FLAGS) $(LDFLAGS) $(STATIC_LIBS) $(DEP_LIBS)

CONVERT_SRC := $(wildcard tools/kube-convert/*.c)
CONVERT_OBJ := $(CONVERT_SRC:%.c=$(BUILD)/%.o)
tools: $(if $(CONVERT_SRC),$(BUILD)/kube-convert)
$(BUILD)/tools/%.o: tools/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) -ffunction-sections -fdata-sections $(STRICT) $(CFLAGS) -MMD -MP -c $< -o $@
$(BUILD)/kube-convert: $(CONVERT_OBJ) $(STATIC_LIBS)
	$(SAY) LD $@
	$(Q)$(CC) -o $@ $(CONVERT_OBJ) $(LINK_STATIC)

DEMO_SRC := $(wildcard tools/kube-demo/*.c)
DEMO_OBJ := $(DEMO_SRC:%.c=$(BUILD)/%.o)
$(BUILD)/kube-demo: $(DEMO_OBJ) $(STATIC_LIBS)
	$(SAY) LD $@
	$(Q)$(CC) -o $@ $(DEMO_OBJ) $(LINK_STATIC)

include tests/tests.mk
include tests/apiserver/apiserver.mk
include tests/faultproxy/faultproxy.mk
-include tests/conformance/conformance.mk
include tools/install/install.mk
-include bench/bench.mk

demo: setup
	@$(MAKE) --no-print-directory all $(BUILD)/kube-demo $(BUILD)/kube-testserver
	@BUILD=$(BUILD) tools/demo

setup:
	@tools/setup demo

verify-generated:
	@codegen/verify

cluster:
	@tests/cluster/build

clean:
	@rm -rf $(foreach folder,runtime generated tools unit fuzz examples bindings package,$(BUILD)/$(folder))
	@rm -f $(BUILD)/*.a $(BUILD)/*.so* $(BUILD)/*.dylib $(BUILD)/kube-convert $(BUILD)/kube-demo $(BUILD)/kube-testserver $(BUILD)/config.mk $(BUILD)/flags
distclean:
	@rm -rf build $(BUILD)

help:
	@echo 'make                    the libraries (static, shared) and kube-convert, into $$BUILD (build)'
	@echo 'make demo               build, then show what it does, on a test server or on the cluster KUBECONFIG names'
	@echo 'make test               every test (see tests/run for single groups: tests/run unit install)'
	@echo 'make unit               build the unit tests; run one with build/unit/<name>'
	@echo 'make install            PREFIX=/usr/local LIBDIR=$$PREFIX/lib DESTDIR=; make uninstall takes it away'
	@echo 'make install-test       libkube-test and kube-testserver as well, for the tests of your programs'
	@echo 'make examples bench     build the examples; measure against other libraries'
	@echo 'make cluster            build etcd, kube-apiserver, kubectl for the tests (KUBE=1.34.4: another version)'
	@echo 'make verify-generated   generate again and compare with generated/'
	@echo 'make clean distclean    take away what was built; distclean: the whole of build/'
	@echo 'Variables: CC CFLAGS LDFLAGS OPT="-O2 -g" SANITIZE=address,undefined BUILD=folder V=1 (show the commands)'

FORCE:
.PHONY: all lib tools demo setup verify-generated cluster clean distclean help FORCE
.DELETE_ON_ERROR:
-include $(patsubst %.o,%.d,$(KUBE_OBJ) $(K8S_OBJ) $(CONVERT_OBJ) $(DEMO_OBJ))

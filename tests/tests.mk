# Test programs: one a file, found by their folders. tests/run runs them.
TEST_COMPILE = $(COMPILE) -Itests/unit $(WARN) $(CFLAGS) -MMD -MP

# The JSON codec for machines without vector instructions, which programs for x86-64 are linked without.
ALL_VARIANTS := $(if $(filter darwin,$(PLATFORM)),,-Wl,-u,kube_json_portable)
UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
unit: $(UNIT_BIN)
$(BUILD)/unit/%: tests/unit/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -Iruntime $< -o $@ $(ALL_VARIANTS) $(LINK_STATIC)

# Fuzz targets with a driver that replays files; with clang, `make fuzzers` links libFuzzer instead.
FUZZ_SRC   := $(filter-out tests/fuzz/driver.c,$(wildcard tests/fuzz/*.c))
FUZZ_BIN   := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZER_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzzers/%)
fuzz: $(FUZZ_BIN)
fuzzers: $(FUZZER_BIN)
$(BUILD)/fuzz/driver.o: tests/fuzz/driver.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -c $< -o $@
$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/driver.o $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -Iruntime $< $(BUILD)/fuzz/driver.o -o $@ $(LINK_STATIC)
$(BUILD)/fuzzers/%: tests/fuzz/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -Iruntime -fsanitize=fuzzer $< -o $@ $(LINK_STATIC)

bindings: $(BUILD)/bindings/edit
$(BUILD)/bindings/%: tests/bindings/%.cpp $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CXX) -std=c++17 $(OPT) $(SANITIZE_FLAGS) $(INCLUDES) $(WARN) $(CXXFLAGS) -MMD -MP $< -o $@ $(LINK_STATIC)

# One program a file in examples/. Most need nothing but libkube and libkube-k8s; one needs libuv, one the sources generated for its
# CRD. examples/unit_test is a program of two files, and its test, which needs libkube-test.
have = $(shell pkg-config --exists $(1) 2>/dev/null && echo yes)
EXAMPLE_SRC := $(filter-out $(if $(call have,libuv),,examples/watch_libuv.c),$(wildcard examples/*.c))
EXAMPLE_BIN := $(EXAMPLE_SRC:examples/%.c=$(BUILD)/examples/%) $(BUILD)/examples/janitor \
               $(if $(call have,libmicrohttpd gnutls),$(BUILD)/examples/test_janitor)
EXAMPLE      = $(COMPILE) $(STRICT) $(CFLAGS)
CRD_SRC     := $(wildcard examples/crd/src/*.c)
examples: $(EXAMPLE_BIN)
$(BUILD)/examples/%: examples/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(EXAMPLE) -MMD -MP $< -o $@ $(LINK_STATIC)
$(BUILD)/examples/watch_libuv: examples/watch_libuv.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(EXAMPLE) $$(pkg-config --cflags libuv) -MMD -MP $< -o $@ $(LINK_STATIC) $$(pkg-config --libs libuv)
$(BUILD)/examples/custom_resource: examples/custom_resource.c $(CRD_SRC) $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(WARN) $(CFLAGS) -Iexamples/crd/include $< $(CRD_SRC) -o $@ $(LINK_STATIC)
$(BUILD)/examples/janitor: $(addprefix examples/unit_test/,main.c janitor.c janitor.h) $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(EXAMPLE) $(filter examples/%.c,$^) -o $@ $(LINK_STATIC)
$(BUILD)/examples/test_janitor: $(addprefix examples/unit_test/,test_janitor.c janitor.c janitor.h) $(BUILD)/libkube-test.a $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(EXAMPLE) -I$(TS_DIR)/include $(filter examples/%.c,$^) -o $@ $(LIBTEST_A) $(LINK_STATIC) $(TS_LIBS)

test:
	@tools/setup test
	@CC="$(CC)" BUILD="$(BUILD)" tests/run

.PHONY: unit fuzz fuzzers bindings examples test
-include $(addsuffix .d,$(BUILD)/bindings/edit $(BUILD)/fuzz/driver $(UNIT_BIN) $(FUZZ_BIN) $(FUZZER_BIN) $(EXAMPLE_BIN))

# Test programs: one a file, found by their folders. tests/run runs them.
TEST_COMPILE = $(COMPILE) -Itests/unit $(WARN) $(CFLAGS) -MMD -MP

UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
unit: $(UNIT_BIN)
$(BUILD)/unit/%: tests/unit/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -Iruntime $< -o $@ $(LINK_STATIC)

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

EXAMPLE_BIN := $(patsubst examples/%.c,$(BUILD)/examples/%,$(wildcard examples/*.c))
examples: $(EXAMPLE_BIN)
$(BUILD)/examples/%: examples/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(STRICT) $(CFLAGS) -MMD -MP $< -o $@ $(LINK_STATIC)

test:
	@tools/setup test
	@CC="$(CC)" BUILD="$(BUILD)" tests/run

.PHONY: unit fuzz fuzzers bindings examples test
-include $(addsuffix .d,$(BUILD)/bindings/edit $(BUILD)/fuzz/driver $(UNIT_BIN) $(FUZZ_BIN) $(FUZZER_BIN) $(EXAMPLE_BIN))

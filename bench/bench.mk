# The benchmarks' programs, included by the Makefile. `make bench` runs them; bench/README.md tells more.
BENCH     := $(BUILD)/bench
BENCH_BIN := $(BENCH)/bin

BENCH_CC     = $(CC) -std=c11 -D_GNU_SOURCE -O2 -g $(STRICT) $(INCLUDES) -Ibench/peers -ffunction-sections -fdata-sections
BENCH_SHARED = -L$(BUILD) -lkube-k8s -lkube -Wl,-rpath,$(abspath $(BUILD))

bench: lib
	bench/run --all

$(BENCH_BIN)/corpus: bench/corpus/generate.c bench/corpus/placeholder.c bench/corpus/placeholder.h
	@mkdir -p $(@D)
	$(BENCH_CC) $(filter %.c,$^) -o $@ $(shell pkg-config --cflags --libs jansson)

$(BENCH)/harness.o: bench/peers/harness.c bench/peers/harness.h
	@mkdir -p $(@D)
	$(BENCH_CC) -c $< -o $@

$(BENCH_BIN)/libkube: bench/peers/libkube.c $(BENCH)/harness.o $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) $< $(BENCH)/harness.o -o $@ $(LINK_STATIC)

$(BENCH_BIN)/memcpy $(BENCH_BIN)/jansson $(BENCH_BIN)/cjson: $(BENCH_BIN)/%: bench/peers/%.c $(BENCH)/harness.o
	@mkdir -p $(@D)
	$(BENCH_CC) $^ -o $@ $(BENCH_LIBS)
$(BENCH_BIN)/jansson: BENCH_LIBS = $(shell pkg-config --cflags --libs jansson)
$(BENCH_BIN)/cjson: BENCH_LIBS = -lcjson

$(BENCH_BIN)/cjson_models: bench/peers/cjson_models.c $(BENCH)/harness.o $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) $< $(BENCH)/harness.o -o $@ $(LINK_STATIC) -lcjson

$(BENCH_BIN)/simdjson: bench/peers/simdjson.cpp $(BENCH)/harness.o
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -O2 -g -Wall -Wextra -Werror -Ibench/peers $^ -o $@ -lsimdjson

# yyjson: the folder YYJSON_DIR names (with yyjson.c and yyjson.h), or the sources that a crate carries.
YYJSON_DIR ?= $(BENCH)/yyjson
$(BENCH)/yyjson/yyjson.c: bench/peers/yyjson/Cargo.lock
	@mkdir -p $(@D)
	cargo vendor --quiet --locked --manifest-path bench/peers/yyjson/Cargo.toml $(BENCH)/vendor > $(BENCH)/vendor.log
	cp $(BENCH)/vendor/yyjson-sys/yyjson/src/yyjson.[ch] $(@D)
	rm -rf $(BENCH)/vendor
$(BENCH)/yyjson.o: $(YYJSON_DIR)/yyjson.c
	$(CC) -O2 -g -c $< -o $@
$(BENCH_BIN)/yyjson: bench/peers/yyjson.c $(BENCH)/yyjson.o $(BENCH)/harness.o
	@mkdir -p $(@D)
	$(BENCH_CC) -I$(YYJSON_DIR) $^ -o $@

$(BENCH_BIN)/client-go: bench/peers/go/main.go bench/peers/go/go.mod bench/peers/go/go.sum
	@mkdir -p $(@D)
	cd bench/peers/go && $(abspath tests/again) go build -trimpath -o $(abspath $@) .

$(BENCH_BIN)/kube-rs: bench/peers/rust/src/main.rs bench/peers/rust/Cargo.toml bench/peers/rust/Cargo.lock
	@mkdir -p $(@D)
	cargo build --quiet --release --locked --manifest-path bench/peers/rust/Cargo.toml --target-dir $(BENCH)/rust
	cp $(BENCH)/rust/release/kube-rs $@

$(BENCH_BIN)/startup $(BENCH_BIN)/nothing $(BENCH_BIN)/touch: $(BENCH_BIN)/%: bench/programs/%.c
	@mkdir -p $(@D)
	$(BENCH_CC) $< -o $@

$(BENCH_BIN)/stream: bench/programs/stream.c $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) -Iruntime $< -o $@ $(LINK_STATIC)

$(BENCH_BIN)/pod-static: bench/programs/pod.c $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) $< -o $@ -Wl,-Map,$@.map $(LINK_STATIC)

$(BENCH_BIN)/pod-shared: bench/programs/pod.c $(LIBKUBE_SO) $(LIBK8S_SO)
	@mkdir -p $(@D)
	$(BENCH_CC) $< -o $@ $(BENCH_SHARED)

.PHONY: bench

# The programs of this benchmark. After the Makefile: make -f Makefile -f bench/client/client.mk bench-client
BENCH_CLIENT     := $(BENCH)/client
BENCH_CLIENT_BIN := $(addprefix $(BENCH_CLIENT)/,libkube libcurl prepare client-go)

bench-client: $(BENCH_CLIENT_BIN)

$(BENCH_CLIENT)/peer.o: bench/client/peer.c bench/client/peer.h
	@mkdir -p $(@D)
	$(BENCH_CC) -pthread -c $< -o $@

$(BENCH_CLIENT)/libkube: bench/client/libkube.c $(BENCH_CLIENT)/peer.o $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) -pthread $< $(BENCH_CLIENT)/peer.o -o $@ $(LINK_STATIC)

$(BENCH_CLIENT)/prepare: bench/client/prepare.c $(STATIC_LIBS)
	@mkdir -p $(@D)
	$(BENCH_CC) -pthread $< -o $@ $(LINK_STATIC)

$(BENCH_CLIENT)/libcurl: bench/client/libcurl.c $(BENCH_CLIENT)/peer.o
	@mkdir -p $(@D)
	$(BENCH_CC) -pthread $^ -o $@ $(shell pkg-config --cflags --libs libcurl)

$(BENCH_CLIENT)/client-go: bench/client/go/main.go bench/client/go/go.mod bench/client/go/go.sum
	@mkdir -p $(@D)
	cd bench/client/go && $(abspath tests/again) go build -trimpath -o $(abspath $@) .

.PHONY: bench-client

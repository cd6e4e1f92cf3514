# libkube-test (tests/apiserver), kube-testserver, and the tests of both. To be included by the Makefile behind tests/tests.mk.
TS_DIR     := tests/apiserver
TS_CFLAGS  := $(shell pkg-config --cflags libmicrohttpd gnutls 2>/dev/null)
TS_LIBS    := $(shell pkg-config --libs libmicrohttpd gnutls 2>/dev/null || echo -lmicrohttpd -lgnutls)
TS_SRC     := $(filter-out $(TS_DIR)/main.c $(TS_DIR)/test_%.c,$(wildcard $(TS_DIR)/*.c))
TS_OBJ     := $(TS_SRC:%.c=$(BUILD)/%.o)
TS_TESTS   := $(patsubst $(TS_DIR)/test_%.c,$(BUILD)/apiserver/test_%,$(wildcard $(TS_DIR)/test_*.c))
LIBTEST_A  := $(BUILD)/libkube-test.a
LIBTEST_SO := $(BUILD)/$(call SO_LINK,libkube-test)

apiserver: $(LIBTEST_A) $(LIBTEST_SO) $(BUILD)/kube-testserver $(TS_TESTS)

$(BUILD)/$(TS_DIR)/%.o: $(TS_DIR)/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) -I$(TS_DIR)/include $(TS_CFLAGS) -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections $(STRICT) $(CFLAGS) \
	  -MMD -MP -c $< -o $@

$(LIBTEST_A): $(TS_OBJ)
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(LIBTEST_SO): $(TS_OBJ) $(LIBKUBE_SO)
	$(SAY) LD $@
	$(Q)$(CC) $(call SO_FLAGS,libkube-test) $(SANITIZE_FLAGS) $(LDFLAGS) -o $(BUILD)/$(call SO_REAL,libkube-test) $(TS_OBJ) \
	  -L$(BUILD) -lkube $(TS_LIBS) $(DEP_LIBS)
	@ln -sf $(call SO_REAL,libkube-test) $(BUILD)/$(call SO_NAME,libkube-test)
	@ln -sf $(call SO_NAME,libkube-test) $@

$(BUILD)/kube-testserver: $(BUILD)/$(TS_DIR)/main.o $(LIBTEST_A) $(STATIC_LIBS)
	$(SAY) LD $@
	$(Q)$(CC) -o $@ $< $(LIBTEST_A) $(LINK_STATIC) $(TS_LIBS)

$(BUILD)/apiserver/%: $(TS_DIR)/%.c $(LIBTEST_A) $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TEST_COMPILE) -I$(TS_DIR)/include -I$(TS_DIR) $(TS_CFLAGS) $< -o $@ $(LIBTEST_A) $(LINK_STATIC) $(TS_LIBS)

.PHONY: apiserver
-include $(TS_OBJ:.o=.d) $(BUILD)/$(TS_DIR)/main.d $(TS_TESTS:=.d)

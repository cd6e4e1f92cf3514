# The conformance suite, the soak, included by the Makefile behind tests/faultproxy/faultproxy.mk and tests/apiserver/apiserver.mk.
CONF_DIR   := tests/conformance
CONF_OUT   := $(BUILD)/$(CONF_DIR)
CONF_SRC   := $(filter-out $(CONF_DIR)/soak%.c,$(wildcard $(CONF_DIR)/*.c))
CONF_CRD   := $(wildcard $(CONF_DIR)/crd/src/*.c)
CONF_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(CONF_SRC) $(CONF_CRD))
CONF_FLAGS := -Itests/faultproxy -Itests/apiserver/include -I$(CONF_DIR)/crd/include -DCONFORMANCE_CRD='"$(CURDIR)/$(CONF_DIR)/crd/widget.yaml"'
SOAK_OBJ   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(CONF_DIR)/soak*.c))

$(CONF_OBJ) $(SOAK_OBJ): $(CONF_OUT)/%.o: $(CONF_DIR)/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(CONF_FLAGS) $(if $(findstring /crd/,$<),$(WARN),$(STRICT)) $(CFLAGS) -pthread -MMD -MP -c $< -o $@

$(BUILD)/conformance: $(CONF_OBJ)
$(BUILD)/soak: $(SOAK_OBJ)
$(BUILD)/conformance $(BUILD)/soak: $(FAULTPROXY_OBJ) $(LIBTEST_A) $(STATIC_LIBS)
	$(SAY) LD $@
	$(Q)$(CC) -pthread -o $@ $(filter %.o,$^) $(LIBTEST_A) $(LINK_STATIC) $(TS_LIBS)

conformance: $(BUILD)/conformance $(BUILD)/soak
.PHONY: conformance
-include $(CONF_OBJ:.o=.d) $(SOAK_OBJ:.o=.d)

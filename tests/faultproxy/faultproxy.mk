# The proxy for tests, included by the Makefile. Tests link $(FAULTPROXY_OBJ) and -pthread, and compile with -Itests/faultproxy.
FAULTPROXY_SRC := $(addprefix tests/faultproxy/,faultproxy.c connection.c lane.c loop.c random.c rules.c sockets.c parse.c)
FAULTPROXY_OBJ := $(FAULTPROXY_SRC:%.c=$(BUILD)/%.o)
FAULTPROXY_ALL := $(FAULTPROXY_OBJ) $(addprefix $(BUILD)/tests/faultproxy/,main.o test_faultproxy.o)

$(FAULTPROXY_ALL): $(BUILD)/tests/faultproxy/%.o: tests/faultproxy/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) -Itests/unit $(STRICT) $(CFLAGS) -pthread -MMD -MP -c $< -o $@

$(BUILD)/faultproxy: $(BUILD)/tests/faultproxy/main.o $(FAULTPROXY_OBJ)
	$(SAY) LD $@
	$(Q)$(CC) $(SANITIZE_FLAGS) $(LDFLAGS) -pthread -o $@ $^

$(BUILD)/tests/faultproxy/test_faultproxy: $(BUILD)/tests/faultproxy/test_faultproxy.o $(FAULTPROXY_OBJ)
	$(SAY) LD $@
	$(Q)$(CC) $(SANITIZE_FLAGS) $(LDFLAGS) -pthread -o $@ $^

-include $(FAULTPROXY_ALL:.o=.d)

# Programs that talk to a real server. After the Makefile: make -f Makefile -f tests/cluster/cluster.mk PROGRAM
$(BUILD)/cluster-tests/%: tests/cluster/%.c tests/cluster/kubectl.h tests/unit/test.h $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(TEST_COMPILE) $< -o $@ $(LINK_STATIC)

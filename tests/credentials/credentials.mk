# Programs that talk to a real server in the ways of tests/credentials. After the Makefile: make -f Makefile -f tests/credentials/credentials.mk PROGRAM
$(BUILD)/credentials/%: tests/credentials/%.c $(STATIC_LIBS) $(BUILD)/flags
	@mkdir -p $(@D)
	$(TEST_COMPILE) $< -o $@ $(LINK_STATIC)

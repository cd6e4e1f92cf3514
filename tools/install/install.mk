# `make install` and `make uninstall`: both go through the list of files in tools/install/files.
INCLUDEDIR ?= $(PREFIX)/include
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/libkube

PACKAGE_FILES := $(patsubst tools/install/%.in,$(BUILD)/package/%,$(wildcard tools/install/*.in))
$(BUILD)/package/%: tools/install/%.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g' -e 's|@VERSION@|$(VERSION)|g' \
	  -e 's|@GC_FLAGS@|$(GC_FLAGS)|g' -e 's|@KUBE_MINOR@|$(KUBE_MINOR)|g' \
	  -e 's|@LIBKUBE_SO@|$(call SO_LINK,libkube)|g' -e 's|@LIBK8S_SO@|$(call SO_LINK,libkube-k8s)|g' $< > $@

FILES_ENVIRONMENT = BUILD='$(BUILD)' DESTDIR='$(DESTDIR)' LIBDIR='$(LIBDIR)' INCLUDEDIR='$(INCLUDEDIR)' BINDIR='$(BINDIR)' \
	MANDIR='$(MANDIR)' DATADIR='$(DATADIR)'

# The shared libraries as real name, SONAME and link name.
LIBKUBE_NAMES = $(call SO_REAL,libkube) $(call SO_NAME,libkube) $(call SO_LINK,libkube)
LIBK8S_NAMES  = $(call SO_REAL,$(K8S_STEM)) $(call SO_NAME,$(K8S_STEM)) $(call SO_LINK,libkube-k8s)

install: all $(PACKAGE_FILES)
	@$(FILES_ENVIRONMENT) tools/install/files install "$(LIBKUBE_NAMES)" "$(LIBK8S_NAMES)"
uninstall:
	@$(FILES_ENVIRONMENT) tools/install/files uninstall "$(LIBKUBE_NAMES)" "$(LIBK8S_NAMES)"

.PHONY: install uninstall

# `make install` and `make uninstall`: both go through the list of files in tools/install/files.
INCLUDEDIR ?= $(PREFIX)/include
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/libkube

# The headers as seen from the CMake package, so that an installed tree may be moved; as they are when one of the folders is elsewhere.
LIBDIR_PARTS     = $(subst /, ,$(patsubst $(PREFIX)/%,%,$(LIBDIR)))
UP_TO_PREFIX     = ../../$(subst $() ,,$(LIBDIR_PARTS:%=../))
IN_PREFIX        = $(and $(filter $(PREFIX)/%,$(LIBDIR)),$(filter $(PREFIX)/%,$(INCLUDEDIR)))
CMAKE_INCLUDEDIR = $(if $(IN_PREFIX),$(UP_TO_PREFIX)$(patsubst $(PREFIX)/%,%,$(INCLUDEDIR)),$(INCLUDEDIR))

# Only written when they change: who installs into a DESTDIR after root did elsewhere may not write into root's files.
PACKAGE_FILES := $(patsubst tools/install/%.in,$(BUILD)/package/%,$(wildcard tools/install/*.in))
$(BUILD)/package/%: tools/install/%.in FORCE
	@mkdir -p $(@D)
	@text=$$(sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g' -e 's|@VERSION@|$(VERSION)|g' \
	  -e 's|@GC_FLAGS@|$(GC_FLAGS)|g' -e 's|@KUBE_MINOR@|$(KUBE_MINOR)|g' -e 's|@CMAKE_INCLUDEDIR@|$(CMAKE_INCLUDEDIR)|g' \
	  -e 's|@LIBKUBE_SO@|$(call SO_LINK,libkube)|g' -e 's|@LIBK8S_SO@|$(call SO_LINK,libkube-k8s)|g' $<) && \
	  { [ "$$text" = "$$(cat $@ 2> /dev/null)" ] || printf '%s\n' "$$text" > $@; }

FILES_ENVIRONMENT = BUILD='$(BUILD)' DESTDIR='$(DESTDIR)' LIBDIR='$(LIBDIR)' INCLUDEDIR='$(INCLUDEDIR)' BINDIR='$(BINDIR)' \
	MANDIR='$(MANDIR)' DATADIR='$(DATADIR)'

# The shared libraries as real name, SONAME and link name.
LIBKUBE_NAMES = $(call SO_REAL,libkube) $(call SO_NAME,libkube) $(call SO_LINK,libkube)
LIBK8S_NAMES  = $(call SO_REAL,$(K8S_STEM)) $(call SO_NAME,$(K8S_STEM)) $(call SO_LINK,libkube-k8s)

LIBTEST_NAMES = $(call SO_REAL,libkube-test) $(call SO_NAME,libkube-test) $(call SO_LINK,libkube-test)
NAMES         = "$(LIBKUBE_NAMES)" "$(LIBK8S_NAMES)" "$(LIBTEST_NAMES)"

install: all $(PACKAGE_FILES)
	@$(FILES_ENVIRONMENT) tools/install/files install $(NAMES)
# What tests of other programs use; needs libmicrohttpd and GnuTLS.
install-test: $(LIBTEST_A) $(LIBTEST_SO) $(BUILD)/kube-testserver $(BUILD)/package/libkube-test.pc
	@$(FILES_ENVIRONMENT) tools/install/files install-test $(NAMES)
uninstall:
	@$(FILES_ENVIRONMENT) tools/install/files uninstall-test $(NAMES)
	@$(FILES_ENVIRONMENT) tools/install/files uninstall $(NAMES)

.PHONY: install install-test uninstall

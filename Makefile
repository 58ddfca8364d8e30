# Mosaic. `make demo` shows the platform at work, `make test` proves it; `make help` lists the rest.
# MODE is release, asan, tsan, analyze, faults or fuzz; each builds into a tree of its own.
MODE     ?= release
ifeq ($(origin CC),default)
CC       := gcc
endif
SERVICES := intake eligibility project-tracking kpi-aggregator
B        := build/$(MODE)$(if $(filter-out gcc cc,$(CC)),-$(CC))
GEN      := build/gen

WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wswitch-enum -Wformat=2 -Wundef -Werror \
            $(if $(findstring clang,$(CC)),-Wno-gnu-statement-expression) # librdkafka's macros
HARDEN   := -fstack-protector-strong -fPIE -fcf-protection
PG_INCLUDE := $(or $(shell pg_config --includedir 2>/dev/null),/usr/include/postgresql)
MODE.release := -O2 -D_FORTIFY_SOURCE=2 $(HARDEN)
MODE.faults  := -O2 -D_FORTIFY_SOURCE=2 -DMOSAIC_FAULTS $(HARDEN)
MODE.asan    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
MODE.tsan    := -O1 -fno-omit-frame-pointer -fsanitize=thread
MODE.analyze := -O1 -fanalyzer -fdiagnostics-path-format=none
MODE.fuzz    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
CPPFLAGS := -D_GNU_SOURCE -I. -Ibuild -I$(PG_INCLUDE)
CFLAGS   := -std=c11 -g $(WARN) $(MODE.$(MODE)) $(EXTRA_CFLAGS)
comma    := ,
LDFLAGS  := $(if $(filter release faults,$(MODE)),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
# Without the engine's own libraries where a program does not use the engine.
CORE_LIBS := -lcjson -Wl,--as-needed -lexpat -lpcre2-8 -lbidgcc000 -lm
IO_LIBS   := -lrdkafka -lpq -luv -lmicrohttpd -lpthread
export CC
# One short line a file; V=1 shows whole commands, -s nothing.
Q        := $(if $(V),,@)
TELL      = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo " ")

GEN_C    := $(GEN)/events.c $(GEN)/topics.c
MIGRATIONS := $(SERVICES:%=$(GEN)/%-migrations.c) $(GEN)/common-migrations.c
CORE_C   := $(wildcard common/core/*.c common/dmn/*.c common/rules/*.c services/*/core/*.c tools/*/core/*.c) $(GEN_C)
IO_C     := $(wildcard common/io/*.c)
TCK_C    := $(wildcard tools/tck/*.c)
KIT_C    := $(addprefix tools/tck/,cases.c compare.c folder.c run.c) # what its test and the bench share
XML2_C   := $(addprefix tools/tck/,cases.c main.c) # the kit's cases are read by libxml2, models by expat
CTL_C    := $(wildcard tools/mosaicctl/*.c)

obj       = $(patsubst %.c,$(B)/%.o,$(patsubst build/%,%,$(1)))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
FUZZERS  := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)) \
            $(patsubst schemas/events/%.json,$(B)/tests/fuzz/decode.%,$(wildcard schemas/events/*.v*.json))
INTEGRATION := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/integration/test_*.c tests/integration/relay/relay.c))
PROGRAMS := $(SERVICES:%=$(B)/bin/%) $(B)/bin/mosaicctl

.PHONY: all
all: $(PROGRAMS)

$(addprefix $(GEN)/,events.c events.h topics.c topics.h) &: schemas/generate.py schemas/asyncapi.json \
    $(wildcard schemas/generator/*.py schemas/events/*.json)
	$(TELL) generate $(GEN)
	@mkdir -p $(GEN)
	$(Q)python3 schemas/generate.py --out $(GEN)
$(GEN)/%-migrations.c: tools/embed-migrations.py FORCE
	@mkdir -p $(GEN)
	@python3 tools/embed-migrations.py $* $@
.PHONY: FORCE

$(B)/gen/%.o: build/gen/%.c Makefile
	$(TELL) compile $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/%.o: %.c Makefile | $(GEN)/events.c
	$(TELL) compile $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(call obj,$(XML2_C)): CPPFLAGS += -isystem /usr/include/libxml2
$(B)/bin/tck $(B)/tests/unit/test_dmn_kit $(B)/tests/bench/dmn/dmn: CORE_LIBS += -lxml2

$(B)/libcore.a: $(call obj,$(CORE_C))
	@rm -f $@
	$(Q)ar rcs $@ $^
$(B)/libio.a: $(call obj,$(IO_C)) $(B)/gen/common-migrations.o
	@rm -f $@
	$(Q)ar rcs $@ $^

define service_rules
$(B)/bin/$(1): $(call obj,$(wildcard services/$(1)/*.c)) $(B)/gen/$(1)-migrations.o $(B)/libio.a $(B)/libcore.a
	$$(TELL) link $$@
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(IO_LIBS) $$(CORE_LIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rules,$(s))))

$(B)/bin/mosaicctl: $(call obj,$(CTL_C)) $(B)/libio.a $(B)/libcore.a
	$(TELL) link $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS)

# A unit test links the pure library alone: no Kafka, no PostgreSQL, no libuv.
$(B)/tests/unit/test_dmn_kit: $(call obj,$(KIT_C))
$(B)/tests/unit/test_dmn_zoneinfo: $(B)/common/io/zoneinfo.o
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libcore.a
	$(TELL) link $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(CORE_LIBS)
$(B)/tests/integration/%: $(B)/tests/integration/%.o $(B)/libio.a $(B)/libcore.a
	$(TELL) link $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(IO_LIBS) $(CORE_LIBS)
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libcore.a
	$(TELL) link $@
	$(Q)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(CORE_LIBS)
$(B)/bin/tck: $(call obj,$(TCK_C)) $(B)/libio.a $(B)/libcore.a
	$(TELL) link $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS)
$(B)/tests/bench/dmn/dmn: $(call obj,$(wildcard tests/bench/dmn/*.c) $(KIT_C)) $(B)/libcore.a
	$(TELL) link $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CORE_LIBS)
$(B)/tests/bench/load: $(call obj,$(wildcard tests/bench/*.c)) $(B)/libio.a $(B)/libcore.a
	$(TELL) link $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS)
# One for each event type's decoder.
$(B)/tests/fuzz/decode.%: tests/fuzz/decode.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(TELL) link $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DFUZZ_TYPE='"mosaic.$*"' -fsanitize=fuzzer -o $@ $^ $(CORE_LIBS)

.PHONY: unit-programs test-programs fuzzers objects
unit-programs: $(UNIT)
test-programs: $(INTEGRATION)
fuzzers: $(FUZZERS)
objects: $(call obj,$(CORE_C) $(IO_C) $(CTL_C) $(TCK_C) $(wildcard services/*/*.c))

# --- the platform ------------------------------------------------------------------------------------
STACK := deploy/local/stack.sh

.PHONY: demo up down status
demo: ## the whole chain on real data; DATA=FILE takes another Horizon file
	@deploy/demo.sh $(if $(DATA),"$(DATA)")
up: ## starts Kafka, PostgreSQL and the four services, and leaves them running
	@deploy/install.sh run
	@$(MAKE) --no-print-directory -s all
	@$(STACK) up && $(STACK) services start && $(STACK) status
down: ## stops them; their data stays ('deploy/local/stack.sh wipe' removes it)
	@$(STACK) down
status: ## what runs, where
	@$(STACK) status || [ $$? = 3 ]

# --- the proof ---------------------------------------------------------------------------------------
.PHONY: test unit asan contract deploy fuzz stack integration system faults bench lint format
test: ## every suite, in order of speed, and one line that counts them all; see tests/run.py
	@deploy/install.sh && tests/venv.sh && MOSAIC_FAULTS=short tests/run.py
unit: $(UNIT) ## the pure modules
	@for t in $(UNIT); do $$t || exit 1; done
asan contract deploy: ## one suite alone
	@deploy/install.sh && tests/venv.sh && tests/run.py $@
fuzz: ## every decoder and the decision engine under libFuzzer; SECONDS_EACH=2 ENGINE_SECONDS=60
	@tests/fuzz/run.sh $(SECONDS_EACH)
stack integration system faults: ## one suite alone, on a real Kafka and PostgreSQL of its own
	@deploy/install.sh && tests/venv.sh && tests/run.py $@
bench: ## the engine, then events per second, latency, CPU and memory of each stage and of the chain
	@deploy/install.sh && tests/venv.sh && tests/bench/run.sh
lint: ## format, clang-tidy, -fanalyzer, purity of the core, headers, banned calls, lengths
	@tools/lint.sh
format: ## formats every source file
	@find common services tools tests -name '*.[ch]' | xargs clang-format -i

.PHONY: tck
tck: ## the DMN test kit: SUITE=FOLDER, results as the kit's CSV in CSV=build/tck.csv
	@deploy/install.sh && $(MAKE) --no-print-directory -s $(B)/bin/tck
	@$(B)/bin/tck --csv "$(or $(CSV),build/tck.csv)" "$(SUITE)"

.PHONY: functions
functions: $(B)/bin/tck ## writes common/dmn/FUNCTIONS.md anew from the engine's table
	@$< --functions > common/dmn/FUNCTIONS.md

.PHONY: bench-dmn
BENCH_KIT := 0004-simpletable-U 0009-invocation-arithmetic 0119-multi-collect-hitpolicy
bench-dmn: $(B)/tests/bench/dmn/dmn ## decisions per second on one core; SUITE=FOLDER adds three models of the kit
	@$< build/bench-dmn.json tests/bench/dmn/support.dmn tests/bench/dmn/models \
	    $(if $(SUITE),$(foreach m,$(BENCH_KIT),$(shell find "$(SUITE)" -type d -name $(m))))

.PHONY: help clean
help: ## this list
	@sed -nE 's/^([a-z -]+):[^#]*## (.*)/\1|\2/p' Makefile | awk -F'|' '{printf "  %-34s %s\n", $$1, $$2}'
clean: ## removes what was built; Kafka's jars are fetched again
	rm -rf build

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

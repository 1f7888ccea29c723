PYTHON ?= python3
ifeq (,$(shell command -v $(PYTHON)))
$(error 没有找到 $(PYTHON)，请安装 Python 3.11 或更新版本 - Python 3.11 or newer is needed)
endif

.PHONY: demo demo-reset test check chaos bench docs
demo:
	@$(PYTHON) run.py demo
demo-reset:
	@$(PYTHON) run.py demo-reset
test:
	@$(PYTHON) run.py test
check:
	@$(PYTHON) run.py check
chaos:
	@STATIONMASTER_KILLS=500 STATIONMASTER_MALFORMED_FRAMES=10000000 \
		STATIONMASTER_RANDOM_DBCS=10000 STATIONMASTER_OUTAGE_S=600 \
		STATIONMASTER_FULL_DISK_S=60 STATIONMASTER_BAD_NETWORK_S=300 \
		STATIONMASTER_MESSAGES=100000 STATIONMASTER_SPOOL_FLIPS=10000 \
		STATIONMASTER_SPOOL_HISTORIES=1000 STATIONMASTER_FUZZ_ROUNDS=100 \
		$(PYTHON) run.py test -m chaos
bench:
	@$(PYTHON) run.py test --collect-only -q tests/house >/dev/null
	@.venv/bin/python benchmarks/fault_round_trip.py
	@.venv/bin/python benchmarks/decoding.py
	@.venv/bin/python benchmarks/receiving.py
	@.venv/bin/python benchmarks/log_import.py
	@.venv/bin/python benchmarks/readiness.py
	@.venv/bin/python benchmarks/live_bridge.py --minutes 1
	@.venv/bin/python benchmarks/ingest.py
	@.venv/bin/python benchmarks/readiness.py
docs:
	@$(PYTHON) run.py docs

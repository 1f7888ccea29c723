PYTHON ?= python3

.PHONY: demo demo-reset test check docs
demo:
	@$(PYTHON) run.py demo
demo-reset:
	@$(PYTHON) run.py demo-reset
test:
	@$(PYTHON) run.py test
check:
	@$(PYTHON) run.py check
docs:
	@$(PYTHON) run.py docs

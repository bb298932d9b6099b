# The commands of the project; bin/ does the work. Written for GNU make 3.81 (macOS) and later.
# Where make is missing: bin/setup && .venv/bin/python manage.py demo
PYTHON_VENV = .venv/bin/python
ARGS =
DEMO_OPTS =
ifeq ($(SERVE),0)
DEMO_OPTS += --no-serve
endif
ifneq ($(PORT),)
DEMO_OPTS += --address 127.0.0.1:$(PORT)
endif
PYTEST_OPTS =
ifeq ($(BROWSER),0)
PYTEST_OPTS += -m "not browser"
endif
LOCK_OPTS =
ifeq ($(UPGRADE),1)
LOCK_OPTS += --upgrade
endif
export BROWSER

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-postgres bench load lint types lock

help:
	@echo "make demo            installe tout, prépare la démonstration et la sert sur http://127.0.0.1:8000 (SERVE=0 : ne sert pas ; PORT=8001 : autre port)"
	@echo "make test            installe ce que demandent les tests et les lance sur SQLite (BROWSER=0 : sans navigateur ; ARGS=… pour pytest)"
	@echo "make test-postgres   les tests qu’une base peut changer, sur un PostgreSQL démarré puis supprimé par la commande"
	@echo "make bench           mesure les temps et la mémoire, tableau et var/bench.jsonl"
	@echo "make load            1 000 votants en deux minutes sur PostgreSQL, en local : aucun vote perdu, temps de réponse, var/load.jsonl"
	@echo "make lint            ruff et djlint"
	@echo "make types           mypy"
	@echo "make lock            refait requirements*.txt à partir des .in (UPGRADE=1 : dernières versions permises)"

setup:
	bin/setup

demo:
	bin/setup
	$(PYTHON_VENV) manage.py demo $(DEMO_OPTS)

# Variables of a deployment must not leak into the tests: these run on SQLite with the settings of the tests.
test:
	bin/setup --tests
ifeq ($(BROWSER),0)
	@echo "Tests de navigateur laissés de côté (BROWSER=0)."
endif
	unset DATABASE_URL JALONS_ENV; $(PYTHON_VENV) -m pytest $(PYTEST_OPTS) $(ARGS)

test-postgres:
	BROWSER=0 bin/setup --tests --postgres
	unset JALONS_ENV; bin/with-postgres $(PYTHON_VENV) -m pytest -m "not browser and not one_database" $(ARGS)

bench:
	bin/setup
	$(PYTHON_VENV) -m bench $(ARGS)

load:
	BROWSER=0 bin/setup --tests --postgres
	unset JALONS_ENV; bin/with-postgres $(PYTHON_VENV) -m bench.load $(ARGS)

lint:
	BROWSER=0 bin/setup --tests
	$(PYTHON_VENV) -m ruff format --check .
	$(PYTHON_VENV) -m ruff check .
	$(PYTHON_VENV) -m djlint --lint --quiet templates

types:
	BROWSER=0 bin/setup --tests
	$(PYTHON_VENV) -m mypy

lock:
	bin/setup
	bin/lock $(LOCK_OPTS)

# `make demo` and `make test` install what is missing: each is the only command a fresh machine needs.
# Builds read .sqlx, whatever DATABASE_URL says.
export SQLX_OFFLINE = true
.DEFAULT_GOAL := help
.PHONY: help demo test lint fix prepare schema psql shots bench ci

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## Open a clinic or two to look around in; ARGS are passed on
	@scripts/setup
	cargo run --release -- demo $(ARGS)

test: ## Check everything
	@scripts/setup --test
	@scripts/test

lint: ## Check format and lints alone
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

fix: ## Repair format and lints where a tool can
	cargo clippy --fix --allow-dirty --allow-staged --all-targets
	cargo fmt

prepare: ## Write .sqlx after a query or a migration has changed
	@scripts/prepare

schema: ## Write sql/schema.sql after a migration has changed
	@scripts/schema

psql: ## Open psql in a throwaway database with all migrations
	@url=$$(scripts/devdb start psql) && "$$(scripts/pg-bindir)/psql" "$$url"; scripts/devdb stop psql

shots: ## Take pictures of the key pages, to be looked at
	@scripts/setup --test
	cargo build
	@scripts/shots

bench: ## Measure, and write the table to docs/performance.md; a quick look: ARGS=--small
	@scripts/setup --bench
	cargo run --release -- bench --write docs/performance.md $(ARGS)

ci: ## Do what CI does
	@.ci/run

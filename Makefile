# make test is the one command that sets up and passes every test.

.PHONY: test setup lint generate bench faults build

# What the tests need besides Go and git, as Debian names it; and npm, for what
# tools/package.json names.
PACKAGES = chromium fonts-dejavu-core

test: setup
	go test -count=1 -timeout 15m ./...

# Asks for root once, only if something is missing, and names it.
setup:
	@sh tools/setup.sh $(PACKAGES)

lint:
	@out=$$(go tool gofumpt -l .); if [ -n "$$out" ]; then echo "not gofumpt'd:"; echo "$$out"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

# What the program prints of itself.
generate:
	go run ./cmd/jamakan config describe > config.yaml.new && mv config.yaml.new config.yaml
	go run ./cmd/jamakan config metrics > docs/metrics.md.new && mv docs/metrics.md.new docs/metrics.md
	go test ./ussd/menu -run TestMap -update

# Ratios measured in one run; see docs/benchmarks.md.
bench:
	go test ./cmd/jamakan ./store/bolt ./ussd/menu ./gsm -run '^$$' -bench . -benchtime 1s -timeout 30m

# The full counts: 50 kills of votes, 1,000 of texts, long fuzzing. The last report is docs/faults.md.
faults:
	JAMAKAN_KILLS=50 go test ./cmd/jamakan -run TestKill -count=1 -timeout 60m -v
	JAMAKAN_TEXT_KILLS=1000 go test ./cmd/jamakan -run TestTextKill -count=1 -timeout 60m -v
	sh tools/fuzz.sh 500000x

build:
	go build -o bin/jamakan ./cmd/jamakan

# make test is the one command that sets up and passes every test.

.PHONY: test setup lint generate bench faults build reproduce verify sbom fuzz

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

# What docs/benchmarks.md says, each ratio in one run. The week's files at a million ballots, which take minutes to make, are
# measured by the command that stands there.
bench:
	go test ./cmd/jamakan ./store/bolt ./ussd/menu ./gsm ./ussd ./store ./store/secret ./civic/msisdn ./callback/form -run '^$$' -bench . -skip WeekFiles -benchtime 1s -timeout 30m

# The full counts: 1,000 kills while people vote, 1,000 while they text; 120,000 states after power
# cuts, which go on where they were when begun again (remove bin/power to begin
# anew); 200 power cuts and 10 failing disks on real file systems, as root; each
# of 200 calls failing in 7 ways; 10,000 sessions searched for numbers; 10,000
# idle connections and as many slow ones; 20 long runs beside a plain model; long
# fuzzing. The last report is docs/faults.md.
faults:
	@sh tools/setup.sh xfsprogs e2fsprogs
	JAMAKAN_KILLS=1000 go test ./cmd/jamakan -run TestKill -count=1 -timeout 90m -v
	JAMAKAN_TEXT_KILLS=1000 go test ./cmd/jamakan -run TestTextKill -count=1 -timeout 60m -v
	JAMAKAN_POWER_TRACES=60 JAMAKAN_POWER_COMMITS=1000 JAMAKAN_POWER_STATES=2000 JAMAKAN_POWER_KEEP=$(CURDIR)/bin/power \
		go test ./faults -run TestPowerCut -count=1 -timeout 12h -v
	JAMAKAN_SNAPSHOTS=200 JAMAKAN_BLOCK_ERRORS=10 JAMAKAN_EVERY_CALL=200 \
		go test ./faults -run 'TestSnapshots|TestBlockErrors|TestEveryCall|TestMutants' -count=1 -timeout 3h -v
	JAMAKAN_SECRECY=10000 go test ./cmd/jamakan -run TestNoNumberAnywhere -count=1 -timeout 30m -v
	JAMAKAN_CROWD=10000 go test ./cmd/jamakan -run "TestCrowd|TestFewFiles|TestFloodOfOne|TestProviderHangs" -count=1 -timeout 20m -v
	JAMAKAN_MODEL=20 go test ./cmd/jamakan -run TestModel -count=1 -timeout 2h -v
	sh tools/fuzz.sh 500000x

# Half an hour of fuzzing over every parser and both listeners; stopped, it goes
# on where it was.
fuzz:
	sh tools/fuzz.sh 30m

# The same bytes from a clean clone of the same commit with the same Go, wherever it lies: make reproduce.
BIN = bin
build:
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -o $(BIN)/jamakan ./cmd/jamakan

# Builds in two folders, the second time with nothing kept from the first, and holds the digests against each other.
reproduce:
	@sh tools/reproduce.sh

# Every module is what go.sum says, and go.mod names what the code needs and no more.
verify:
	go mod verify
	go mod tidy -diff

# What is in the program, with versions and hashes, as CycloneDX: $(BIN)/jamakan.cdx.json.
sbom: build
	go tool -modfile=tools/sbom.mod cyclonedx-gomod bin -json -std -noserial -notimestamp -output $(BIN)/jamakan.cdx.json $(BIN)/jamakan

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// The kill test starts the real gateway, lets 200 phones vote and vote again,
// kills it with -9 somewhere in the middle, and asks another program whether
// every receipt that a phone has read is in the log, once. Fifty rounds go on
// over the same database.

const killVoters = 200

// killsEach is how many kills one database sees: what another program reads
// after each grows with them.
const killsEach = 50

// killRounds: CI kills 20 times; `make faults` asks for 1,000.
func killRounds(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("JAMAKAN_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 20
}

// acks are the receipts that phones have read.
type acks struct {
	mu       sync.Mutex
	receipts map[string]int       // receipt -> round
	when     map[string]time.Time // receipt -> read; nil: not asked for
	round    int
}

func (a *acks) add(code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.receipts[code] = a.round
	if a.when != nil {
		a.when[code] = time.Now()
	}
}

func (a *acks) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.receipts)
}

var receiptIn = regexp.MustCompile(`\b[0-9A-Z]{6}\b`)

// keyFor is what a voter presses on a screen: the answers of the shortest way
// to a vote, told by the screen's own words.
func keyFor(screen string, choice int) string {
	switch {
	case strings.Contains(screen, "Kan / Langue"):
		return "2"
	case strings.Contains(screen, "quel projet"):
		return strconv.Itoa(choice)
	default:
		return "1"
	}
}

// votes lets one number vote until the context ends or the gateway dies.
func votes(ctx context.Context, client *http.Client, base, number string, a *acks, seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 1))
	for n := 0; ctx.Err() == nil; n++ {
		session := fmt.Sprintf("ATUid_%s_%d_%d", number[4:], seed, n)
		var chain []string
		for range 16 {
			text := strings.Join(chain, "*")
			answer, err := post(ctx, client, base, number, session, text)
			if err != nil {
				return // killed
			}
			if strings.Contains(answer, "Gardez ce code") || strings.Contains(answer, "Nouveau code") {
				if found := receiptIn.FindAllString(answer, -1); len(found) > 0 {
					a.add(found[len(found)-1]) // the first is FICTIF
				}
				break
			}
			if strings.HasPrefix(answer, "END ") {
				break
			}
			chain = append(chain, keyFor(answer, 1+chance.IntN(8)))
		}
	}
}

func post(ctx context.Context, client *http.Client, base, number, session, text string) (string, error) {
	form := url.Values{"sessionId": {session}, "phoneNumber": {number}, "serviceCode": {"*384*55#"}, "networkCode": {"99999"}, "text": {text}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/ussd/africastalking/demo", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// buildGateway builds the gateway once; tags "mutant" answers before the commit.
func buildGateway(t testing.TB, tags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "jamakan")
	args := []string{"build", "-o", out}
	if len(tags) > 0 {
		args = append(args, "-tags", strings.Join(tags, ","))
	}
	if said, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	return out
}

// gateway starts the binary and returns the address of its callbacks.
func gateway(t testing.TB, bin, data string, env ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd, base, _ := gatewayAndSandbox(t, bin, data, env...)
	return cmd, base
}

// gatewayAndSandbox also returns the address of the stand-in provider.
func gatewayAndSandbox(t testing.TB, bin, data string, env ...string) (cmd *exec.Cmd, base, sandbox string) {
	t.Helper()
	cmd, at := gatewayAndAll(t, bin, data, env...)
	return cmd, at["callbacks"], at["sandbox"]
}

// gatewayAndAll returns the addresses of all its listeners by name.
func gatewayAndAll(t testing.TB, bin, data string, env ...string) (cmd *exec.Cmd, at map[string]string) {
	t.Helper()
	at = map[string]string{}
	cmd = exec.Command(bin, "serve", "--listen", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--data", data)
	cmd.Env = append(append(os.Environ(), "JAMAKAN_LIMITS_DIALS=0", "JAMAKAN_LIMITS_TEXTS=0", "JAMAKAN_LIMITS_BALLOTS=0", "JAMAKAN_LIMITS_PROVIDER_DIALS=0",
		"JAMAKAN_LIMITS_PROVIDER_TEXTS=0", "JAMAKAN_LIMITS_PROVIDER_BALLOTS=0", "JAMAKAN_SANDBOX=127.0.0.1:0"), env...)
	cmd.Dir = t.TempDir()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if name := strings.Fields(lines.Text()); len(name) > 1 && strings.HasPrefix(name[1], "http") {
			at[name[0]], _, _ = strings.Cut(name[1], "/sandbox/")
		}
		if strings.HasPrefix(lines.Text(), "FICTIF") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return cmd, at
		}
	}
	t.Fatalf("the gateway did not start: %s", stderr.String())
	return nil, nil
}

// verdict is what the other program found in the data.
type verdict struct {
	Receipts map[string]int // receipt -> how many ballots of the log carry it
	Ballots  int            // that count, by the counters
	Voters   int            // distinct voters in the log
	Problems []string
}

// TestMain lets this test binary be that other program, or the load.
func TestMain(m *testing.M) {
	if data := os.Getenv("JAMAKAN_VERDICT"); data != "" {
		if err := judge(data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if data := os.Getenv("JAMAKAN_TEXT_VERDICT"); data != "" {
		if err := judgeTexts(data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv("JAMAKAN_VERB") != "" {
		os.Exit(run(context.Background(), os.Args[1:], world{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}))
	}
	if len(os.Args) == 3 && os.Args[1] == "examine" { // as the program asks itself
		os.Exit(run(context.Background(), os.Args[1:], world{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}))
	}
	if ask := os.Getenv("JAMAKAN_LOAD"); ask != "" {
		if err := loadMain(ask); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// judge reads the data with nothing of the gateway running.
func judge(data string) error {
	ctx := context.Background()
	o, err := openData(data, false)
	if err != nil {
		return err
	}
	defer o.engine.Close()
	keys, e := o.keys, o.engine
	v := verdict{Receipts: map[string]int{}}
	voters := map[civic.VoterID]bool{}
	consultations := map[string]bool{}
	err = e.View(ctx, func(s store.Snapshot) error {
		if err := s.Records(1, func(r civic.Record) bool {
			if r.Kind == civic.Cast {
				v.Receipts[civic.FormatReceipt(keys.Receipt(r.Receipt))]++
			}
			voters[r.Voter] = true
			consultations[r.Consultation] = true
			return true
		}); err != nil {
			return err
		}
		for c := range consultations {
			counts, err := s.Counts(c)
			if err != nil {
				return err
			}
			for cell, n := range counts {
				if cell.Option == 0 {
					v.Ballots += int(n)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.Voters = len(voters)
	report, err := e.Check(ctx, nil)
	if err != nil {
		return err
	}
	v.Problems = report.Problems
	return json.NewEncoder(os.Stdout).Encode(v)
}

func verdictOf(t *testing.T, data string) (v verdict) {
	t.Helper()
	judged(t, "JAMAKAN_VERDICT="+data, &v)
	return v
}

// judged asks the other program.
func judged(t *testing.T, ask string, into any) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), ask)
	out, err := cmd.Output()
	if err != nil {
		var said []byte
		if e, ok := err.(*exec.ExitError); ok {
			said = e.Stderr
		}
		t.Fatalf("the verdict failed: %v\n%s", err, said)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

// killRound runs one round: start, vote, kill -9 after the delay.
func killRound(t *testing.T, bin, data string, a *acks, round int, after time.Duration) {
	t.Helper()
	cmd, base := gateway(t, bin, data)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: killVoters, MaxConnsPerHost: killVoters}}
	defer client.CloseIdleConnections()
	var phones sync.WaitGroup
	for i := range killVoters {
		phones.Go(func() {
			votes(ctx, client, base, fmt.Sprintf("+2237600%04d", i), a, uint64(round*killVoters+i))
		})
	}
	timer := time.NewTimer(after) // the kill's own moment, spread over the commit: not a wait for anything
	<-timer.C
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	stop()
	phones.Wait()
}

func lost(v verdict, a *acks) (missing, twice []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for code := range a.receipts {
		if v.Receipts[code] == 0 {
			missing = append(missing, code)
		}
	}
	for code, n := range v.Receipts {
		if n > 1 {
			twice = append(twice, code)
		}
	}
	return missing, twice
}

func TestKill(t *testing.T) {
	bin, rounds := buildGateway(t), killRounds(t)
	var data string
	var a *acks
	again, all := 0, 0
	for round := 0; round < rounds; round++ {
		if round%killsEach == 0 && again == 0 {
			data, a = t.TempDir(), &acks{receipts: map[string]int{}}
		}
		a.round = round
		before := a.count()
		killRound(t, bin, data, a, round+100_000*again, time.Duration(300+rand.IntN(400))*time.Millisecond)
		if got := a.count() - before; got < 100 { // the machine was busy: the round proves nothing
			if again++; again > 5 {
				t.Fatalf("round %d: %d receipts read before the kill; too few to judge, six times", round, got)
			}
			round--
		} else {
			again, all = 0, all+got
		}
		v := verdictOf(t, data)
		missing, twice := lost(v, a)
		if len(missing) > 0 || len(twice) > 0 || v.Ballots != v.Voters || len(v.Problems) > 0 {
			t.Fatalf("round %d: %d receipts lost %.3v, %d twice, %d ballots count for %d voters, %d problems %.3v",
				round, len(missing), missing, len(twice), v.Ballots, v.Voters, len(v.Problems), v.Problems)
		}
	}
	t.Logf("%d kills, %d receipts read by phones, none lost, none twice", rounds, all)
}

// TestKillCatchesMutant: a gateway that answers before the commit must be
// caught, else the test above proves nothing.
func TestKillCatchesMutant(t *testing.T) {
	bin := buildGateway(t, "mutant")
	for round := range 10 {
		data := t.TempDir()
		a := &acks{receipts: map[string]int{}}
		killRound(t, bin, data, a, round, time.Duration(300+rand.IntN(400))*time.Millisecond)
		v := verdictOf(t, data)
		if missing, _ := lost(v, a); len(missing) > 0 {
			t.Logf("caught in round %d: %d receipts lost", round, len(missing))
			return
		}
	}
	t.Error("a gateway that answers before the commit went unnoticed")
}

// until asks again and again, until it is so or the context ends.
func until(t *testing.T, ctx context.Context, what string, so func() bool) {
	t.Helper()
	for tick := time.NewTicker(20 * time.Millisecond); !so(); {
		select {
		case <-ctx.Done():
			t.Fatalf("never %s", what)
		case <-tick.C:
		}
	}
}

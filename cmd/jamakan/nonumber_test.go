package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

// secrecySessions: `make test` calls and texts 1,000 times, `make faults`
// 10,000.
func secrecySessions() int {
	if n, err := strconv.Atoi(os.Getenv("JAMAKAN_SECRECY")); err == nil {
		return n
	}
	return 1000
}

// leak collects what the world sees of a gateway, and looks for numbers in it.
type leak struct {
	t     *testing.T
	hunt  *hunt
	mu    sync.Mutex
	all   bytes.Buffer // what callbacks were answered
	bytes int
}

// holdsNone fails when something that is seen holds a number.
func (l *leak) holdsNone(what string, data []byte) {
	l.t.Helper()
	l.mu.Lock()
	l.bytes += len(data)
	l.mu.Unlock()
	if len(data) == 0 {
		l.t.Errorf("%s is empty: the test looks at nothing", what)
	}
	if found := l.hunt.in(data); len(found) > 0 {
		l.t.Errorf("%s holds numbers: %q", what, found)
	}
}

// ask sends a form and keeps what is answered.
func (l *leak) ask(client *http.Client, address string, form url.Values) string {
	res, err := client.PostForm(address, form)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.all, "%d %v %s\n", res.StatusCode, res.Header, body)
	return string(body)
}

// secretNumber is the number of a session. The first hundred follow one another,
// so that something looks unusual.
func secretNumber(n int) string {
	if n < 100 {
		return fmt.Sprintf("+223%d", 65_432_100+n)
	}
	return fmt.Sprintf("+223%d%07d", []int{7, 6, 9}[n%3], 1_234_567+n*739%8_000_000)
}

// loudGateway is a gateway that writes everything it can, in a process that
// can be made to print its stacks.
func loudGateway(t *testing.T, data string, said *bytes.Buffer, env ...string) (*exec.Cmd, map[string]string) {
	t.Helper()
	cmd := verbApart(t, data, "", "serve", "--listen", "127.0.0.1:0", "--desk", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, "JAMAKAN_LIMITS_DIALS=0", "JAMAKAN_LIMITS_PROVIDER_DIALS=0", "JAMAKAN_LIMITS_PROVIDER_TEXTS=0",
		"JAMAKAN_LIMITS_PROVIDER_BALLOTS=0", "JAMAKAN_ASK_DISABILITY=true", "JAMAKAN_ASK_DISPLACED=true", "JAMAKAN_SANDBOX=127.0.0.1:0", "JAMAKAN_LOG_LEVEL=debug", "GOTRACEBACK=system",
		"JAMAKAN_SMS_AFRICASTALKING_QUIET=0,0", "JAMAKAN_SMS_AFRICASTALKING_RATE=0", "JAMAKAN_SMS_AFRICASTALKING_PARALLEL=64")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	buf, line := make([]byte, 1), ""
	for {
		if _, err := stdout.Read(buf); err != nil {
			t.Fatalf("the gateway did not start: %s", said)
		}
		if line += string(buf); buf[0] != '\n' {
			continue
		}
		if name := strings.Fields(line); len(name) > 1 && strings.HasPrefix(name[1], "http") {
			at[name[0]], _, _ = strings.Cut(name[1], "/sandbox/")
		}
		if strings.HasPrefix(line, "FICTIF") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return cmd, at
		}
		line = ""
	}
}

// TestNoNumberAnywhere: after thousands of calls and texts of every kind, no
// number is in the database file, its free pages, backups and what they open
// to, the logs at their loudest, any answer, the metrics, the desk's pages and
// what looked unusual there, the exports, what the verbs print, or the stacks
// of a process that was made to crash.
func TestNoNumberAnywhere(t *testing.T) {
	many, data := secrecySessions(), t.TempDir()
	numbers := make([]string, many)
	for n := range numbers {
		numbers[n] = secretNumber(n)
	}
	l := &leak{t: t, hunt: newHunt(numbers...)}
	var said bytes.Buffer
	cmd, at := loudGateway(t, data, &said)
	begun := time.Now()
	phase := func(what string) {
		t.Logf("%-10s %s", what, time.Since(begun).Round(time.Millisecond))
		begun = time.Now()
	}
	l.everybody(at, numbers)
	if !bytes.Contains(l.all.Bytes(), []byte("Avez-vous fui")) {
		t.Error("nobody was asked a sensitive question: the test looks at less than it says")
	}
	phase("phones")
	l.faults(at, numbers)
	phase("faults")
	l.desk(at, data)
	phase("desk")
	l.metrics(at)
	l.verbs(data)
	phase("verbs")
	l.backups(data)
	phase("backups")
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "goroutine ") {
		t.Errorf("it did not crash: %v", err)
	}
	l.holdsNone("logs and stacks", said.Bytes())
	l.holdsNone("answers to callbacks", l.all.Bytes())
	l.file("after the crash", data)
	out, err := verbApart(t, data, "", "check").CombinedOutput() // it is verified, and left cleanly
	if err != nil {
		t.Errorf("%v %s", err, out)
	}
	l.holdsNone("check", out)
	l.tookPlace(data, many)
	l.file("after a clean stop", data)
	phase("files")
	l.behindTLS(numbers)
	phase("TLS")
	t.Logf("%d numbers in %d forms: none in %d bytes", many, len(formsOf(numbers[0]))+3, l.bytes)
}

// everybody calls and texts.
func (l *leak) everybody(at map[string]string, numbers []string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var phones sync.WaitGroup
	turns := make(chan int)
	for range 32 {
		phones.Go(func() {
			for n := range turns {
				if n%2 == 0 {
					l.calls(client, at["callbacks"], numbers[n], n)
				} else {
					l.texts(client, at["callbacks"], numbers[n], n)
				}
			}
		})
	}
	for n := range numbers {
		turns <- n
	}
	close(turns)
	phones.Wait()
}

// calls lets one number vote, say who it is, and give an opinion.
func (l *leak) calls(client *http.Client, base, number string, n int) {
	session := fmt.Sprintf("ATUid_%032x", n)
	for _, chain := range [][]string{{"2", "1", "1", "1", strconv.Itoa(1 + n%8), "1", "1", "1", "1", "1", "1", strconv.Itoa(n % 3), "2"}, {"3", "1", "1", "le puits est sec"}, {"2", "1"}} {
		text := ""
		for i := -1; i < len(chain); i++ {
			if i >= 0 {
				text = strings.TrimPrefix(text+"*"+chain[i], "*")
			}
			said := l.ask(client, base+"/ussd/africastalking/demo", url.Values{"sessionId": {session}, "phoneNumber": {number}, "serviceCode": {"*384*55#"}, "networkCode": {"99999"}, "text": {text}})
			if !strings.HasPrefix(said, "CON ") {
				break
			}
		}
		l.ask(client, base+"/ussd/africastalking/demo/events", url.Values{"sessionId": {session}, "phoneNumber": {number}, "serviceCode": {"*384*55#"}, "status": {"Success"}, "input": {text}, "lastAppResponse": {"x " + number}})
		session += "b"
	}
}

// texts lets one number say all that a text can.
func (l *leak) texts(client *http.Client, base, number string, n int) {
	words := []string{"COMMUNE Jamadugu", "VOTE " + strconv.Itoa(1+n%8), "AVIS la pompe est en panne", "RUMEUR le maire part", "START", "RESULTATS"}
	switch n % 7 {
	case 1:
		words = append(words, "STOP")
	case 3:
		words = append(words, "EFFACER")
	}
	for i, w := range words {
		l.ask(client, base+"/sms/africastalking/demo/inbox", url.Values{"from": {number}, "to": {"36055"}, "text": {w}, "id": {fmt.Sprint(n, "-", i)}, "date": {"2026-11-24T09:00:00Z"}})
	}
}

// faults are callbacks as they should not be: each may be written down by
// whoever is careless.
func (l *leak) faults(at map[string]string, numbers []string) {
	client := http.DefaultClient
	base := at["callbacks"]
	for i, number := range numbers[:min(100, len(numbers))] {
		form := url.Values{"phoneNumber": {number}, "from": {number}, "sessionId": {number}, "text": {number}, "id": {number}, "status": {"Failed to " + number}, "failureReason": {number}}
		for _, path := range []string{"/ussd/africastalking/wrong", "/ussd/africastalking/demo", "/ussd/africastalking/demo/events", "/sms/africastalking/demo/delivery", "/sms/africastalking/demo/optout", "/sms/nobody/demo/inbox", "/" + number} {
			l.ask(client, base+path, form)
		}
		for _, body := range []string{"phoneNumber=" + number + "&text=%zz", "from=+33" + number[4:] + "0&text=x", "\x00" + number, strings.Repeat(number, 8000)} {
			for _, path := range []string{"/ussd/africastalking/demo", "/sms/africastalking/demo/inbox"} {
				res, err := client.Post(base+path+"?from="+url.QueryEscape(number), "application/x-www-form-urlencoded", strings.NewReader(body))
				if err == nil {
					answer, _ := io.ReadAll(res.Body)
					_ = res.Body.Close()
					l.all.Write(answer)
				}
			}
		}
		if i%10 == 0 {
			res, err := client.Get(at["desk"] + "/textes?texte=" + url.QueryEscape("x"+strconv.Itoa(i)))
			if err == nil {
				_ = res.Body.Close()
			}
		}
	}
}

// desk is a coordinator's day: texts are read and answered, one person is
// erased, a message goes to many; every page is looked at but the one that
// shows a number to who asked for it.
func (l *leak) desk(at map[string]string, _ string) {
	c := newClerk(l.t, at["desk"])
	c.send("/premier", nil)
	c.send("/premier", url.Values{"login": {"awa"}, "password": {clerkPassword}, "again": {clerkPassword}})
	c.send("/textes", nil)
	refs := strings.Split(c.page, `href="/textes/`)
	some := refs[1:min(len(refs), 12)]
	for i, part := range some {
		ref, _, _ := strings.Cut(part, `"`)
		if len(ref) != 6 {
			continue
		}
		c.send("/textes/"+ref, nil)
		l.holdsNone("a text's page", []byte(c.page))
		if i == len(some)-1 { // the last: another of these may be the same person's
			c.send("/textes/"+ref+"/numero", url.Values{})
			c.send("/textes/"+ref+"/effacer", url.Values{"mot": {"EFFACER"}})
			continue
		}
		c.send("/textes/"+ref+"/clore", url.Values{"motif": {"doublon"}})
	}
	c.send("/diffusion/nouveau", nil)
	c.send("/diffusion/nouveau", url.Values{"commune": {"01019901"}, "texte_fr": {"Réunion mardi."}, "jusque": {time.Now().In(civic.Bamako).AddDate(0, 0, 1).Format(time.DateOnly)}, "canal": {"africastalking"}})
	_, rest, _ := strings.Cut(c.page, "Envoyer à ")
	recipients, _, _ := strings.Cut(rest, "numéro")
	recipients = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, recipients)
	c.send(c.path+"/envoi", url.Values{"nombre": {recipients}})
	for until := time.Now().Add(10 * time.Minute); !strings.Contains(c.page, "terminé"); time.Sleep(100 * time.Millisecond) {
		if c.send("/diffusion/1", nil); time.Now().After(until) {
			l.t.Fatal("the message to many does not come to its end")
		}
	}
	pages := []string{
		"/", "/textes", "/textes?statut=tous", "/textes/reponses-pretes", "/diffusion", "/diffusion/1", "/messages", "/journal", "/consultations",
		"/projets", "/plan", "/exports", "/comptes", "/compte", "/refus",
	}
	for _, path := range pages {
		c.send(path, nil)
		l.holdsNone("the desk's page "+path, []byte(c.page))
	}
	if !strings.Contains(c.page, "se suivent") {
		l.t.Error("/refus flags no numbers that follow one another: the test looks at nothing")
	}
}

// metrics are what other machines read.
func (l *leak) metrics(at map[string]string) {
	for _, address := range []string{at["desk"] + "/metrics", at["desk"] + "/healthz", at["desk"] + "/readyz", at["callbacks"] + "/healthz", at["callbacks"] + "/readyz"} {
		res, err := http.Get(address)
		if err != nil {
			l.t.Error(err)
			continue
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if strings.HasSuffix(address, "/metrics") && (res.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("jamakan_"))) {
			l.t.Errorf("%s: %d", address, res.StatusCode)
		}
		l.holdsNone(address, append(body, fmt.Sprint(res.Header)...))
	}
}

// verbs are what a coordinator runs while the gateway serves.
func (l *leak) verbs(data string) {
	for _, args := range [][]string{{"opinions"}, {"outbox"}, {"check"}, {"config", "describe"}, {"coordinator", "list"}} {
		cmd := verbApart(l.t, data, "", args...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			l.t.Errorf("%v: %v %s", args, err, out)
		}
		l.holdsNone("jamakan "+strings.Join(args, " "), out)
	}
	for _, profile := range []string{"public", "coordination"} {
		dir := l.t.TempDir()
		out, err := verbApart(l.t, data, "", "export", "--profile", profile, "--demo-small-cells", "--format", "csv,xlsx,html,datapackage", "--out", dir).CombinedOutput()
		if err != nil {
			l.t.Errorf("export: %v %s", err, out)
		}
		l.folder(dir)
	}
}

// folder looks into every file, and into every file of a workbook.
func (l *leak) folder(dir string) {
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		l.holdsNone(filepath.Base(path), data)
		packed, no := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if no != nil {
			return err
		}
		for _, f := range packed.File {
			in, err := f.Open()
			if err != nil {
				return err
			}
			inner, err := io.ReadAll(in)
			if err != nil {
				return err
			}
			l.holdsNone(filepath.Base(path)+"/"+f.Name, inner)
		}
		return err
	})
	if err != nil {
		l.t.Error(err)
	}
}

// tookPlace: what was to be recorded was, so that there was something to find.
func (l *leak) tookPlace(data string, many int) {
	inHouse(l.t, data, "", func(h *house) {
		opinions, ballots := 0, 0
		if err := h.book.Opinions(context.Background(), func(store.Opinion) bool { opinions++; return true }); err != nil {
			l.t.Error(err)
		}
		ballots = int(h.book.Health().Records)
		if ballots < many*4/5 || opinions < many {
			l.t.Errorf("%d sessions made %d records of ballots and %d opinions only", many, ballots, opinions)
		}
		l.t.Logf("%d records of ballots, %d opinions", ballots, opinions)
	})
}

// file looks into everything in the data folder, byte by byte, free pages
// too, and into a backup.
func (l *leak) file(when, data string) {
	raw, err := os.ReadFile(filepath.Join(data, databaseFile))
	if err != nil {
		l.t.Fatal(err)
	}
	l.holdsNone("the database "+when, raw)
	copied := filepath.Join(l.t.TempDir(), databaseFile)
	if err := os.WriteFile(copied, raw, 0o600); err != nil {
		l.t.Fatal(err)
	}
	e, err := bolt.Open(bolt.Options{Path: copied, Now: time.Now})
	if err != nil {
		l.t.Fatal(err)
	}
	var backup bytes.Buffer
	if _, err := e.Backup(context.Background(), &backup); err != nil {
		l.t.Error(err)
	}
	if err := e.Close(); err != nil {
		l.t.Error(err)
	}
	l.holdsNone("a backup "+when, backup.Bytes())
}

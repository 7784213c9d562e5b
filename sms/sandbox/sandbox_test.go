package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// stage is a sandbox behind HTTP, and a gateway that writes down what is
// posted to it.
type stage struct {
	t       *testing.T
	s       *Sandbox
	api     *httptest.Server
	gateway *httptest.Server

	mu     sync.Mutex
	posts  []url.Values
	paths  []string
	refuse int // how many callbacks to refuse
}

func newStage(t *testing.T, faults string) *stage {
	t.Helper()
	f, err := ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	st := &stage{t: t}
	st.gateway = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		st.mu.Lock()
		defer st.mu.Unlock()
		if st.refuse > 0 {
			st.refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		st.paths, st.posts = append(st.paths, r.URL.Path), append(st.posts, r.PostForm)
	}))
	st.s = New(Config{Username: "sandbox", APIKey: "k", ShortCode: "36055", Callbacks: st.gateway.URL + "/t"})
	st.s.SetFaults(f)
	st.api = httptest.NewServer(st.s.Handler())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = st.s.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done; st.api.Close(); st.gateway.Close() })
	return st
}

// until waits for a number of callbacks taken.
func (st *stage) until(n int) []url.Values {
	st.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		st.mu.Lock()
		got := slices.Clone(st.posts)
		st.mu.Unlock()
		if len(got) >= n {
			return got
		}
	}
	st.t.Fatalf("fewer than %d callbacks", n)
	return nil
}

func (st *stage) send(key string) (int, string, error) {
	st.t.Helper()
	form := url.Values{"username": {"sandbox"}, "to": {"+22376000001"}, "message": {"Bonjour"}, "bulkSMSMode": {"1"}}
	req, err := http.NewRequest(http.MethodPost, st.api.URL+"/version1/messaging", strings.NewReader(form.Encode()))
	if err != nil {
		st.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("apiKey", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

func statuses(posts []url.Values) []string {
	var out []string
	for _, p := range posts {
		out = append(out, p.Get("status"))
	}
	return out
}

func TestSendAndReport(t *testing.T) {
	st := newStage(t, "")
	status, body, err := st.send("k")
	if err != nil || status != http.StatusCreated || !strings.Contains(body, `"statusCode":102`) || !strings.Contains(body, "Message parts: 1") {
		t.Fatalf("%d %s %v", status, body, err)
	}
	got := st.until(2)
	if s := statuses(got); !slices.Contains(s, "Sent") || !slices.Contains(s, "Success") {
		t.Errorf("reports %q", s)
	}
	if in := st.s.Inbox("+22376000001", 0); len(in) != 1 || in[0].Text != "Bonjour" || in[0].ID != got[0].Get("id") {
		t.Errorf("%+v", in)
	}
	if status, body, _ := st.send("other"); status != http.StatusUnauthorized || body != "The supplied authentication is invalid" {
		t.Errorf("%d %q", status, body)
	}
}

// Every fault, as the gateway sees it.
func TestFaults(t *testing.T) {
	for fault, want := range map[string]struct {
		status   int
		body     string
		accepted int
	}{
		"throttle=1": {429, "", 0}, "unavailable=1": {503, "", 0}, "nonsense=1": {201, "<html>", 0}, "error_after=1": {500, "", 1},
		"account=key": {401, "authentication", 0}, "account=sender": {201, `{"Message":"InvalidSenderId","Recipients":[]}`, 0},
		"account=balance": {201, "InsufficientBalance", 0}, "refuse=1:406": {201, "UserInBlacklist", 0}, "refuse=1": {201, "InvalidPhoneNumber", 0},
		"silent=1": {0, "", 1}, "late=1ms": {201, "Success", 1},
	} {
		st := newStage(t, fault)
		status, body, err := st.send("k")
		if status != want.status || !strings.Contains(body, want.body) || (err != nil) != (want.status == 0) {
			t.Errorf("%s: %d %s %v", fault, status, body, err)
		}
		if n := len(st.s.Accepted()); n != want.accepted {
			t.Errorf("%s: took %d, want %d", fault, n, want.accepted)
		}
	}
}

func TestReportFaults(t *testing.T) {
	st := newStage(t, "fail=1,odd_reports=1,duplicate_reports=1")
	if _, _, err := st.send("k"); err != nil {
		t.Fatal(err)
	}
	got := statuses(st.until(6))
	slices.Sort(got)
	if want := []string{"Borked", "Borked", "Failed", "Failed", "Sent", "Sent"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	quiet := newStage(t, "no_reports=1")
	if _, _, err := quiet.send("k"); err != nil || quiet.s.Waiting() != 0 {
		t.Errorf("%d callbacks wait", quiet.s.Waiting())
	}
}

// A callback is posted until it is taken.
func TestTextsAreRepeated(t *testing.T) {
	st := newStage(t, "duplicate_texts=1")
	st.mu.Lock()
	st.refuse = 3
	st.mu.Unlock()
	id := st.s.Text("+22376000001", "VOTE 2; é")
	got := st.until(2)
	if got[0].Get("text") != "VOTE 2; é" || got[0].Get("id") != id || got[1].Get("id") != id || got[0].Get("to") != "36055" {
		t.Errorf("%v", got)
	}
	st.s.OptOut("+22376000001")
	if last := st.until(3)[2]; last.Get("phoneNumber") != "+22376000001" || last.Get("senderId") != "36055" {
		t.Errorf("%v", last)
	}
}

func TestControl(t *testing.T) {
	st := newStage(t, "")
	get := func(path string) string {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, st.api.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("apiKey", "k")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return string(body)
	}
	put := func(body string) int {
		t.Helper()
		req, err := http.NewRequest(http.MethodPut, st.api.URL+"/sandbox/faults", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if put("late=2s,refuse=0.5:403") != 200 || st.s.Faults().Late != 2*time.Second {
		t.Errorf("%+v", st.s.Faults())
	}
	if put(`{"throttle":1}`) != 200 || st.s.Faults().Throttle != 1 {
		t.Errorf("%+v", st.s.Faults())
	}
	if put("nothing=1") != 400 || put(`{"x":1}`) != 400 {
		t.Error("unknown faults are taken")
	}
	res, err := http.PostForm(st.api.URL+"/sandbox/texts", url.Values{"from": {"+22376000001"}, "text": {"AIDE"}})
	if err != nil || res.StatusCode != 200 {
		t.Fatal(err)
	}
	res.Body.Close()
	var fetched struct {
		SMSMessageData struct{ Messages []struct{ Text, From string } }
	}
	if err := json.Unmarshal([]byte(get("/version1/messaging?username=sandbox&lastReceivedId=0")), &fetched); err != nil || len(fetched.SMSMessageData.Messages) != 1 {
		t.Errorf("%+v %v", fetched, err)
	}
	if !strings.Contains(get("/version1/user?username=sandbox"), "XOF") || !strings.Contains(get("/sandbox/"), "/sandbox/inbox") {
		t.Error("balance or usage")
	}
}

func TestParseFaults(t *testing.T) {
	for _, bad := range []string{"x=1", "late=soon", "throttle=2", "throttle", "refuse=0.1:999", "account=none"} {
		if _, err := ParseFaults(bad); err == nil || !strings.Contains(err.Error(), "names are") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, name := range Names() {
		value := map[string]string{"late": "1s", "report": "1s", "account": "key"}[name]
		if value == "" {
			value = "0.5"
		}
		if _, err := ParseFaults(name + "=" + value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

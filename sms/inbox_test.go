package sms_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// TestVectors delivers every callback of the provider's vectors as it came off
// the wire, twice: always 200, and the second time nothing more.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("africastalking/testdata/sms_africastalking.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Kind    string
			ContentType string `json:"content_type"`
			RawBody     string `json:"raw_body"`
			Parsed      map[string]string
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, nil)
	paths := map[string]string{"sms.at.inbound": "inbox", "sms.at.dlr": "delivery", "sms.at.optout": "optout", "sms.at.subscription": "subscription"}
	people := map[string]bool{}
	for _, round := range []int{1, 2} {
		before := s.states()
		for _, v := range file.Vectors {
			path, ok := paths[v.Kind]
			if !ok {
				continue
			}
			if status, said := s.post("/sms/africastalking/demo/"+path, v.ContentType, []byte(v.RawBody)); status != http.StatusOK {
				t.Errorf("%s: status %d %s", v.ID, status, said)
			}
			if strings.HasPrefix(v.Parsed["from"], "+223") {
				people[v.Parsed["from"]] = true
			}
		}
		s.sender.Drain(context.Background())
		if round == 2 && s.states() != before {
			t.Errorf("the second time changed %q into %q", before, s.states())
		}
	}
	for _, m := range s.stand.Accepted() {
		if !people[m.To] || m.Segments != 1 {
			t.Errorf("a message to nobody who texted, or of %d segments", m.Segments)
		}
	}
	if s.records() != 0 {
		t.Errorf("%d votes of people whose commune is not known", s.records())
	}
	strays, err := s.book.Strays(context.Background())
	if err != nil || strays["sender"] == 0 {
		t.Errorf("strays %v %v: names and foreign numbers are kept", strays, err)
	}
}

// Whatever is delivered is answered 200 and kept; nobody is hurt by it.
func TestBadTexts(t *testing.T) {
	s := newStage(t, nil)
	s.text("+22376000001", "commune jamadugu")
	for i, text := range []string{
		"", "   ", "😀😀😀", "مرحبا بكم في القرية", "=HYPERLINK(\"http://x\")", "+1+1", "@SUM(A1)", "<script>alert(1)</script>", "\x00\x01\x02", "a\xff\xfeb",
		strings.Repeat("le puits est sec depuis trois mois et ", 40), strings.Repeat("ɛ", 670), "\u202eabc", "vote\ufffd2", "'; DROP TABLE x; --", "%;&=+%zz",
		strings.Repeat("x", 40_000),
	} {
		s.pass(2 * time.Hour) // each in an hour of its own
		got := s.text("+22376000001", text)
		if len(got) != 1 {
			t.Errorf("text %d: %d answers %q", i, len(got), got)
		}
	}
	if s.records() != 0 {
		t.Errorf("%d votes", s.records())
	}
	kept := map[string]bool{}
	for _, o := range s.opinions() {
		kept[o.Text] = true
		if o.Commune == "" {
			t.Errorf("%q has no commune", o.Text)
		}
	}
	for _, want := range []string{"=HYPERLINK(\"http://x\")", "<script>alert(1)</script>", "مرحبا بكم في القرية", "😀😀😀", strings.Repeat("ɛ", 670), "%;&=+%zz"} {
		if !kept[want] {
			t.Errorf("not kept as typed: %.40q", want)
		}
	}
	if long := strings.Repeat("le puits est sec depuis trois mois et ", 40); !kept[long] && !kept[strings.TrimSpace(long)] {
		t.Error("a text of ten parts was cut")
	}
}

func TestBadCallbacks(t *testing.T) {
	s := newStage(t, nil)
	for _, tc := range []struct {
		path, body string
		want       int
	}{
		{"/sms/africastalking/wrong/inbox", "from=%2B22376000001&text=x&id=1", http.StatusNotFound},
		{"/sms/africastalking/demo2/inbox", "from=%2B22376000001&text=x&id=1", http.StatusNotFound},
		{"/sms/africastalking//inbox", "from=%2B22376000001&text=x&id=1", http.StatusNotFound},
		{"/sms/africastalking/a-second-token-of-32-characters/inbox", "from=%2B22376000001&text=AIDE&id=1", http.StatusOK},
		{"/sms/africastalking/demo/inbox", "", http.StatusOK},
		{"/sms/africastalking/demo/inbox", "text=no+sender&id=2", http.StatusOK},
		{"/sms/africastalking/demo/inbox", "from=%2B22376000001&from=%2B22376000002&text=x", http.StatusOK},
		{"/sms/africastalking/demo/inbox", `{"from":"+22376000001","text":"AIDE","id":"3"}`, http.StatusOK},
		{"/sms/africastalking/demo/inbox", "{not json", http.StatusOK},
		{"/sms/africastalking/demo/inbox", "from=%2B22376000001&text=" + strings.Repeat("x", 70_000), http.StatusRequestEntityTooLarge},
		{"/sms/africastalking/demo/delivery", "status=Success", http.StatusOK},
		{"/sms/africastalking/demo/delivery", "id=x&status=", http.StatusOK},
		{"/sms/africastalking/demo/optout", "senderId=1", http.StatusOK},
		{"/sms/africastalking/demo/optout", "phoneNumber=MTN", http.StatusOK},
		{"/sms/africastalking/demo/subscription", "phoneNumber=%2B22376000001&updateType=Addition", http.StatusOK},
	} {
		if status, said := s.post(tc.path, formType, []byte(tc.body)); status != tc.want {
			t.Errorf("%s %.60s: %d %s, want %d", tc.path, tc.body, status, said, tc.want)
		}
	}
	strays, err := s.book.Strays(context.Background())
	if err != nil || strays["inbox"] != 4 || strays["delivery"] != 1 || strays["optout"] != 1 {
		t.Errorf("strays %v %v", strays, err)
	}
}

// The same text delivered by many connections at once is one.
func TestRepeats(t *testing.T) {
	s := newStage(t, nil)
	s.text("+22376000001", "commune jamadugu")
	form := s.inbound("dup-1", "+22376000001", "VOTE 2").Encode()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.post("/sms/africastalking/demo/inbox", formType, []byte(form)) })
	}
	all.Wait()
	s.pass(48 * time.Hour)
	s.crash()
	s.post("/sms/africastalking/demo/inbox", formType, []byte(form))
	if s.records() != 1 {
		t.Errorf("%d ballots, want 1", s.records())
	}
	// Without an id: the same sender, text and minute.
	bare := func(text string) string {
		f := s.inbound("", "+22376000001", text)
		f.Del("id")
		return f.Encode()
	}
	opinions := len(s.opinions())
	one := bare("la pompe est cassée")
	for range 3 {
		s.post("/sms/africastalking/demo/inbox", formType, []byte(one))
	}
	s.pass(2 * time.Minute)
	s.post("/sms/africastalking/demo/inbox", formType, []byte(bare("la pompe est cassée")))
	if got := len(s.opinions()) - opinions; got != 2 {
		t.Errorf("%d opinions, want 2", got)
	}
}

// Parts come in any order, twice, and not at all.
func TestParts(t *testing.T) {
	s := newStage(t, nil)
	part := func(ref, n, of, text string) {
		t.Helper()
		f := url.Values{"from": {"76000001"}, "to": {"36055"}, "text": {text}, "ref": {ref}, "part": {n}, "parts": {of}, "id": {ref + n}}
		if status, said := s.post("/sms/sim/demo/inbox", formType, []byte(f.Encode())); status != http.StatusOK {
			t.Fatalf("%d %s", status, said)
		}
	}
	part("7", "3", "3", "est cassée")
	part("7", "1", "3", "la pompe ")
	if len(s.opinions()) != 0 {
		t.Fatal("answered before the whole text was there")
	}
	s.crash()
	part("7", "2", "3", "de Kela ")
	part("7", "2", "3", "de Kela ")
	part("7", "1", "3", "la pompe ")
	if got := s.opinions(); len(got) != 1 || got[0].Text != "la pompe de Kela est cassée" {
		t.Fatalf("%+v %v %s", got, s.gateway.Counts(), s.log.String())
	}
	part("8", "2", "2", "la fin")
	if err := s.gateway.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(s.opinions()) != 1 {
		t.Error("did not wait for the other part")
	}
	s.pass(31 * time.Minute)
	if err := s.gateway.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	texts := ""
	for _, o := range s.opinions() {
		texts += "|" + o.Text
	}
	if !strings.Contains(texts, "[...] la fin") {
		t.Errorf("what came of a text with a missing part: %q", texts)
	}
	if err := s.gateway.Sweep(context.Background()); err != nil || len(s.opinions()) != 2 {
		t.Errorf("%v %d opinions", err, len(s.opinions()))
	}
}

// Ten thousand texts of one number are all kept, cost few answers, and hold
// nobody else up.
func TestFlood(t *testing.T) {
	s := newStage(t, nil)
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < n; i += 8 {
				f := s.inbound(fmt.Sprintf("f-%d", i), "+22376000001", fmt.Sprintf("message %d de la machine", i))
				s.post("/sms/africastalking/demo/inbox", formType, []byte(f.Encode()))
			}
		})
	}
	all.Wait()
	got := s.text("+22376000002", "AIDE")
	if len(got) == 0 || len(got) > 4 {
		t.Errorf("%d messages left, want the other number's and three", len(got))
	}
	if kept := len(s.opinions()); kept != n {
		t.Errorf("%d texts kept of %d", kept, n)
	}
	if c := s.gateway.Counts(); c["muted"] != int64(n-3) {
		t.Errorf("muted %d", c["muted"])
	}
}

// With no room left a callback is not answered 200: the provider delivers it
// again, and once there is room nothing is missing and nothing twice.
func TestFull(t *testing.T) {
	s := newStage(t, nil)
	s.maxSize = 1 << 20
	s.crash()
	var refused []url.Values
	taken := 0
	for i := 0; len(refused) < 5 && i < 20_000; i++ {
		f := s.inbound(fmt.Sprintf("full-%d", i), fmt.Sprintf("+2237%07d", i), fmt.Sprintf("la pompe %d est en panne", i))
		switch status, _ := s.post("/sms/africastalking/demo/inbox", formType, []byte(f.Encode())); status {
		case http.StatusOK:
			taken++
		case http.StatusServiceUnavailable:
			refused = append(refused, f)
		default:
			t.Fatalf("status %d", status)
		}
	}
	if len(refused) == 0 || len(s.opinions()) != taken {
		t.Fatalf("%d refused; %d answered 200, %d kept", len(refused), taken, len(s.opinions()))
	}
	s.sender.Drain(context.Background()) // nothing leaves that can't be recorded first
	left := len(s.stand.Accepted())
	s.maxSize = 0
	s.crash()
	for range 2 {
		for _, f := range refused {
			if status, said := s.post("/sms/africastalking/demo/inbox", formType, []byte(f.Encode())); status != http.StatusOK {
				t.Fatalf("with room again: %d %s", status, said)
			}
		}
	}
	if got := len(s.opinions()); got != taken+len(refused) {
		t.Errorf("%d opinions, want %d", got, taken+len(refused))
	}
	s.sender.Drain(context.Background())
	if n := len(s.stand.Accepted()); n > taken+len(refused) || n < left {
		t.Errorf("the provider took %d messages for %d texts", n, taken+len(refused))
	}
}

// A vote by SMS and one by USSD are the same number's vote: here the store's
// side of it; the two channels together are tested with the whole gateway.
func TestOptOut(t *testing.T) {
	s := newStage(t, nil)
	s.text("+22376000001", "oui")
	person, err := s.book.Person(context.Background(), "+22376000001")
	if err != nil || person.Citizen().News != civic.NewsYes {
		t.Fatalf("%+v %v", person.Citizen(), err)
	}
	if status, _ := s.post("/sms/africastalking/demo/optout", formType, []byte("senderId=36055&phoneNumber=%2B22376000001")); status != http.StatusOK {
		t.Fatal(status)
	}
	if stopped, err := s.book.Stopped(context.Background(), "+22376000001"); err != nil || !stopped {
		t.Errorf("stopped %v %v", stopped, err)
	}
	if got := s.text("+22376000001", "AIDE"); len(got) != 1 {
		t.Errorf("the answer to what she sends: %q", got)
	}
	s.text("+22376000001", "start")
	if stopped, _ := s.book.Stopped(context.Background(), "+22376000001"); stopped {
		t.Error("the way back is closed")
	}
	if n := len(s.messages()[outbox.Accepted]); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

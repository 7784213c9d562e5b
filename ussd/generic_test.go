package ussd_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/generic"
)

// otherStage is a stage that also speaks to a gateway of last inputs in JSON,
// and to one that sends the whole dial string in the address.
func otherStage(t *testing.T) *stage {
	t.Helper()
	last := generic.Default()
	last.Format, last.Session, last.Phone, last.Code, last.Input, last.Prefix = callback.JSON, "SessionId", "Mobile", "ServiceCode", "Message", "+"
	last.Start, last.End, last.Type = []string{"Type=Initiation"}, []string{"Type=Timeout"}, "application/json"
	last.Continue, last.Finish = `{"Type":"response","Message":"{text}"}`, `{"Type":"release","Message":"{text}"}`
	dial := generic.Default()
	dial.Method, dial.Format, dial.Session, dial.Phone, dial.Code, dial.Input, dial.Style = http.MethodGet, callback.Query, "SESSIONID", "MSISDN", "", "INPUT", "dial"
	s := newStage(t)
	for name, cfg := range map[string]generic.Config{"lasting": last, "dialling": dial} {
		c, err := generic.New(name, cfg, []string{"*384*55#"})
		if err != nil {
			t.Fatal(err)
		}
		s.more = append(s.more, ussd.Codec(c))
	}
	if err := s.crash(); err != nil {
		t.Fatal(err)
	}
	return s
}

// lasting posts one turn of the gateway of last inputs.
func (s *stage) lasting(kind, session, input string) string {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"Type": kind, "Mobile": "22376000009", "SessionId": session, "ServiceCode": "384*55", "Message": input})
	if err != nil {
		s.t.Fatal(err)
	}
	status, said := s.send(http.MethodPost, "/ussd/lasting/demo", "application/json", body)
	if status != http.StatusOK {
		s.t.Fatalf("status %d", status)
	}
	return said
}

func (s *stage) says(what, got string, want ...string) {
	s.t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			s.t.Errorf("%s: %q, want %q in it", what, got, w)
		}
	}
}

func TestLastInputs(t *testing.T) {
	s := otherStage(t)
	first := s.lasting("Initiation", "a", "*384*55#")
	s.says("start", first, "Langue", `"Type":"response"`)
	if again := s.lasting("Initiation", "a", "*384*55#"); again != first {
		t.Errorf("a start twice: %q then %q", first, again)
	}
	step := func(input string, want ...string) string {
		t.Helper()
		s.pass(5 * time.Second)
		said := s.lasting("Response", "a", input)
		s.says("after "+input, said, want...)
		return said
	}
	step("2", "Votre commune")
	communes := step("1", "D'accord")
	s.pass(time.Second)
	if again := s.lasting("Response", "a", "1"); again != communes {
		t.Errorf("the same key within a second: %q then %q", communes, again)
	}
	step("1", "Voter")
	step("1", "projet")
	step("2", "Je choisis")
	step("1", "C'est bien")
	noted := step("1", "Votre vote est not", "Gardez ce code")
	s.pass(time.Second)
	if again := s.lasting("Response", "a", "1"); again != noted {
		t.Errorf("the recording turn again: %q then %q", noted, again)
	}
	if n := s.book.Health().Records; n != 1 {
		t.Errorf("%d records, want 1", n)
	}
	// Another call under the same name: it changes the vote, and is not
	// taken for the one recorded before.
	s.lasting("Timeout", "a", "")
	s.pass(time.Minute)
	s.lasting("Initiation", "a", "*384*55#")
	keys := []string{"1", "1", "3", "1", "1"}
	said := ""
	for _, k := range keys {
		s.pass(5 * time.Second)
		said = s.lasting("Response", "a", k)
	}
	s.says("changed", said, "Votre vote est chang")
	if n := s.book.Health().Records; n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

func TestLastInputsDirectDialAndCrash(t *testing.T) {
	s := otherStage(t)
	said := s.lasting("Initiation", "b", "*384*55*2#")
	s.says("direct dial", said, "Votre commune")
	s.pass(5 * time.Second)
	s.says("a star is data", s.lasting("Response", "b", "1*1"), "Nom non trouv")
	if err := s.crash(); err != nil {
		t.Fatal(err)
	}
	s.pass(5 * time.Second)
	s.says("memory gone", s.lasting("Response", "b", "1"), "Langue")
	if n := s.book.Health().Records; n != 0 {
		t.Errorf("%d records of a call nobody remembers", n)
	}
}

func TestDialStrings(t *testing.T) {
	s := otherStage(t)
	turn := func(input string) string {
		t.Helper()
		q := url.Values{"SESSIONID": {"77"}, "MSISDN": {"+22376000008"}, "INPUT": {input}}
		status, said := s.send(http.MethodGet, "/ussd/dialling/demo?"+q.Encode(), "", nil)
		if status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		return said
	}
	s.says("start", turn("*384*55#"), "CON ", "Langue")
	chain := "*384*55"
	said := ""
	for i, k := range []string{"2", "1", "1", "1", "2", "1", "1"} {
		chain += "*" + k
		said = turn(chain + "#")
		if again := turn(chain + "#"); again != said {
			t.Errorf("turn %d again: %q then %q", i, said, again)
		}
	}
	s.says("noted", said, "Votre vote est not")
	if n := s.book.Health().Records; n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

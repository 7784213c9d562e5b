package generic

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/ussd"
)

// configs are gateways of the world as configuration.
func configs() map[string]Config {
	with := func(change func(*Config)) Config {
		c := Default()
		change(&c)
		return c
	}
	return map[string]Config{
		"Comviva Flares (Airtel)": with(func(c *Config) {
			c.Method, c.Format, c.Session, c.Phone, c.Code, c.Input = "GET", callback.Query, "SessionID", "MSISDN", "", "input"
			c.End = []string{"clean=*", "error=*"}
			c.Continue, c.Finish = "{text}", "{text}"
		}),
		"Cellulant": with(func(c *Config) {
			c.Method, c.Format, c.Session, c.Phone, c.Code, c.Input = "GET", callback.Query, "sessionID", "MSISDN", "", "INPUT"
			c.Start, c.End = []string{"opCode=BEG"}, []string{"opCode=ABO", "ABORT=1"}
			c.Continue, c.Finish, c.Replace = "1|{text}|null|null|null|null", "1|{text}|null|null|end|null", []string{"|=/"}
		}),
		"IMImobile": with(func(c *Config) {
			c.Method, c.Format, c.Session, c.Phone, c.Code, c.Input = "GET", callback.Query, "tid", "msisdn", "code", "msg"
			c.End = []string{"msg=Map Dialog User Abort*"}
			c.Continue, c.Finish = "{text}", "{text}"
		}),
		"Hubtel": with(func(c *Config) {
			c.Format, c.Session, c.Phone, c.Code, c.Input, c.Sequence = callback.JSON, "SessionId", "Mobile", "ServiceCode", "Message", "Sequence"
			c.Start, c.End, c.Type = []string{"Type=Initiation"}, []string{"Type=Timeout", "Type=Release"}, "application/json"
			c.Continue = `{"SessionId":"{session}","Type":"response","Message":"{text}","ClientState":"{field:ClientState}","DataType":"input"}`
			c.Finish = `{"SessionId":"{session}","Type":"release","Message":"{text}"}`
		}),
		"Nalo": with(func(c *Config) {
			c.Format, c.Session, c.Phone, c.Code, c.Input = callback.JSON, "MSISDN", "MSISDN", "", "USERDATA" // SESSIONID is not reliable
			c.Start, c.Type = []string{"MSGTYPE=true"}, "application/json"
			c.Continue = `{"USERID":"{field:USERID}","MSISDN":"{phone}","USERDATA":"{input}","MSG":"{text}","MSGTYPE":true}`
			c.Finish = `{"USERID":"{field:USERID}","MSISDN":"{phone}","USERDATA":"{input}","MSG":"{text}","MSGTYPE":false}`
		}),
		"Arkesel": with(func(c *Config) {
			c.Format, c.Session, c.Phone, c.Code, c.Input = callback.JSON, "sessionID", "msisdn", "", "userData"
			c.Start, c.Type = []string{"newSession=true"}, "application/json"
			c.Continue = `{"sessionID":"{session}","userID":"{field:userID}","msisdn":"{phone}","message":"{text}","continueSession":true}`
			c.Finish = `{"sessionID":"{session}","userID":"{field:userID}","msisdn":"{phone}","message":"{text}","continueSession":false}`
		}),
		"Beem": with(func(c *Config) {
			c.Format, c.Session, c.Phone, c.Code, c.Input, c.Sequence = callback.JSON, "session_id", "msisdn", "", "payload.response", "payload.request_id"
			c.Start, c.End, c.Type = []string{"command=initiate"}, []string{"command=terminate"}, "application/json"
			c.Continue = `{"msisdn":"{phone}","operator":"{field:operator}","session_id":"{session}","command":"continue","payload":{"request_id":{field:payload.request_id},"request":"{text}"}}`
			c.Finish = `{"msisdn":"{phone}","operator":"{field:operator}","session_id":"{session}","command":"terminate","payload":{"request_id":{field:payload.request_id},"request":"{text}"}}`
		}),
		"Moolre": with(func(c *Config) {
			c.Format, c.Session, c.Phone, c.Code, c.Input, c.Direct = callback.JSON, "sessionid", "msisdn", "", "message", "data"
			c.Start, c.Type = []string{"new=true"}, "application/json"
			c.Continue, c.Finish = `{"message":"{text}","reply":true}`, `{"message":"{text}","reply":false}`
		}),
		"HollaTags": with(func(c *Config) {
			c.Method, c.Format, c.Session, c.Phone, c.Code, c.Input = "GET", callback.Query, "session_id", "session_msisdn", "session_from", "session_msg"
			c.Start, c.End = []string{"session_operation=begin"}, []string{"session_operation=end"}
			c.Continue, c.Finish = "{text}", "{text}"
		}),
	}
}

// outOfReach are gateways that configuration can't describe, and why.
func outOfReach() map[string]string {
	return map[string]string{
		"Mtech": "XML", "TruRoute (TNM Malawi)": "XML", "SMPP (Mica)": "SMPP", "MTN Nigeria XML over TCP": "XML over TCP",
	}
}

func TestGateways(t *testing.T) {
	raw, err := os.ReadFile("testdata/gateways.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Kind, Gateway, Request string
			Expect                     struct {
				Event string
				Input *string
				Code  string
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, v := range file.Vectors {
		if v.Kind != "ussd.gateway" {
			continue
		}
		cfg, ok := configs()[v.Gateway]
		if !ok {
			if why := outOfReach()[v.Gateway]; why == "" {
				t.Errorf("%s: %s has no configuration", v.ID, v.Gateway)
			}
			continue
		}
		tried++
		codes := []string{"*384*55#", "*120*1#", "*713#", "*714*5#", "*123#", "*928*1#", "*4441#"}
		c, err := New("x", cfg, codes)
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		turn, err := c.Decode(requestOf(v.Request))
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		event := "input"
		switch {
		case turn.Over:
			event = "end"
		case turn.Start:
			event = "start"
		}
		if event != v.Expect.Event {
			t.Errorf("%s is %s, want %s: %+v", v.ID, event, v.Expect.Event, turn)
		}
		if v.Expect.Input != nil && turn.Transcript != *v.Expect.Input {
			t.Errorf("%s: input %q, want %q", v.ID, turn.Transcript, *v.Expect.Input)
		}
		if v.Expect.Code != "" && turn.Code != v.Expect.Code {
			t.Errorf("%s: code %q, want %q", v.ID, turn.Code, v.Expect.Code)
		}
		answers(t, v.ID, c, requestOf(v.Request))
	}
	if tried < 10 {
		t.Errorf("only %d vectors tried", tried)
	}
}

// requestOf reads a vector's request: "GET ?a=b", "POST {...}".
func requestOf(s string) ussd.Request {
	method, rest, _ := strings.Cut(s, " ")
	if method == http.MethodGet {
		return ussd.Request{Method: method, Query: strings.TrimPrefix(rest, "?")}
	}
	return ussd.Request{Method: method, Body: []byte(rest)}
}

// answers checks that every answer is well framed, whatever the text holds.
func answers(t *testing.T, id string, c Codec, r ussd.Request) {
	t.Helper()
	for _, a := range []ussd.Answer{{Text: "1 Oui\n2 \"Non\" | \\"}, {Text: "Fin", End: true}} {
		body, contentType := c.EncodeTo(nil, r, a)
		if strings.Contains(contentType, "json") && !json.Valid(body) {
			t.Errorf("%s: %s is not JSON", id, body)
		}
		if len(body) == 0 {
			t.Errorf("%s: empty answer", id)
		}
	}
	if c.cfg.Replace != nil {
		if body, _ := c.EncodeTo(nil, r, ussd.Answer{Text: "a|b"}); strings.Count(string(body), "|") != 5 {
			t.Errorf("%s: %s", id, body)
		}
	}
}

func TestWrongConfigs(t *testing.T) {
	for says, change := range map[string]func(*Config){
		"GET or POST": func(c *Config) { c.Method = "PUT" }, "query, form or json": func(c *Config) { c.Format = "xml" },
		"chain, dial or last": func(c *Config) { c.Style = "x" }, "write query": func(c *Config) { c.Method = "GET" },
		"name their fields": func(c *Config) { c.Session = "" }, "{text}": func(c *Config) { c.Finish = "END" },
		"field=value": func(c *Config) { c.End = []string{"x"} }, "stands for": func(c *Config) { c.Replace = []string{"x"} },
	} {
		cfg := Default()
		change(&cfg)
		if _, err := New("x", cfg, []string{"*1#"}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want one that says %q", err, says)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("sessionId=1&phoneNumber=%2B22376000001&serviceCode=*384*55%23&text=1")
	f.Add(`{"SessionId":"x","Mobile":"223","Message":"*714*5*3#","Type":"Initiation"}`)
	var all []Codec
	for name, cfg := range configs() {
		c, err := New(name, cfg, []string{"*384*55#"})
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, c)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range all {
			r := ussd.Request{Method: c.cfg.Method, Query: text, Body: []byte(text)}
			turn, err := c.Decode(r)
			if err == nil && !turn.Over && (turn.Session == "" || turn.Number == "") {
				t.Errorf("%s: a turn of nobody: %+v", c.name, turn)
			}
			if body, contentType := c.EncodeTo(nil, r, ussd.Answer{Text: text}); strings.Contains(contentType, "json") && c.name != "Beem" && !json.Valid(body) {
				t.Errorf("%s: %q is not JSON", c.name, body)
			}
		}
	})
}

package generic

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store/outbox"
)

// oneAPI is the shape that Orange and others post texts in.
func oneAPI() Config {
	c := Default()
	c.Format = callback.JSON
	in := "inboundSMSMessageNotification.inboundSMSMessage."
	c.ID, c.From, c.To, c.Text, c.Date = in+"messageId", in+"senderAddress", in+"destinationAddress", in+"message", in+"dateTime"
	c.ReportID, c.ReportNumber = "deliveryInfoNotification.callbackData", "deliveryInfoNotification.deliveryInfo.address"
	c.ReportStatus = "deliveryInfoNotification.deliveryInfo.deliveryStatus"
	return c
}

func TestOneAPIVector(t *testing.T) {
	raw, err := os.ReadFile("../../ussd/generic/testdata/gateways.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Kind    string
			RawBody string `json:"raw_body"`
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	c, err := NewCodec("orange", oneAPI())
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, v := range file.Vectors {
		if v.Kind != "sms.orange.inbound" {
			continue
		}
		tried++
		in, err := c.Inbound(callback.Request{Method: http.MethodPost, Body: []byte(v.RawBody)})
		if err != nil || in.From != "+22376000001" || in.Text != "STOP" || in.To != "+22336055" || in.ID != "msg-12345" ||
			!in.At.Equal(time.Date(2024, 2, 10, 14, 30, 0, 0, time.UTC)) {
			t.Errorf("%+v %v", in, err)
		}
	}
	if tried == 0 {
		t.Error("no vector")
	}
	r, err := c.Report(callback.Request{Body: []byte(`{"deliveryInfoNotification":{"callbackData":"7","deliveryInfo":{"address":"tel:+22376000001","deliveryStatus":"DeliveredToTerminal"}}}`)})
	if err != nil || r.ID != "7" || r.Number != "+22376000001" || r.Fate.State != outbox.Delivered {
		t.Errorf("%+v %v", r, err)
	}
}

func TestParts(t *testing.T) {
	cfg := Default()
	cfg.Ref, cfg.Part, cfg.Parts, cfg.Prefix = "ref", "part", "parts", "+223"
	c, err := NewCodec("sim", cfg)
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Inbound(callback.Request{Method: http.MethodPost, Body: []byte("from=76000001&to=36055&text=un;deux&ref=12&part=2&parts=3&date=1790000000")})
	if err != nil || in.From != "+22376000001" || in.Text != "un;deux" || in.Ref != "12" || in.Part != 2 || in.Parts != 3 || in.At.IsZero() {
		t.Errorf("%+v %v", in, err)
	}
	if in, _ := c.Inbound(callback.Request{Method: http.MethodPost, Body: []byte("from=MTN&text=x")}); in.From != "MTN" {
		t.Errorf("a name became %q", in.From)
	}
}

func TestSend(t *testing.T) {
	var got *http.Request
	var body string
	status, said := http.StatusOK, `{"message":{"id":"m1","cost":"XOF 20"},"ok":true}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	defer srv.Close()
	cfg := Default()
	cfg.Send, cfg.Headers, cfg.Type = srv.URL+"/v1/{username}/messages", []string{"Authorization: Bearer {api_key}"}, "application/json"
	cfg.Body, cfg.Handle, cfg.Cost, cfg.Taken, cfg.Refused = `{"to":"{to}","text":"{text}"}`, "message.id", "message.cost", []string{"ok=true"}, []string{"error=BadNumber"}
	c, err := NewCarrier(cfg, Account{Username: "la commune", APIKey: "k", From: "JAMA"})
	if err != nil {
		t.Fatal(err)
	}
	m := sms.Outgoing{Ref: "r", To: "+22376000001", Text: "1 \"Oui\"\n2 Non"}
	r := c.Send(context.Background(), m)
	if r.Class != outbox.Took || r.Handle != "m1" || r.Cost.String() != "XOF 20.0000" {
		t.Errorf("%+v", r)
	}
	if got.Header.Get("Authorization") != "Bearer k" || got.URL.EscapedPath() != "/v1/la+commune/messages" || !json.Valid([]byte(body)) {
		t.Errorf("%s %s", got.URL.EscapedPath(), body)
	}
	for _, tc := range []struct {
		status int
		said   string
		want   outbox.Class
	}{
		{200, "<html>", outbox.Ambiguous},
		{200, `{"ok":false}`, outbox.Account},
		{200, `{"error":"BadNumber"}`, outbox.Permanent},
		{400, "", outbox.Permanent},
		{401, "", outbox.Account},
		{429, "", outbox.Transient},
		{500, "", outbox.Ambiguous},
		{503, "", outbox.Transient},
	} {
		status, said = tc.status, tc.said
		if r := c.Send(context.Background(), m); r.Class != tc.want {
			t.Errorf("%d %s is %s, want %s", tc.status, tc.said, r.Class, tc.want)
		}
	}
	srv.Close()
	c.client.CloseIdleConnections()
	if r := c.Send(context.Background(), m); r.Class != outbox.Transient {
		t.Errorf("nobody there: %s", r.Class)
	}
}

func TestWrongConfigs(t *testing.T) {
	for says, change := range map[string]func(*Config){
		"GET or POST": func(c *Config) { c.Method = "PUT" }, "query, form": func(c *Config) { c.Format = "xml" },
		"name their fields": func(c *Config) { c.Text = "" }, "go together": func(c *Config) { c.Part = "p" },
	} {
		cfg := Default()
		change(&cfg)
		if _, err := NewCodec("x", cfg); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
	for says, change := range map[string]func(*Config){
		"no address": func(c *Config) { c.Send = "ftp" }, "Name: value": func(c *Config) { c.Headers = []string{"x"} },
		"taken": func(c *Config) { c.Taken = []string{"x"} },
	} {
		cfg := Default()
		cfg.Send = "https://host/x"
		change(&cfg)
		if _, err := NewCarrier(cfg, Account{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

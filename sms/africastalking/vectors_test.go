package africastalking

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/store/outbox"
)

type vector struct {
	ID, Kind, Method string
	ContentType      string `json:"content_type"`
	RawBody          string `json:"raw_body"`
	Parsed           map[string]string
	Status           int    `json:"http_status"`
	Class            string `json:"expect_class"`
	Expect           struct {
		Final     bool
		Delivered *bool
	}
}

func vectors(t testing.TB, kind string) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/sms_africastalking.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var out []vector
	for _, v := range file.Vectors {
		if v.Kind == kind {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no vectors of kind %s", kind)
	}
	return out
}

func request(v vector) callback.Request {
	return callback.Request{Method: http.MethodPost, ContentType: v.ContentType, Body: []byte(v.RawBody)}
}

func TestInboundVectors(t *testing.T) {
	for _, v := range vectors(t, "sms.at.inbound") {
		in, err := Codec{}.Inbound(request(v))
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		if in.Text != v.Parsed["text"] || in.From != v.Parsed["from"] || in.To != v.Parsed["to"] || in.ID != v.Parsed["id"] {
			t.Errorf("%s: %+v, want %v", v.ID, in, v.Parsed)
		}
	}
}

func TestDates(t *testing.T) {
	want := time.Date(2017, 5, 3, 6, 4, 45, 0, time.UTC)
	for _, s := range []string{"2017-05-03T06:04:45Z", "2017-05-03 06:04:45", "2017-05-03T06:04:45.000Z", "2017-05-03T08:04:45+02:00"} {
		if got := date(s); !got.Equal(want) {
			t.Errorf("%s is %v", s, got)
		}
	}
	for _, s := range []string{"", "yesterday", "2017-13-45", "0"} {
		if got := date(s); !got.IsZero() {
			t.Errorf("%q is %v, want no date", s, got)
		}
	}
}

func TestReportVectors(t *testing.T) {
	for _, v := range vectors(t, "sms.at.dlr") {
		r, err := Codec{}.Report(request(v))
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		if r.Fate.State.Final() != v.Expect.Final {
			t.Errorf("%s: final %v, want %v", v.ID, r.Fate.State.Final(), v.Expect.Final)
		}
		if d := v.Expect.Delivered; d != nil && (r.Fate.State == outbox.Delivered) != *d {
			t.Errorf("%s: state %q, delivered should be %v", v.ID, r.Fate.State, *d)
		}
		if r.Fate.Raw != v.Parsed["status"] || r.Fate.Reason != v.Parsed["failureReason"] || r.ID != v.Parsed["id"] {
			t.Errorf("%s: %+v", v.ID, r)
		}
	}
}

func TestNoticeVectors(t *testing.T) {
	for _, v := range vectors(t, "sms.at.optout") {
		n, err := Codec{}.OptOut(request(v))
		if err != nil || !n.Stop || n.Number != v.Parsed["phoneNumber"] {
			t.Errorf("%s: %+v %v", v.ID, n, err)
		}
	}
	for _, v := range vectors(t, "sms.at.subscription") {
		n, err := Codec{}.Subscription(request(v))
		stop := v.Parsed["updateType"] == "Deletion" || v.Parsed["updateType"] == "deletion"
		if err != nil || n.Stop != stop || n.Number != v.Parsed["phoneNumber"] {
			t.Errorf("%s: %+v %v", v.ID, n, err)
		}
	}
}

func TestSendAnswerVectors(t *testing.T) {
	for _, v := range vectors(t, "sms.at.send_answer") {
		r := Classify(v.Status, []byte(v.RawBody), "+254700072929", 0)
		if r.Class.String() != v.Class {
			t.Errorf("%s: %s (%s %s), want %s", v.ID, r.Class, r.Code, r.Reason, v.Class)
		}
		if r.Class == outbox.Took && r.Handle == "" {
			t.Errorf("%s: taken without a name", v.ID)
		}
	}
}

func TestStatuses(t *testing.T) {
	for status, want := range map[int]outbox.Class{
		301: outbox.Account, 302: outbox.Account, 400: outbox.Permanent, 401: outbox.Account, 402: outbox.Account, 403: outbox.Account, 404: outbox.Account,
		405: outbox.Account, 408: outbox.Transient, 413: outbox.Permanent, 422: outbox.Permanent, 425: outbox.Transient, 429: outbox.Transient,
		500: outbox.Ambiguous, 502: outbox.Ambiguous, 503: outbox.Transient, 504: outbox.Ambiguous, 599: outbox.Ambiguous,
	} {
		if got := Classify(status, []byte("x"), "+22376000001", 0).Class; got != want {
			t.Errorf("HTTP %d is %s, want %s", status, got, want)
		}
	}
	for body, want := range map[string]outbox.Class{
		``: outbox.Ambiguous, `{}`: outbox.Ambiguous, `[]`: outbox.Ambiguous, `{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}`: outbox.Account,
		`{"SMSMessageData":{"Message":"","Recipients":[{"statusCode":"102","number":"22376000001","status":"Success","messageId":"a"}]}}`:                 outbox.Took,
		`{"SMSMessageData":{"Message":"","Recipients":[{"number":"+22376000001","status":"Success","messageId":"a"}]}}`:                                   outbox.Took,
		`{"SMSMessageData":{"Message":"","Recipients":[{"statusCode":102,"number":"+22376000002","status":"Success","messageId":"a"}]}}`:                  outbox.Ambiguous,
		`{"SMSMessageData":{"Message":"","Recipients":[{"statusCode":999,"number":"+22376000001","status":"New","messageId":"None","cost":"0"}]}}`:        outbox.Ambiguous,
		`{"SMSMessageData":{"Message":"","Recipients":[{"statusCode":409,"number":"+22376000001","status":"DoNotDisturbRejection","messageId":"None"}]}}`: outbox.Permanent,
	} {
		if got := Classify(201, []byte(body), "+22376000001", 0).Class; got != want {
			t.Errorf("%s is %s, want %s", body, got, want)
		}
	}
}

func FuzzCallbacks(f *testing.F) {
	for _, v := range append(vectors(f, "sms.at.inbound"), vectors(f, "sms.at.dlr")...) {
		f.Add([]byte(v.RawBody))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := callback.Request{Method: http.MethodPost, Body: body}
		if in, err := (Codec{}).Inbound(r); err == nil && in.From == "" {
			t.Error("a text without a sender")
		}
		if rep, err := (Codec{}).Report(r); err == nil && rep.ID == "" {
			t.Error("a report without a name")
		}
		_, _ = Codec{}.OptOut(r)
		_, _ = Codec{}.Subscription(r)
	})
}

func FuzzClassify(f *testing.F) {
	for _, v := range vectors(f, "sms.at.send_answer") {
		f.Add(v.Status, []byte(v.RawBody))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		r := Classify(status, body, "+22376000001", 0)
		if r.Class == 0 || r.Class == outbox.Took && status/100 != 2 {
			t.Errorf("HTTP %d is %v", status, r.Class)
		}
	})
}

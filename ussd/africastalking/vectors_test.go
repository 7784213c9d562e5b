package africastalking_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
)

// callback is one request of the vectors and what must be read from it.
type callback struct {
	Method      string
	ContentType string `json:"content_type"`
	RawBody     string `json:"raw_body"`
	Parsed      map[string]string
}

func (c callback) request() ussd.Request {
	return ussd.Request{Method: c.Method, ContentType: c.ContentType, Body: []byte(c.RawBody)}
}

// asJSON is the same callback as a JSON body.
func (c callback) asJSON(t *testing.T) ussd.Request {
	t.Helper()
	body, err := json.Marshal(c.Parsed)
	if err != nil {
		t.Fatal(err)
	}
	return ussd.Request{Method: c.Method, ContentType: "application/json; charset=utf-8", Body: body}
}

type vector struct {
	callback
	ID, Kind, Note string
	Steps          []callback
	Expect         struct {
		Accept bool
		Text   string
	}
}

// vectors returns the vectors of a kind, and fails if they aren't n.
func vectors(t *testing.T, kind string, n int) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/ussd_africastalking.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var of []vector
	for _, v := range file.Vectors {
		if v.Kind == kind {
			of = append(of, v)
		}
	}
	if len(of) != n {
		t.Fatalf("got %d vectors of %s, want %d", len(of), kind, n)
	}
	return of
}

// dialStrings are the transcripts of the one session whose text is a dial
// string; elsewhere the transcript is the text.
func dialStrings() map[string]string {
	return map[string]string{"*384*55#": "", "*384*55*1#": "1", "*384*55*1*2#": "1*2"}
}

func TestTurnVectors(t *testing.T) {
	for _, v := range vectors(t, "ussd.at.session", 22) {
		t.Run(v.ID, func(t *testing.T) {
			for i, step := range v.Steps {
				p := step.Parsed
				want := ussd.Turn{
					Session: p["sessionId"], Number: p["phoneNumber"], Code: p["serviceCode"],
					Network: p["networkCode"], Transcript: p["text"], Cumulative: true,
				}
				if v.ID == "ussd-at-17-dialstring-cumulative" {
					want.Transcript = dialStrings()[p["text"]]
				}
				for _, req := range []ussd.Request{step.request(), step.asJSON(t)} {
					got, err := africastalking.Codec{}.Decode(req)
					if err != nil {
						t.Fatalf("step %d, %q: %v", i, req.ContentType, err)
					}
					if diff := cmp.Diff(got, want); diff != "" {
						t.Errorf("step %d, %q: got -, want +:\n%s", i, req.ContentType, diff)
					}
				}
			}
		})
	}
}

func TestMalformedVectors(t *testing.T) {
	for _, v := range vectors(t, "ussd.at.malformed", 9) {
		t.Run(v.ID, func(t *testing.T) {
			got, err := africastalking.Codec{}.Decode(v.request())
			if (err == nil) != v.Expect.Accept || got.Transcript != v.Expect.Text {
				t.Fatalf("%s: got %q and %v, want accept = %v, %q", v.Note, got.Transcript, err, v.Expect.Accept, v.Expect.Text)
			}
			if err != nil {
				refusal(t, err)
			}
		})
	}
}

// refusal checks that an error is ussd.ErrMalformed and tells nothing of what
// was sent.
func refusal(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ussd.ErrMalformed) {
		t.Errorf("got %v, want ussd.ErrMalformed", err)
	}
	for _, secret := range []string{"7600", "2547", "S1", "S2", "384"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q holds a part of the callback: %s", err, secret)
		}
	}
}

func TestEndVectors(t *testing.T) {
	millis := map[string]int64{"1000": 1000, "24000": 24000, "N/A": -1}
	hops := map[string]int{"1": 1, "2": 2, "4": 4}
	for _, v := range vectors(t, "ussd.at.end", 10) {
		t.Run(v.ID, func(t *testing.T) {
			p := v.Parsed
			want := ussd.End{
				Session: p["sessionId"], Status: p["status"], Hops: hops[p["hopsCount"]],
				Millis: millis[p["durationInMillis"]], Cost: p["cost"], HadError: p["errorMessage"] != "",
			}
			for _, req := range []ussd.Request{v.request(), v.asJSON(t)} {
				got, err := africastalking.Codec{}.DecodeEnd(req)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(got, want); diff != "" {
					t.Errorf("%q: got -, want +:\n%s", req.ContentType, diff)
				}
			}
		})
	}
}

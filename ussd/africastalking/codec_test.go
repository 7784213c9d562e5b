package africastalking_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
)

const formType = "application/x-www-form-urlencoded"

// post is a form callback.
func post(body string) ussd.Request {
	return ussd.Request{Method: http.MethodPost, ContentType: formType, Body: []byte(body)}
}

const (
	turn    = "sessionId=S1&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&networkCode=61002"
	noCode  = "sessionId=S1&phoneNumber=%2B22376000001"
	asJSON  = `{"sessionId":"S1","phoneNumber":"+22376000001","serviceCode":"*384*55#","text":"1*2","networkCode":61002}`
	asJSON2 = `{"sessionId":"S1","phoneNumber":22376000001,"serviceCode":"*384*55#","text":null,"extra":{"a":[1]}}`
)

func TestDecode(t *testing.T) {
	for name, tt := range map[string]struct {
		contentType, body, want string // want: the transcript
	}{
		"no content type":           {"", turn + "&text=1", "1"},
		"another content type":      {"text/plain", turn + "&text=1", "1"},
		"JSON by its type":          {"Application/JSON", asJSON, "1*2"},
		"JSON by its first byte":    {formType, asJSON, "1*2"},
		"JSON after white space":    {"", "\n " + asJSON, "1*2"},
		"JSON, number and null":     {"application/json", asJSON2, ""},
		"same field, same value":    {formType, turn + "&text=1&text=1", "1"},
		"empty duplicate":           {formType, turn + "&sessionId=&text=&text=1", "1"},
		"semicolon and percent":     {formType, turn + "&text=2*eau;puits 50%", "2*eau;puits 50%"},
		"the query is not the body": {formType, turn, ""},
		"other gateway's dialling":  {formType, turn + "&text=*384*55*2*%23*1%23", "2*#*1"},
		"dialled, another code":     {formType, turn + "&text=*384*551*2%23", "*384*551*2#"},
		"typed code":                {formType, turn + "&text=*384*55%23*1*2", "1*2"},
		"typed code, dial, then 2":  {formType, turn + "&text=*384*55*1%23*2", "1*2"},
		"typed code, no hash":       {formType, turn + "&text=*384*55*1", "*384*55*1"},
		"hash at the end of words":  {formType, turn + "&text=2*puits%23", "2*puits#"},
	} {
		t.Run(name, func(t *testing.T) {
			req := ussd.Request{Method: http.MethodPost, ContentType: tt.contentType, Query: "text=9&sessionId=Q", Body: []byte(tt.body)}
			got, err := africastalking.Codec{}.Decode(req)
			if err != nil || got.Transcript != tt.want || got.Session != "S1" || got.Code != "*384*55#" {
				t.Errorf("got %q, %q, %q and %v, want %q", got.Transcript, got.Session, got.Code, err, tt.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, req := range map[string]ussd.Request{
		"no body":          post(""),
		"GET":              {Method: http.MethodGet, Query: turn},
		"GET with a body":  {Method: http.MethodGet, Body: []byte(turn)},
		"PUT":              {Method: http.MethodPut, Body: []byte(turn)},
		"body in query":    {Method: http.MethodPost, Query: turn, Body: []byte("a=b")},
		"no session":       post("phoneNumber=%2B22376000001&serviceCode=*384*55%23"),
		"empty session":    post("sessionId=&phoneNumber=%2B22376000001&serviceCode=*384*55%23"),
		"blank session":    post("sessionId=+%00&phoneNumber=%2B22376000001&serviceCode=*384*55%23"),
		"empty number":     post("sessionId=S1&phoneNumber=&serviceCode=*384*55%23"),
		"lettered number":  post("sessionId=S1&phoneNumber=MTN&serviceCode=*384*55%23"),
		"no code":          post(noCode),
		"empty code":       post(noCode + "&serviceCode="),
		"long session":     post(turn + "&sessionId=" + strings.Repeat("S", 129)),
		"long number":      post("sessionId=S1&serviceCode=1&phoneNumber=" + strings.Repeat("7", 65)),
		"long code":        post(noCode + "&serviceCode=" + strings.Repeat("*7600", 60)),
		"two texts":        post(turn + "&text=1&text=2"),
		"two numbers":      post(turn + "&phoneNumber=%2B22376000002"),
		"many fields":      post(turn + strings.Repeat("&a=7600", 40)),
		"oversize":         post(turn + "&text=" + strings.Repeat("9", 70_000)),
		"array":            {Method: http.MethodPost, ContentType: "application/json", Body: []byte(`["7600"]`)},
		"broken JSON":      post(`{"sessionId":"S1","phoneNumber":"+22376000001"`),
		"form called JSON": {Method: http.MethodPost, ContentType: "application/json", Body: []byte(turn)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := africastalking.Codec{}.Decode(req)
			if err == nil || got != (ussd.Turn{}) {
				t.Fatalf("got %+v and %v, want no turn and an error", got, err)
			}
			refusal(t, err)
		})
	}
}

func TestDefaultCode(t *testing.T) {
	c := africastalking.Codec{DefaultCode: "*384*55#"}
	for body, want := range map[string]string{noCode: "*384*55#", noCode + "&serviceCode=": "*384*55#", noCode + "&serviceCode=*1%23": "*1#"} {
		if got, err := c.Decode(post(body)); err != nil || got.Code != want {
			t.Errorf("got %q and %v, want %q", got.Code, err, want)
		}
	}
}

func TestNetworkIsALabel(t *testing.T) {
	for network, want := range map[string]string{"61002": "61002", "": "", "Orange ML": "Orange ML", strings.Repeat("9", 65): ""} {
		got, err := africastalking.Codec{}.Decode(post(noCode + "&serviceCode=1&networkCode=" + url.QueryEscape(network)))
		if err != nil || got.Network != want {
			t.Errorf("%q: got %q and %v, want %q", network, got.Network, err, want)
		}
	}
}

func TestDecodeEnd(t *testing.T) {
	for body, want := range map[string]ussd.End{
		"sessionId=S1": {Session: "S1", Hops: -1, Millis: -1},
		"sessionId=S1&status=Perdu&hopsCount=-2&durationInMillis=1.5&cost=KES+0.10":       {Session: "S1", Status: "Perdu", Hops: -1, Millis: -1, Cost: "KES 0.10"},
		"sessionId=S1&hopsCount=9999999999&durationInMillis=9999999999":                   {Session: "S1", Hops: -1, Millis: 9999999999},
		"sessionId=S1&errorMessage=x&status=" + strings.Repeat("é", 40):                   {Session: "S1", Status: strings.Repeat("é", 32), Hops: -1, Millis: -1, HadError: true},
		`{"sessionId":"S1","status":null,"cost":0,"hopsCount":2,"durationInMillis":1000}`: {Session: "S1", Hops: 2, Millis: 1000, Cost: "0"},
	} {
		if got, err := (africastalking.Codec{}).DecodeEnd(post(body)); err != nil || got != want {
			t.Errorf("%.60s: got %+v and %v, want %+v", body, got, err, want)
		}
	}
	for _, body := range []string{"", "status=Success", "sessionId=", "sessionId=S1&sessionId=S2"} {
		_, err := africastalking.Codec{}.DecodeEnd(post(body))
		refusal(t, err)
	}
}

// An end event holds nothing that was typed or shown, and no number.
func TestEndForgets(t *testing.T) {
	body := "sessionId=S1&phoneNumber=%2B22376000001&input=1*secret&lastAppResponse=END+secret&errorMessage=secret&hopsMetadata=secret"
	got, err := africastalking.Codec{}.DecodeEnd(post(body))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(kept); strings.Contains(s, "secret") || strings.Contains(s, "7600") {
		t.Errorf("got %s, want nothing of the input, the screen or the number", s)
	}
}

func TestEncode(t *testing.T) {
	for want, a := range map[string]ussd.Answer{
		"CON Kan / Langue\n1 Bamanankan": {Text: "Kan / Langue\n1 Bamanankan"},
		"END Merci.":                     {Text: "Merci.", End: true},
	} {
		got, contentType := africastalking.Codec{}.Encode([]byte("x"), a)
		if string(got) != "x"+want || contentType != "text/plain; charset=utf-8" {
			t.Errorf("got %q, %q, want %q appended", got, contentType, want)
		}
	}
}

// Whatever is typed, each callback's transcript goes on from the one before.
func TestTranscriptsStayOneChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		input := rapid.OneOf(rapid.SampledFrom([]string{"*384*55#", "*384*55*1#", "1", "#", "*", "**", "50%", "a;b&c+d"}), rapid.StringMatching(`[ -~éɛ]{1,12}`))
		inputs := rapid.SliceOfN(input, 1, 6).Draw(t, "inputs")
		decode := func(text string) string {
			got, err := africastalking.Codec{}.Decode(post(turn + "&text=" + url.QueryEscape(text)))
			if err != nil {
				t.Fatal(err)
			}
			return got.Transcript
		}
		// Only a citizen who dials the code again inside the call can make her
		// chain ambiguous, so she isn't in this property.
		if strings.HasPrefix(inputs[0], "*384*55") {
			inputs[0] = "1"
		}
		text := inputs[0]
		before := decode(text)
		for _, in := range inputs[1:] {
			text += "*" + in
			after := decode(text)
			if after != before+"*"+in {
				t.Fatalf("got %q after %q, want it to go on with %q", after, before, in)
			}
			before = after
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{turn, turn + "&text=1*2%", asJSON, asJSON2, noCode, "", "{", "text=%00&sessionId=\xff"} {
		f.Add(formType, []byte(body))
		f.Add("application/json", []byte(body))
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		req := ussd.Request{Method: http.MethodPost, ContentType: contentType, Body: body}
		got, err := africastalking.Codec{}.Decode(req)
		if err != nil {
			if !errors.Is(err, ussd.ErrMalformed) || got != (ussd.Turn{}) {
				t.Errorf("got %+v and %v, want ussd.ErrMalformed alone", got, err)
			}
		} else if got.Session == "" || got.Number == "" || got.Code == "" || !got.Cumulative || !utf8.ValidString(got.Transcript) {
			t.Errorf("got %+v, want a whole turn", got)
		}
		end, endErr := africastalking.Codec{}.DecodeEnd(req)
		if endErr == nil && (end.Session == "" || end.Hops < -1 || end.Millis < -1 || len(end.Status) > 64) {
			t.Errorf("got %+v, want a whole event", end)
		}
		if err == nil && endErr != nil {
			t.Errorf("got %v for an event with a session", endErr)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	req := post(turn + "&text=1%2A2%2A1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (africastalking.Codec{}).Decode(req); err != nil {
			b.Fatal(err)
		}
	}
}

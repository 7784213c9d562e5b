package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/cmd/jamakan/metrics"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd"
)

// secretWords are what requests of the test hold and no label may: numbers,
// tokens, texts, and whatever else a provider or a stranger may write.
func secretWords() []string {
	return []string{
		"22376543210", "33612345678", "76543210", "a-stolen-token-of-24-chars", "lettre-au-maire", "ATUid_secret_session",
		"62160-odd-network", "Odd Status 76543210", "714*99", "evil.example",
	}
}

// nasty posts everything that a stranger or an odd provider may send.
func nasty(t *testing.T, base string) {
	t.Helper()
	send := func(path string, form url.Values, headers ...string) {
		req, err := http.NewRequest(http.MethodPost, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
	}
	turn := func(number, code, text string) url.Values {
		return url.Values{"sessionId": {"ATUid_secret_session" + number + code}, "phoneNumber": {number}, "serviceCode": {code}, "networkCode": {"62160-odd-network"}, "text": {text}}
	}
	for _, text := range []string{"", "2", "2*1", "2*1*1", "2*1*1*3", "2*1*1*3*1", "2*1*1*3*1*lettre-au-maire", "2*1*1*99"} {
		send("/ussd/africastalking/demo", turn("+22376543210", "*384*55#", text))
	}
	send("/ussd/africastalking/demo", turn("+33612345678", "*384*55#", ""))
	send("/ussd/africastalking/demo", turn("+22376543210", "*714*99#", ""))
	send("/ussd/africastalking/demo", url.Values{"text": {"lettre-au-maire"}})
	send("/ussd/africastalking/a-stolen-token-of-24-chars", turn("+22376543210", "*384*55#", ""))
	send("/ussd/africastalking/demo", turn("+22376543210", "*384*55#", ""), "X-Forwarded-For", "evil.example")
	send("/ussd/africastalking/demo/events", url.Values{"sessionId": {"ATUid_secret_session"}, "status": {"Odd Status 76543210"}, "phoneNumber": {"+22376543210"}})
	for i, text := range []string{"VOTE 2", "AVIS lettre-au-maire", "76543210"} {
		send("/sms/africastalking/demo/inbox", url.Values{"from": {"+22376543210"}, "to": {"36055"}, "text": {text}, "id": {fmt.Sprint("id-76543210-", i)}})
	}
	send("/sms/africastalking/demo/inbox", url.Values{"from": {"+33612345678"}, "text": {"lettre-au-maire"}, "id": {"x"}})
	send("/sms/africastalking/demo/delivery", url.Values{"id": {"76543210"}, "status": {"Odd Status 76543210"}})
	send("/sms/africastalking/demo/delivery", url.Values{"status": {strings.Repeat("x", 70_000)}})
}

// labelSets are the closed lists that labels come from.
func labelSets() map[string][]string {
	named := func(n int, name func(i int) string) (all []string) {
		for i := range n {
			all = append(all, name(i))
		}
		return all
	}
	return map[string][]string{
		"outcome":  named(len(ussd.Outcomes()), func(i int) string { return ussd.Outcomes()[i].String() }),
		"reason":   named(len(refusal.Reasons()), func(i int) string { return refusal.Reasons()[i].String() }),
		"state":    named(len(outbox.States()), func(i int) string { return string(outbox.States()[i]) }),
		"purpose":  {"answer", "receipt", "reply", "digest", "bulk"},
		"class":    {"accepted", "permanent", "transient", "ambiguous", "account"},
		"status":   {"success", "incomplete", "failed", "other"},
		"channel":  {"ussd/africastalking", "sms/africastalking"},
		"listener": {"callbacks", "desk"},
		"what":     {"waited", "came"},
		"kind":     append(named(len(unusual.Kinds()), func(i int) string { return string(unusual.Kinds()[i]) }), textKinds()...),
	}
}

func textKinds() []string {
	return strings.Fields("feedback empty vote ambiguous avis rumour results works help stop start lang code commune yes no erase back greeting unsure")
}

func scrape(t *testing.T, address string) (text string, families map[string]*dto.MetricFamily) {
	t.Helper()
	res, err := http.Get(address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", res.StatusCode, err, body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	if families, err = parser.TextToMetricFamilies(strings.NewReader(string(body))); err != nil {
		t.Fatal(err)
	}
	return string(body), families
}

// TestMetrics reads the metrics of a running gateway after it was sent all that
// strangers send: each is in the document, each label is of its closed list,
// and nothing that was sent is in them.
func TestMetrics(t *testing.T) {
	_, at := gatewayAndAll(t, buildGateway(t), t.TempDir())
	nasty(t, at["callbacks"])
	text, families := scrape(t, at["desk"])
	for _, word := range secretWords() {
		if strings.Contains(text, word) {
			t.Errorf("%q is in the metrics", word)
		}
	}
	document, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(document) != metrics.Describe() {
		t.Error("docs/metrics.md is not what the program says: run make generate")
	}
	sets, screen := labelSets(), regexp.MustCompile(`^[a-z_.]{2,24}$`)
	for name, f := range families {
		row := fmt.Sprintf("| `%s` | %s |", name, strings.ToLower(f.GetType().String()))
		if !strings.Contains(string(document), row) {
			t.Errorf("%s is not in docs/metrics.md", row)
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				set, closed := sets[l.GetName()]
				switch {
				case closed && slices.Contains(set, l.GetValue()):
				case l.GetName() == "screen" && screen.MatchString(l.GetValue()):
				case l.GetName() == "version" && l.GetValue() == version():
				default:
					t.Errorf("%s: label %s=%q is of no closed list", name, l.GetName(), l.GetValue())
				}
			}
		}
	}
	for _, want := range []string{
		`jamakan_turns_total{channel="ussd/africastalking",outcome="shown",screen="main"}`, `reason="foreign_number"`, `reason="unknown_code"`,
		`jamakan_commit_seconds_bucket{le="0.05"}`, `reason="bad_token"`, `reason="malformed"`, `reason="too_large"`, `reason="proxied_demo"`, `jamakan_log_records`, `jamakan_commit_size_bucket`,
		`jamakan_disk_free_bytes`, `jamakan_call_ends_total{channel="ussd/africastalking",status="other"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// Who may read: this machine itself through no proxy, or who holds the token.
func TestWhoMayMeasure(t *testing.T) {
	lock := callback.NewLock([]string{callback.HashToken("a-token-to-measure-with-01")})
	for name, tc := range map[string]struct {
		peer, host, header, value string
		behindProxy, want         bool
	}{
		"this machine":              {"127.0.0.1:9", "127.0.0.1:8081", "", "", false, true},
		"version 6":                 {"[::1]:9", "localhost:8081", "", "", false, true},
		"through a proxy":           {"127.0.0.1:9", "127.0.0.1:8081", "X-Forwarded-For", "198.51.100.1", false, false},
		"by another name":           {"127.0.0.1:9", "desk.example", "", "", false, false},
		"another machine":           {"198.51.100.1:9", "127.0.0.1:8081", "", "", false, false},
		"a silent proxy":            {"127.0.0.1:9", "127.0.0.1:8081", "", "", true, false},
		"the token":                 {"198.51.100.1:9", "desk.example", "Authorization", "Bearer a-token-to-measure-with-01", false, true},
		"the token through a proxy": {"127.0.0.1:9", "desk.example", "Authorization", "Bearer a-token-to-measure-with-01", true, true},
		"a wrong token":             {"198.51.100.1:9", "desk.example", "Authorization", "Bearer a-token-to-measure-with-02", false, false},
		"its hash":                  {"198.51.100.1:9", "desk.example", "Authorization", "Bearer " + callback.HashToken("a-token-to-measure-with-01"), false, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr, r.Host = tc.peer, tc.host
		if tc.header != "" {
			r.Header.Set(tc.header, tc.value)
		}
		if got := mayMeasure(r, lock, tc.behindProxy); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "198.51.100.1:9"
	r.Header.Set("Authorization", "Bearer ")
	if mayMeasure(r, nil, false) {
		t.Error("no token is configured, and an empty one opens")
	}
}

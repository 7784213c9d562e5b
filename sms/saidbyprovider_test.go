package sms_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/africastalking"
	"github.com/jamakan/jamakan/store/outbox"
)

// TestProvidersWordsHoldNoNumber: a provider that puts the number into its
// statuses and names, whatever it answers, is neither logged nor shown nor kept
// with it, and writes no line of the log. (The stage looks into the log when it ends.)
func TestProvidersWordsHoldNoNumber(t *testing.T) {
	for status, state := range map[int]outbox.State{101: outbox.Accepted, 403: outbox.Refused, 501: outbox.Queued, 405: outbox.Queued, 999: outbox.Unknown} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			to := r.FormValue("to")
			w.WriteHeader(http.StatusCreated)
			_, _ = fmt.Fprintf(w, `{"SMSMessageData":{"Message":"Sent to %s","Recipients":[{"number":%q,"status":"Said of %s\ntime=now level=ERROR msg=forged","statusCode":%d,"messageId":%q,"cost":"XOF 25"}]}}`, to, to, to, status, to)
		}))
		s := newStage(t, func(cfg *sms.SenderConfig) {
			carrier, err := africastalking.New(africastalking.Account{Username: "sandbox", APIKey: "secret-key", API: api.URL})
			if err != nil {
				t.Fatal(err)
			}
			cfg.Carrier = carrier
		})
		s.text("+22376000001", "aide")
		all := s.messages()
		if len(all[state]) != 1 {
			t.Errorf("%d: %s, want %s", status, s.states(), state)
		}
		for _, m := range all[state] {
			if !strings.Contains(m.Reason, "Said of") {
				t.Errorf("%d: the message says %q: the test looks at nothing", status, m.Reason)
			}
			if strings.Contains(fmt.Sprintf("%+v", m), "76000001") {
				t.Errorf("%d: kept with the number: %+v", status, m)
			}
		}
		if why := s.sender.Status().Paused; strings.Contains(why, "76000001") || status == 405 && why == "" {
			t.Errorf("%d: shown as %q", status, why)
		}
		for line := range strings.Lines(s.log.String()) {
			if !strings.HasPrefix(line, "time=2") {
				t.Errorf("%d: a line that the gateway did not write: %q", status, line)
			}
		}
		api.Close()
	}
}

package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/store/outbox"
)

// maxBody is the most a request's body may hold.
const maxBody = 64 << 10

// Handler is the provider's API, and below /sandbox/ the phones and the
// faults.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /version1/messaging", s.send)
	mux.HandleFunc("GET /version1/messaging", s.fetch)
	mux.HandleFunc("GET /version1/user", s.user)
	s.control(mux)
	return http.MaxBytesHandler(mux, maxBody)
}

// authorised answers a wrong key as the provider does.
func (s *Sandbox) authorised(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	fault := s.faults.Account
	s.mu.Unlock()
	if r.Header.Get("apiKey") == s.cfg.APIKey && fault != "key" {
		return true
	}
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, "The supplied authentication is invalid")
	return false
}

type answered struct {
	Message    string
	Recipients []recipient
}

type recipient struct {
	StatusCode int    `json:"statusCode"`
	Number     string `json:"number"`
	Cost       string `json:"cost"`
	Status     string `json:"status"`
	MessageID  string `json:"messageId"`
}

// send takes messages, or not.
func (s *Sandbox) send(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form can't be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	f := s.faults
	throttled, away, nonsense := s.chance(f.Throttle), s.chance(f.Unavailable), s.chance(f.Nonsense)
	silent, broken, early := s.chance(f.Silent), s.chance(f.ErrorAfter), s.chance(f.EarlyReports)
	s.mu.Unlock()
	if !early {
		pass(r.Context(), f.Late)
	}
	if !s.authorised(w, r) {
		return
	}
	switch {
	case r.Form.Get("username") != s.cfg.Username:
		http.Error(w, "The supplied authentication is invalid", http.StatusUnauthorized)
		return
	case r.Form.Get("to") == "" || r.Form.Get("message") == "":
		http.Error(w, "Request is missing required form field 'to' or 'message'", http.StatusBadRequest)
		return
	case throttled:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "Too many requests", http.StatusTooManyRequests)
		return
	case away:
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	case nonsense:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, "<html>captive portal</html>")
		return
	}
	a := s.take(r)
	s.nudge()
	if early {
		pass(r.Context(), f.Late)
	}
	switch {
	case silent:
		panic(http.ErrAbortHandler) // the connection closes without a byte
	case broken:
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]answered{"SMSMessageData": a})
}

// take answers each recipient.
func (s *Sandbox) take(r *http.Request) answered {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Account == "sender" {
		return answered{"InvalidSenderId", []recipient{}}
	}
	message := r.Form.Get("message")
	_, _, segments := gsm.Count(message)
	price, _ := outbox.ParseMoney(s.cfg.Price)
	price.Amount *= int64(segments)
	var a answered
	var total outbox.Money
	for number := range strings.SplitSeq(r.Form.Get("to"), ",") {
		number = strings.TrimSpace(number)
		code := 102
		switch {
		case s.faults.Account == "balance":
			code = 405
		case s.chance(s.faults.Refuse):
			code = s.faults.RefuseCode
			if code == 0 {
				code = 403
			}
		case len(number) < 9 || number[0] != '+':
			code = 403
		}
		got := recipient{code, number, "0", statusName(code), "None"}
		if code == 102 {
			got.MessageID, got.Cost = s.accept(number, r.Form.Get("from"), message, segments), price.String()
			total, _ = total.Add(price)
		}
		a.Recipients = append(a.Recipients, got)
	}
	taken := 0
	for _, got := range a.Recipients {
		if got.StatusCode == 102 {
			taken++
		}
	}
	a.Message = fmt.Sprintf("Sent to %d/%d Total Cost: %s Message parts: %d", taken, len(a.Recipients), total, segments)
	return a
}

// fetch is the inbox of the account.
func (s *Sandbox) fetch(w http.ResponseWriter, r *http.Request) {
	if !s.authorised(w, r) {
		return
	}
	last, _ := strconv.Atoi(r.URL.Query().Get("lastReceivedId")) // none is 0: all of them
	type fetched struct {
		LinkID string `json:"linkId"`
		Text   string `json:"text"`
		To     string `json:"to"`
		ID     int    `json:"id"`
		Date   string `json:"date"`
		From   string `json:"from"`
	}
	out := []fetched{}
	s.mu.Lock()
	for _, t := range s.texts {
		if t.number > last && len(out) < 100 {
			out = append(out, fetched{"", t.text, s.cfg.ShortCode, t.number, t.at.UTC().Format("2006-01-02T15:04:05.000Z"), t.from})
		}
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"SMSMessageData": map[string]any{"Messages": out}})
}

func (s *Sandbox) user(w http.ResponseWriter, r *http.Request) {
	if !s.authorised(w, r) {
		return
	}
	balance := "XOF 1785.5000"
	if s.Faults().Account == "balance" {
		balance = "XOF 0.0000"
	}
	writeJSON(w, http.StatusOK, map[string]any{"UserData": map[string]string{"balance": balance}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away is told nothing
}

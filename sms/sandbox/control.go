package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// control adds the phones and the faults.
func (s *Sandbox) control(mux *http.ServeMux) {
	mux.HandleFunc("POST /sandbox/texts", func(w http.ResponseWriter, r *http.Request) {
		from, text := r.FormValue("from"), r.FormValue("text")
		if from == "" {
			http.Error(w, "give from, the phone's number, and text", http.StatusBadRequest)
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"id": s.Text(from, text)})
	})
	mux.HandleFunc("POST /sandbox/optout", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("number") == "" {
			http.Error(w, "give number", http.StatusBadRequest)
			return
		}
		s.OptOut(r.FormValue("number"))
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
	})
	mux.HandleFunc("GET /sandbox/inbox", func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.Atoi(r.URL.Query().Get("after")) // none is 0: all of them
		writeJSON(w, http.StatusOK, s.Inbox(r.URL.Query().Get("number"), after))
	})
	mux.HandleFunc("GET /sandbox/accepted", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Accepted()) })
	mux.HandleFunc("GET /sandbox/waiting", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Waiting()) })
	mux.HandleFunc("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Faults()) })
	mux.HandleFunc("PUT /sandbox/faults", func(w http.ResponseWriter, r *http.Request) {
		f, err := readFaults(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.SetFaults(f)
		writeJSON(w, http.StatusOK, f)
	})
	mux.HandleFunc("GET /sandbox/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, usage)
	})
}

// readFaults reads faults as JSON, or as they are written on a command line.
func readFaults(body io.Reader) (Faults, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return Faults{}, fmt.Errorf("%w: %w", ErrFaults, err)
	}
	if text := strings.TrimSpace(string(raw)); !strings.HasPrefix(text, "{") {
		return ParseFaults(text)
	}
	var f Faults
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("%w: %w; names are %s", ErrFaults, err, strings.Join(Names(), ", "))
	}
	return f, nil
}

const usage = `A stand-in for an SMS provider. Nothing leaves this machine.

the provider's API
  POST /version1/messaging      username, to, message, from; header apiKey
  GET  /version1/messaging      username, lastReceivedId
  GET  /version1/user           username
the phones and the faults
  POST /sandbox/texts           from, text: a phone texts the gateway
  POST /sandbox/optout          number: it wants no bulk messages
  GET  /sandbox/inbox           number, after: what arrived on a phone
  GET  /sandbox/accepted        everything that was taken
  GET  /sandbox/waiting         callbacks the gateway has not taken yet
  GET  /sandbox/faults          how badly it behaves; PUT the same, or late=2s,throttle=0.1
`

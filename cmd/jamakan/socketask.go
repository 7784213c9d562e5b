package main

import (
	"context"
	"encoding/json"
	"net/http"
)

// maxAsk is the most that a verb's question may weigh, in bytes.
const maxAsk = 64 << 10

// answers adds a question of the socket that carries plain values.
func answers[A, B any](mux *http.ServeMux, path string, f func(context.Context, A) (B, error)) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		var ask A
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsk)).Decode(&ask)
		var said B
		if err == nil {
			said, err = f(r.Context(), ask)
		}
		reply(w, said, err)
	})
}

// askWith asks the gateway with a plain value.
func (o remoteOffice) askWith(ctx context.Context, path string, ask, into any) error {
	body, err := o.post(ctx, path, jsonBody(ask))
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(into)
}

// servePersons answers the verbs on accounts.
func servePersons(mux *http.ServeMux, o office) {
	answers(mux, "/persons/add", o.AddPerson)
	answers(mux, "/persons/invite", o.InvitePerson)
	answers(mux, "/persons/disable", func(ctx context.Context, login string) (struct{}, error) {
		return struct{}{}, o.DisablePerson(ctx, login)
	})
	mux.HandleFunc("POST /persons", func(w http.ResponseWriter, r *http.Request) {
		all, err := o.Persons(r.Context())
		reply(w, all, err)
	})
}

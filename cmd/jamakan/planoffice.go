package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/store"
)

// planAsk is a plan file, and what to do with it.
type planAsk struct {
	Name   string // of the file, which settles what a text is
	Data   []byte
	Plan   string // the plan that a bare list of projects updates
	DryRun bool   // say what would change, and change nothing
}

// ImportPlan reads a plan file or a spreadsheet and imports it, and says what
// changed.
func (o ownOffice) ImportPlan(ctx context.Context, ask planAsk) ([]string, error) {
	known := planfile.Known{Plans: o.house.book.Content().Plans, Code: ask.Plan, Now: o.house.now()}
	plan, remarks, err := planfile.ReadAny(ask.Name, ask.Data, known)
	if err != nil {
		return nil, err
	}
	if ask.DryRun {
		return o.previewPlan(plan, remarks, known)
	}
	if err := o.refuseFictional(plan); err != nil {
		return nil, err
	}
	changes, err := o.house.book.Import(ctx, store.ByCommand, plan)
	if err != nil {
		return nil, err
	}
	var said []string
	for _, c := range changes {
		said = append(said, c.String())
	}
	if len(changes) == 0 {
		said = append(said, "Rien à changer : ce plan est déjà enregistré.")
	}
	for _, r := range remarks {
		said = append(said, r.String())
	}
	return said, nil
}

// previewPlan says what an import would change; what it would refuse is its
// error.
func (o ownOffice) previewPlan(plan civic.Plan, remarks []planfile.Remark, known planfile.Known) ([]string, error) {
	d := planfile.Preview(planOf(known.Plans, plan.Code), plan, known.Now, remarks)
	if err := o.refuseFictional(plan); err != nil && d.Refused == "" {
		d.Refused = err.Error()
	}
	if d.Refused != "" {
		return nil, errors.New(strings.Join(d.Lines(), "\n"))
	}
	return d.Lines(), nil
}

func (o ownOffice) refuseFictional(plan civic.Plan) error { return fictional(plan, o.house.cfg.Demo) }

// fictional refuses an invented plan in service.
func fictional(plan civic.Plan, demo bool) error {
	if plan.Fictional && !demo {
		return errors.New("ce plan est marqué fictif : une passerelle en service le refuse (demo: false). Si c'est votre plan, enlevez « fictif: oui » et le mot FICTIF des noms")
	}
	return nil
}

// PlanTemplate makes the spreadsheet of a recorded plan.
func (o ownOffice) PlanTemplate(_ context.Context, code string) ([]byte, error) {
	if p := planOf(o.house.book.Content().Plans, code); p != nil {
		return planfile.TemplateOf(*p)
	}
	return nil, fmt.Errorf("%w: pas de plan de code « %s »", errUse, code)
}

func planOf(plans []civic.Plan, code string) *civic.Plan {
	if i := slices.IndexFunc(plans, func(p civic.Plan) bool { return p.Code == code }); i >= 0 {
		return &plans[i]
	}
	return nil
}

// servePlans answers the plan verbs over the socket.
func servePlans(mux *http.ServeMux, o office) {
	mux.HandleFunc("POST /plan", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPlan))
		var said []string
		if err == nil {
			q := r.URL.Query()
			dry, _ := strconv.ParseBool(q.Get("dry"))
			said, err = o.ImportPlan(r.Context(), planAsk{Name: q.Get("name"), Data: data, Plan: q.Get("plan"), DryRun: dry})
		}
		reply(w, said, err)
	})
	mux.HandleFunc("POST /plan/template", func(w http.ResponseWriter, r *http.Request) {
		data, err := o.PlanTemplate(r.Context(), r.URL.Query().Get("plan"))
		reply(w, data, err)
	})
}

// ImportPlan asks the gateway to import a plan file.
func (o remoteOffice) ImportPlan(ctx context.Context, ask planAsk) ([]string, error) {
	q := url.Values{"name": {ask.Name}, "plan": {ask.Plan}, "dry": {strconv.FormatBool(ask.DryRun)}}
	body, err := o.post(ctx, "/plan?"+q.Encode(), bytes.NewReader(ask.Data))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var said []string
	return said, json.NewDecoder(body).Decode(&said)
}

// PlanTemplate asks the gateway for the spreadsheet of a plan.
func (o remoteOffice) PlanTemplate(ctx context.Context, code string) ([]byte, error) {
	body, err := o.post(ctx, "/plan/template?"+url.Values{"plan": {code}}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var data []byte
	return data, json.NewDecoder(body).Decode(&data)
}

package generic

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store/outbox"
)

// Config is how one gateway speaks.
type Config struct {
	Method string `yaml:"method" doc:"of callbacks: GET or POST"`
	Format string `yaml:"format" doc:"where their fields are: query, form or json; a field inside another is written a.b"`
	ID     string `yaml:"id" doc:"field of a text's name, empty: it has none"`
	From   string `yaml:"from" doc:"field of the sender"`
	To     string `yaml:"to" doc:"field of the number texted"`
	Text   string `yaml:"text" doc:"field of the text"`
	Date   string `yaml:"date" doc:"field of its date"`
	Ref    string `yaml:"ref" doc:"field of a long text's name, where its parts come one by one"`
	Part   string `yaml:"part" doc:"field of a part's number, from 1"`
	Parts  string `yaml:"parts" doc:"field of how many parts there are"`
	Prefix string `yaml:"prefix" doc:"put before a number that comes without +, like + or +223"`

	ReportID     string   `yaml:"report_id" doc:"field of a report's message"`
	ReportNumber string   `yaml:"report_number" doc:"field of its number"`
	ReportStatus string   `yaml:"report_status" doc:"field of its status"`
	ReportReason string   `yaml:"report_reason" doc:"field of its reason"`
	Delivered    []string `yaml:"delivered" doc:"statuses that mean: on the phone"`
	Failed       []string `yaml:"failed" doc:"statuses that mean: never"`
	OnItsWay     []string `yaml:"on_its_way" doc:"statuses that mean: not yet"`

	Send    string   `yaml:"send" doc:"address a message is posted to, with {to} {from} {username} {api_key} {ref}"`
	Headers []string `yaml:"headers" doc:"of that request, like Authorization: Bearer {api_key}"`
	Type    string   `yaml:"type" doc:"content type of that request: application/json or application/x-www-form-urlencoded"`
	Body    string   `yaml:"body" doc:"its body, with the same names and {text}; a form is written to={to}&message={text}"`
	Handle  string   `yaml:"handle" doc:"field of the answer with the provider's name of the message, in JSON; empty: reports can't be joined"`
	Cost    string   `yaml:"cost" doc:"field of the answer with the price"`
	Taken   []string `yaml:"taken" doc:"field=value of an answer that took the message, any of them; empty: every success"`
	Refused []string `yaml:"refused" doc:"field=value of an answer that refuses the number for good"`
}

// Default is a gateway that posts forms, like a phone that forwards its texts.
func Default() Config {
	return Config{
		Method: http.MethodPost, Format: callback.Form, ID: "id", From: "from", To: "to", Text: "text", Date: "date",
		ReportID: "id", ReportNumber: "number", ReportStatus: "status", ReportReason: "reason",
		Delivered: []string{"delivered", "DeliveredToTerminal", "Success"},
		Failed:    []string{"failed", "expired", "rejected", "DeliveryImpossible"},
		OnItsWay:  []string{"sent", "submitted", "buffered", "pending", "DeliveredToNetwork", "DeliveryUncertain", "MessageWaiting"},
		Type:      "application/x-www-form-urlencoded", Body: "to={to}&text={text}",
	}
}

// ErrConfig: the configuration can't be used; the message says what to write.
var ErrConfig = errors.New("generic gateway")

var _ sms.Codec = Codec{}

// Codec reads one gateway's callbacks. It is a stateless value.
type Codec struct {
	name string
	cfg  Config
}

// NewCodec makes a codec.
func NewCodec(name string, cfg Config) (Codec, error) {
	cfg.Method = strings.ToUpper(cfg.Method)
	c := Codec{name, cfg}
	switch {
	case cfg.Method != http.MethodGet && cfg.Method != http.MethodPost:
		return c, fmt.Errorf("%w: method: %q; write GET or POST", ErrConfig, cfg.Method)
	case !slices.Contains([]string{callback.Query, callback.Form, callback.JSON}, cfg.Format):
		return c, fmt.Errorf("%w: format: %q; write query, form or json", ErrConfig, cfg.Format)
	case cfg.Method == http.MethodGet && cfg.Format != callback.Query:
		return c, fmt.Errorf("%w: format: a GET has its fields in the address; write query", ErrConfig)
	case cfg.From == "" || cfg.Text == "":
		return c, fmt.Errorf("%w: from and text: name their fields", ErrConfig)
	case (cfg.Part == "") != (cfg.Parts == ""):
		return c, fmt.Errorf("%w: part and parts go together", ErrConfig)
	}
	return c, nil
}

// Name is the channel's name.
func (c Codec) Name() string { return c.name }

func (c Codec) values(r callback.Request) (callback.Values, error) {
	v, err := callback.Parse(r, c.cfg.Format)
	if err != nil {
		return v, fmt.Errorf("%w: %w", sms.ErrMalformed, err)
	}
	return v, nil
}

// Inbound reads a text.
func (c Codec) Inbound(r callback.Request) (sms.Inbound, error) {
	v, err := c.values(r)
	if err != nil {
		return sms.Inbound{}, err
	}
	in := sms.Inbound{
		ID: v.Text(c.cfg.ID), From: c.number(v.Text(c.cfg.From)), To: strings.TrimPrefix(v.Text(c.cfg.To), "tel:"),
		Text: v.Text(c.cfg.Text), At: date(v.Text(c.cfg.Date)), Ref: v.Text(c.cfg.Ref),
	}
	in.Part, in.Parts = count(v.Text(c.cfg.Part)), count(v.Text(c.cfg.Parts))
	if in.From == "" {
		return in, fmt.Errorf("%w: no %s", sms.ErrMalformed, c.cfg.From)
	}
	if in.Parts > 1 {
		in.ID = "" // parts share a name, or have one each: the whole is told by its parts
	}
	return in, nil
}

func count(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 255 {
		return 0
	}
	return n
}

// number completes a number that comes without its country.
func (c Codec) number(raw string) string {
	raw = strings.TrimPrefix(strings.TrimSpace(raw), "tel:")
	if raw == "" || strings.HasPrefix(raw, "+") || strings.Trim(raw, "0123456789") != "" {
		return raw
	}
	return c.cfg.Prefix + raw
}

// date reads the usual dates, and seconds or milliseconds since 1970. One that
// can't be read is the zero time.
func date(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, time.DateTime, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 1_000_000_000:
		return time.Time{}
	case n > 1_000_000_000_000:
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// Report reads a delivery report.
func (c Codec) Report(r callback.Request) (sms.Report, error) {
	v, err := c.values(r)
	if err != nil {
		return sms.Report{}, err
	}
	out := sms.Report{ID: v.Text(c.cfg.ReportID), Number: c.number(v.Text(c.cfg.ReportNumber))}
	out.Fate.Raw, out.Fate.Reason = v.Text(c.cfg.ReportStatus), v.Text(c.cfg.ReportReason)
	is := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, out.Fate.Raw) })
	}
	switch {
	case is(c.cfg.Delivered):
		out.Fate.State = outbox.Delivered
	case is(c.cfg.Failed):
		out.Fate.State = outbox.Failed
	case is(c.cfg.OnItsWay):
		out.Fate.State = outbox.Accepted
	}
	if out.ID == "" {
		return out, fmt.Errorf("%w: no %s", sms.ErrMalformed, c.cfg.ReportID)
	}
	return out, nil
}

// OptOut reads a number that wants silence.
func (c Codec) OptOut(r callback.Request) (sms.Notice, error) {
	v, err := c.values(r)
	if err != nil {
		return sms.Notice{}, err
	}
	number := v.Text(c.cfg.ReportNumber)
	if number == "" {
		number = v.Text(c.cfg.From)
	}
	if number == "" {
		return sms.Notice{}, fmt.Errorf("%w: no number", sms.ErrMalformed)
	}
	return sms.Notice{Number: c.number(number), Stop: true}, nil
}

// Subscription is not known of such gateways.
func (c Codec) Subscription(callback.Request) (sms.Notice, error) {
	return sms.Notice{}, fmt.Errorf("%w: subscriptions are not configured", sms.ErrMalformed)
}

package africastalking

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/form"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store/outbox"
)

var _ sms.Codec = Codec{}

// Codec reads Africa's Talking's callbacks. The zero value is ready.
type Codec struct{}

// Name returns "africastalking".
func (Codec) Name() string { return "africastalking" }

// Inbound reads a text. Only a text without its sender can't be read.
func (Codec) Inbound(r callback.Request) (sms.Inbound, error) {
	f, err := fields(r)
	if err != nil {
		return sms.Inbound{}, err
	}
	in := sms.Inbound{ID: get(f, "id"), From: get(f, "from"), To: get(f, "to"), At: date(get(f, "date"))}
	in.Text, _ = f.Get("text")
	if strings.TrimSpace(in.From) == "" {
		return in, fmt.Errorf("%w: no from", sms.ErrMalformed)
	}
	return in, nil
}

// Report reads a delivery report.
func (Codec) Report(r callback.Request) (sms.Report, error) {
	f, err := fields(r)
	if err != nil {
		return sms.Report{}, err
	}
	out := sms.Report{ID: get(f, "id"), Number: get(f, "phoneNumber")}
	out.Fate.Raw, out.Fate.Reason = get(f, "status"), get(f, "failureReason")
	out.Fate.State = stateOf(out.Fate.Raw)
	out.OptedOut = strings.EqualFold(out.Fate.Reason, "UserInBlackList")
	if out.ID == "" {
		return out, fmt.Errorf("%w: no id", sms.ErrMalformed)
	}
	return out, nil
}

// stateOf is what a status means. Those in use are not all documented:
// Expired, AbsentSubscriber and Delivered are seen, and case drifts. A phone
// that is off (AbsentSubscriber) may still be reached, so that is not final.
func stateOf(status string) outbox.State {
	switch strings.ToLower(strings.TrimSpace(status)) {
	case "sent", "submitted", "buffered", "absentsubscriber":
		return outbox.Accepted
	case "success", "delivered":
		return outbox.Delivered
	case "rejected", "failed", "expired":
		return outbox.Failed
	}
	return ""
}

// OptOut reads a number that wants no bulk messages.
func (Codec) OptOut(r callback.Request) (sms.Notice, error) {
	n, err := notice(r)
	n.Stop = true
	return n, err
}

// Subscription reads a number that joins or leaves a subscription: Addition or
// Deletion, in either case.
func (Codec) Subscription(r callback.Request) (sms.Notice, error) {
	n, err := notice(r)
	if err != nil {
		return n, err
	}
	f, err := fields(r)
	n.Stop = strings.EqualFold(get(f, "updateType"), "deletion")
	return n, err
}

func notice(r callback.Request) (sms.Notice, error) {
	f, err := fields(r)
	if err != nil {
		return sms.Notice{}, err
	}
	n := sms.Notice{Number: get(f, "phoneNumber")}
	if n.Number == "" {
		return n, fmt.Errorf("%w: no phoneNumber", sms.ErrMalformed)
	}
	return n, nil
}

func fields(r callback.Request) (form.Fields, error) {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return nil, fmt.Errorf("%w: empty body", sms.ErrMalformed)
	}
	var (
		f   form.Fields
		err error
	)
	if start := bytes.TrimLeft(r.Body, " \t\r\n"); bytes.HasPrefix(start, []byte{'{'}) {
		f, err = form.ParseJSON(nil, r.Body)
	} else {
		f, err = form.Parse(nil, r.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sms.ErrMalformed, err)
	}
	return f, nil
}

func get(f form.Fields, key string) string {
	v, _ := f.Get(key)
	return strings.TrimSpace(v)
}

// date reads the dates seen in the wild; those without a zone are UTC. One
// that can't be read is the zero time: the text is taken all the same.
func date(s string) time.Time {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04:05.999", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

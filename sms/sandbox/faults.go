package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Faults are how badly the provider behaves. Shares are from 0 (never) to 1
// (always); the zero value behaves well.
type Faults struct {
	Late             time.Duration `json:"late"`              // before every answer
	Report           time.Duration `json:"report"`            // before a final report
	NoReports        float64       `json:"no_reports"`        // of messages: never reported
	DuplicateReports float64       `json:"duplicate_reports"` // of reports: posted twice
	ReorderReports   float64       `json:"reorder_reports"`   // of messages: the final report before the first
	EarlyReports     float64       `json:"early_reports"`     // of messages: reported before the answer is given
	OddReports       float64       `json:"odd_reports"`       // of messages: a status nobody knows, too
	Fail             float64       `json:"fail"`              // of messages: Failed at the end
	DuplicateTexts   float64       `json:"duplicate_texts"`   // of texts: delivered twice
	Throttle         float64       `json:"throttle"`          // 429, nothing taken
	Unavailable      float64       `json:"unavailable"`       // 503, nothing taken
	Refuse           float64       `json:"refuse"`            // of recipients: refused with RefuseCode
	RefuseCode       int           `json:"refuse_code"`       // 403 unless told
	Account          string        `json:"account"`           // key, sender or balance: nothing is taken
	Nonsense         float64       `json:"nonsense"`          // a success with a page of HTML; nothing taken
	Silent           float64       `json:"silent"`            // taken, and the connection closed without an answer
	ErrorAfter       float64       `json:"error_after"`       // taken, and answered 500
}

// share is a field of Faults by its name.
func (f *Faults) share(name string) *float64 {
	switch name {
	case "no_reports":
		return &f.NoReports
	case "duplicate_reports":
		return &f.DuplicateReports
	case "reorder_reports":
		return &f.ReorderReports
	case "early_reports":
		return &f.EarlyReports
	case "odd_reports":
		return &f.OddReports
	case "fail":
		return &f.Fail
	case "duplicate_texts":
		return &f.DuplicateTexts
	case "throttle":
		return &f.Throttle
	case "unavailable":
		return &f.Unavailable
	case "refuse":
		return &f.Refuse
	case "nonsense":
		return &f.Nonsense
	case "silent":
		return &f.Silent
	case "error_after":
		return &f.ErrorAfter
	}
	return nil
}

// Names are the faults that ParseFaults knows.
func Names() []string {
	return []string{
		"late", "report", "no_reports", "duplicate_reports", "reorder_reports", "early_reports", "odd_reports", "fail", "duplicate_texts",
		"throttle", "unavailable", "refuse", "account", "nonsense", "silent", "error_after",
	}
}

// ErrFaults: faults that can't be read.
var ErrFaults = errors.New("faults can't be read")

// ParseFaults reads "late=2s,throttle=0.1,refuse=0.05:403,account=balance".
func ParseFaults(s string) (Faults, error) {
	var f Faults
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		if err := f.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return f, fmt.Errorf("%w: %q: %w; write name=value, names are %s", ErrFaults, item, err, strings.Join(Names(), ", "))
		}
	}
	return f, nil
}

func (f *Faults) set(name, value string) (err error) {
	switch name {
	case "late":
		f.Late, err = time.ParseDuration(value)
		return err
	case "report":
		f.Report, err = time.ParseDuration(value)
		return err
	case "account":
		if !slices.Contains([]string{"key", "sender", "balance"}, value) {
			return errors.New("key, sender or balance")
		}
		f.Account = value
		return nil
	case "refuse":
		value, code, coded := strings.Cut(value, ":")
		if coded {
			if f.RefuseCode, err = strconv.Atoi(code); err != nil || statusName(f.RefuseCode) == "" {
				return errors.New("no such code")
			}
		}
		return setShare(&f.Refuse, value)
	}
	share := f.share(name)
	if share == nil {
		return errors.New("no such fault")
	}
	return setShare(share, value)
}

func setShare(to *float64, value string) error {
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || x < 0 || x > 1 {
		return errors.New("a share from 0 to 1")
	}
	*to = x
	return nil
}

// statusName is the provider's word for a recipient's code, "" for none.
func statusName(code int) string {
	return map[int]string{
		100: "Processed", 101: "Sent", 102: "Success", 401: "RiskHold", 402: "InvalidSenderId", 403: "InvalidPhoneNumber",
		404: "UnsupportedNumberType", 405: "InsufficientBalance", 406: "UserInBlacklist", 407: "CouldNotRoute",
		409: "DoNotDisturbRejection", 500: "InternalServerError", 501: "GatewayError", 502: "RejectedByGateway",
	}[code]
}

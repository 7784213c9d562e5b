package africastalking

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	client "github.com/AndroidStudyOpenSource/africastalking-go/sms"

	"github.com/jamakan/jamakan/store/outbox"
)

// answer is the provider's answer: the client's recipient, and what its model
// leaves out.
type answer struct {
	Data struct {
		Message    string
		Recipients []recipient
	} `json:"SMSMessageData"`
}

type recipient struct {
	client.Recipient
	StatusCode code `json:"statusCode"`
}

// code is a number, which some answers write as text.
type code int

// UnmarshalJSON reads 102 or "102".
func (c *code) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(b), `"`))
	if err == nil {
		*c = code(n)
	}
	return nil
}

// Classify says what an answer means for the message to a number. Only a
// status that certainly took nothing is Transient.
func Classify(status int, body []byte, to string, after time.Duration) outbox.Result {
	r := outbox.Result{Code: strconv.Itoa(status), After: after}
	switch {
	case status/100 == 2:
		return taken(r, body, to)
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		r.Class, r.Reason = outbox.Transient, http.StatusText(status)
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		r.Class, r.Reason = outbox.Permanent, http.StatusText(status)
	case status/100 == 3 || status/100 == 4:
		// A wrong key, a blocked account, a wrong address, somebody's portal.
		r.Class, r.Reason = outbox.Account, "HTTP "+strconv.Itoa(status)+" "+http.StatusText(status)
	default:
		r.Class, r.Reason = outbox.Ambiguous, "HTTP "+strconv.Itoa(status)
	}
	return r
}

// taken reads the answer of a success: it may still have taken nothing.
func taken(r outbox.Result, body []byte, to string) outbox.Result {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil || a.Data.Message == "" && a.Data.Recipients == nil {
		r.Class, r.Reason = outbox.Ambiguous, "the answer can't be read"
		return r
	}
	if len(a.Data.Recipients) == 0 {
		r.Class, r.Code, r.Reason = outbox.Account, named(a.Data.Message), "no recipient was taken"
		return r
	}
	got := mine(a.Data.Recipients, to)
	if got == nil {
		r.Class, r.Reason = outbox.Ambiguous, "the answer names other recipients"
		return r
	}
	return recipientResult(r, *got, a.Data.Message)
}

// named is a code word of the provider, or "empty": never a whole sentence,
// which might hold a number.
func named(message string) string {
	if message == "" || len(message) > 40 || strings.ContainsAny(message, " +0123456789") {
		return "empty"
	}
	return message
}

// mine is the recipient with our number; alone, it needs none.
func mine(all []recipient, to string) *recipient {
	for i := range all {
		if digits(all[i].Number) == digits(to) {
			return &all[i]
		}
	}
	if len(all) == 1 && all[0].Number == "" {
		return &all[0]
	}
	return nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// recipientResult is what the provider says of one recipient. Codes are the
// provider's; an answer without one is told by its status.
func recipientResult(r outbox.Result, got recipient, message string) outbox.Result {
	status := int(got.StatusCode)
	if status == 0 {
		status = statusCodes()[strings.ToLower(got.Status)]
	}
	r.Code, r.Reason = strconv.Itoa(status), got.Status
	r.Handle = got.MessageID
	if r.Handle == "None" {
		r.Handle = ""
	}
	r.Cost, _ = outbox.ParseMoney(got.Cost) // what can't be read is not counted
	switch status {
	case 100, 101, 102:
		r.Class, r.Segments = outbox.Took, parts(message)
	case 403, 404, 407, 409:
		r.Class = outbox.Permanent
	case 406:
		r.Class, r.OptedOut = outbox.Permanent, true
	case 500, 501:
		r.Class = outbox.Transient
	case 401, 402, 405, 502:
		r.Class = outbox.Account
	default:
		r.Class = outbox.Ambiguous
	}
	if r.Class != outbox.Took {
		r.Handle, r.Cost = "", outbox.Money{}
	}
	return r
}

// statusCodes are the codes of the statuses.
func statusCodes() map[string]int {
	return map[string]int{
		"processed": 100, "sent": 101, "queued": 102, "success": 101, "riskhold": 401, "invalidsenderid": 402, "invalidphonenumber": 403,
		"unsupportednumbertype": 404, "insufficientbalance": 405, "userinblacklist": 406, "couldnotroute": 407, "donotdisturbrejection": 409,
		"internalservererror": 500, "gatewayerror": 501, "rejectedbygateway": 502,
	}
}

var messageParts = regexp.MustCompile(`Message parts: (\d{1,2})\b`)

// parts is how many segments the provider counted, 0 when it does not say.
func parts(message string) int {
	m := messageParts.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // two digits at most
	return n
}

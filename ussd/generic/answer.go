package generic

import (
	"net/http"
	"strings"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/ussd"
)

// Encode appends an answer to no request in particular.
func (c Codec) Encode(dst []byte, a ussd.Answer) (body []byte, contentType string) {
	return c.encode(dst, callback.Values{}, a)
}

// EncodeTo appends the answer to a request, which many gateways want repeated
// in part.
func (c Codec) EncodeTo(dst []byte, r ussd.Request, a ussd.Answer) (body []byte, contentType string) {
	v, err := callback.Parse(r, c.cfg.Format)
	if err != nil {
		v = callback.Values{} // nothing to repeat
	}
	return c.encode(dst, v, a)
}

// Header is what some gateways want beside the body: whether the call goes on.
func (c Codec) Header(a ussd.Answer) http.Header { return c.frame(a).header }

func (c Codec) frame(a ussd.Answer) frame {
	if a.End {
		return c.ending
	}
	return c.going
}

func (c Codec) encode(dst []byte, v callback.Values, a ussd.Answer) ([]byte, string) {
	return c.frame(a).body.fill(dst, func(name string) string {
		switch name {
		case "text":
			return c.replace.Replace(a.Text)
		case "session":
			return v.Text(c.cfg.Session)
		case "phone":
			return v.Text(c.cfg.Phone)
		case "code":
			return v.Text(c.cfg.Code)
		case "input":
			return v.Text(c.cfg.Input)
		case "network":
			return v.Text(c.cfg.Network)
		}
		return v.Text(strings.TrimPrefix(name, fieldMark))
	}), c.cfg.Type
}

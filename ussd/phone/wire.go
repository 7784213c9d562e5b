package phone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jamakan/jamakan/gsm"
)

// What goes wrong between a phone and a gateway.
var (
	// ErrUnreachable says that nobody answered.
	ErrUnreachable = errors.New("no answer from the gateway")
	// ErrRefused says that the gateway answered with a status other than 200.
	// The provider would end the call.
	ErrRefused = errors.New("the gateway refused the turn")
	// ErrNotAScreen says that the answer starts with neither CON nor END. The
	// provider would end the call.
	ErrNotAScreen = errors.New("the gateway's answer is not a screen")
)

const (
	// sandbox is the network code of Africa's Talking's simulator.
	sandbox = "99999"
	// patience is how long Africa's Talking waits for an answer.
	patience = 10 * time.Second
	// maxAnswer bounds an answer, in bytes. A screen has at most 182 letters.
	maxAnswer = 64 << 10
)

// Turn is one post of the provider.
type Turn struct {
	URL        string       // callback address, with its token
	Number     string       // the caller, +22376000001
	Code       string       // the code dialled, *384*55#
	Network    string       // default 99999, the provider's simulator
	Session    string       // the provider's name for the call
	Transcript string       // the call's inputs joined with `*`
	HTTP       *http.Client // default: ten seconds, no redirects
}

// Screen is what a phone shows.
type Screen struct {
	Text     string       // without CON or END
	End      bool         // the call is over
	Alphabet gsm.Alphabet // of Text
	Septets  int          // length of Text: septets, or UCS-2 units if the alphabet is that
	Raw      string       // the answer as it came
}

// Post sends one turn and returns the text of the answer, and whether it ends
// the call. It remembers nothing: the caller keeps the chain. Its errors are
// ErrUnreachable, ErrRefused and ErrNotAScreen, wrapped.
func Post(ctx context.Context, t Turn) (text string, end bool, err error) {
	s, err := t.post(ctx)
	return s.Text, s.End, err
}

// post sends the turn.
func (t Turn) post(ctx context.Context) (Screen, error) {
	address, err := url.Parse(t.URL)
	if err != nil || address.Host == "" {
		return Screen{}, fmt.Errorf("%w: its address is not a URL: give http://host:port/ussd/provider/token", ErrUnreachable)
	}
	place := address.Scheme + "://" + address.Host // the path holds a secret
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, strings.NewReader(t.body()))
	if err != nil {
		return Screen{}, fmt.Errorf("%w at %s: check its address", ErrUnreachable, place)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := t.client().Do(req)
	if err != nil {
		return Screen{}, fmt.Errorf("%w: is it running at %s? (%w)", ErrUnreachable, place, cause(err))
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return Screen{}, fmt.Errorf("%w: it stopped in the middle at %s (%w)", ErrUnreachable, place, cause(err))
	}
	if res.StatusCode != http.StatusOK {
		return Screen{}, fmt.Errorf("%w: HTTP %d from %s; %s", ErrRefused, res.StatusCode, place, advice(res.StatusCode))
	}
	return read(string(raw))
}

// body is the form, its fields in the provider's own order.
func (t Turn) body() string {
	network := t.Network
	if network == "" {
		network = sandbox
	}
	return "phoneNumber=" + url.QueryEscape(t.Number) +
		"&serviceCode=" + url.QueryEscape(t.Code) +
		"&text=" + url.QueryEscape(t.Transcript) +
		"&sessionId=" + url.QueryEscape(t.Session) +
		"&networkCode=" + url.QueryEscape(network)
}

// client is the caller's, or one that waits as long as the provider does.
func (t Turn) client() *http.Client {
	if t.HTTP != nil {
		return t.HTTP
	}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// cause takes the address, and the token in it, off a client's error.
func cause(err error) error {
	var in *url.Error
	if errors.As(err, &in) {
		return in.Err
	}
	return err
}

// advice says what to do about a status.
func advice(status int) string {
	switch {
	case status == http.StatusNotFound:
		return "check the provider and the token in the address"
	case status >= 300 && status < 400:
		return "give the address it redirects to"
	case status >= 500:
		return "read the gateway's log"
	}
	return "check the address"
}

// read tells the screen in an answer. White space in front is refused, as the
// provider refuses it.
func read(raw string) (Screen, error) {
	s := Screen{Raw: raw}
	var going bool
	if s.Text, going = strings.CutPrefix(raw, "CON "); !going {
		if s.Text, s.End = strings.CutPrefix(raw, "END "); !s.End {
			return Screen{}, fmt.Errorf("%w: it starts with neither CON nor END; is the address a gateway's callback?", ErrNotAScreen)
		}
	}
	s.Alphabet, s.Septets = gsm.Measure(s.Text)
	return s, nil
}

package monday

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/jamakan/jamakan/desk/export"
)

// Mail is a mail server that the weekly files leave by.
type Mail struct {
	Host     string
	Port     int
	User     string // "": without log-in
	Password string
	From     string
	TLS      string // starttls (refused without), tls, or none (only on this machine)
}

// ErrMail: the mail server's settings can't be used.
var ErrMail = errors.New("mail can't be used; write mail.tls as starttls, tls or none")

// Letter is one mail.
type Letter struct {
	To, Name, Subject, Text string
	Files                   []export.File
	ID                      string // of the message: a mail that leaves twice is known as one
}

// maxMail is the most that a mail's files weigh together, in bytes: rural
// mailboxes and lines are small.
const maxMail = 8 << 20

// Send hands one mail over. Its error names no address.
func (m *Mail) Send(ctx context.Context, l Letter) error {
	msg := gomail.NewMsg()
	if err := errors.Join(msg.From(m.From), msg.AddToFormat(l.Name, l.To)); err != nil {
		return fmt.Errorf("%w: an address is not complete", ErrMail)
	}
	msg.Subject(l.Subject)
	msg.SetMessageIDWithValue(l.ID + "@jamakan")
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	weight := 0
	for _, f := range l.Files {
		data, err := f.Bytes()
		if err != nil {
			return err
		}
		if weight += len(data); weight > maxMail {
			break // the rest is at the desk: a mail that no box takes helps nobody
		}
		if err := msg.AttachReader(f.Name, bytes.NewReader(data)); err != nil {
			return err
		}
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("the mail server did not take it: %s", strings.ReplaceAll(err.Error(), l.To, "(address)"))
	}
	return nil
}

func (m *Mail) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithPort(m.Port), gomail.WithTimeout(30 * time.Second)}
	switch m.TLS {
	case "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		opts = append(opts, gomail.WithSSL())
	case "none":
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, ErrMail
	}
	if m.User != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(m.User), gomail.WithPassword(m.Password))
	}
	return gomail.NewClient(m.Host, opts...)
}

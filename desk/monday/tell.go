package monday

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
)

// How long a mail server that fails is tried, and how often.
const (
	mailFor   = 48 * time.Hour
	mailEvery = 10 * time.Minute
)

// tell sends one coordinator what she asked for and has not got. owed counts
// what is still owed.
func (r *Runner) tell(ctx context.Context, w civic.Week, a store.Account) (owed int, err error) {
	m, _, err := r.cfg.Book.Monday(ctx, w)
	if err != nil {
		return 0, err
	}
	var unsent error
	if a.Digest && a.Phone != "" && r.cfg.Letter != nil && !slices.Contains(m.Texted, a.Login) {
		if unsent = r.text(ctx, w, a); unsent != nil {
			owed = 1
		}
	}
	mailed, err := r.tellByMail(ctx, w, m, a)
	return owed + mailed, errors.Join(unsent, err)
}

// tellByMail is the half of tell that goes by mail: one that fails keeps the
// other from nobody.
func (r *Runner) tellByMail(ctx context.Context, w civic.Week, m store.Monday, a store.Account) (owed int, err error) {
	if a.Email == "" || r.cfg.Mail == nil || slices.Contains(m.Mailed, a.Login) || slices.Contains(m.GivenUp, a.Login) {
		return 0, nil
	}
	now := r.cfg.Now()
	if now.Sub(w.End().Add(hour)) > mailFor && now.Sub(r.tried[a.Login]) < mailFor && !r.tried[a.Login].IsZero() {
		return 0, r.cfg.Book.StepMonday(ctx, w, func(m *store.Monday) { m.GivenUp = append(m.GivenUp, a.Login) })
	}
	if now.Sub(r.tried[a.Login]) < mailEvery {
		return 1, nil
	}
	r.tried[a.Login] = now
	if err := r.mail(ctx, w, a); err != nil {
		return 1, err
	}
	return 0, r.cfg.Book.StepMonday(ctx, w, func(m *store.Monday) {
		if !slices.Contains(m.Mailed, a.Login) {
			m.Mailed = append(m.Mailed, a.Login)
		}
	})
}

// text puts the digest into the outbox, as one segment: what does not fit is
// left out from the end.
func (r *Runner) text(ctx context.Context, w civic.Week, a store.Account) error {
	l := r.words(a.Lang)
	d, err := r.Digest(ctx, w, &a.Coordinator)
	if err != nil {
		return err
	}
	for _, text := range d.Texts(l) {
		letter, err := r.cfg.Letter(l.Tag, text)
		if err != nil {
			return err
		}
		if letter.Segments == 1 {
			return r.cfg.Book.TextMonday(ctx, w, a.Login, a.Phone, letter)
		}
	}
	return fmt.Errorf("the digest of %s does not fit one SMS", w)
}

func (r *Runner) words(lang string) *locales.Locale {
	if l, ok := r.cfg.Catalog.Locale(lang); ok && l.Has("monday.digest") {
		return l
	}
	return r.cfg.Catalog.Default(r.cfg.Lang)
}

// mail sends the workbook and the posters of her territory, in the fullest
// profile that her role may have.
func (r *Runner) mail(ctx context.Context, w civic.Week, a store.Account) error {
	hers := export.Profiles(a.Role)
	files, err := r.cfg.Files(ctx, w, hers[len(hers)-1], a.Territory, "xlsx", "pdf")
	if err != nil {
		return err
	}
	d, err := r.Digest(ctx, w, &a.Coordinator)
	if err != nil {
		return err
	}
	l := r.cfg.Catalog.Default(r.cfg.Lang)
	body := l.Text("desk.monday.body", locales.Arg{Name: "Name", Value: a.Name}, locales.Arg{Name: "Digest", Value: d.Texts(l)[0]})
	return r.cfg.Mail.Send(ctx, Letter{
		To: a.Email, Name: a.Name, Subject: l.Text("desk.monday.subject", locales.Arg{Name: "Week", Value: w.String()}), Text: body, Files: files,
		ID: "monday-" + w.String() + "-" + a.Login,
	})
}

package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// oneLetter spells nothing: one SMS.
func oneLetter(_, text string) ([]store.Letter, error) {
	return []store.Letter{{Provider: "p", Purpose: outbox.Reply, Text: "Mairie: " + text, Alphabet: "GSM-7", Units: len(text) + 8, Segments: 1}}, nil
}

// An answer is there once, whatever comes twice, and leaves for who asked.
func TestAnswer(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	var posted []outbox.Message
	var mu sync.Mutex
	l.OnLetter(func(m outbox.Message) { mu.Lock(); posted = append(posted, m); mu.Unlock() })
	ref := l.say(one, "1", "01010103", "eau", "la pompe")
	stop := l.person(one).Citizen()
	stop.News = civic.NewsStopped // the answer to her own text is still hers
	if _, err := l.Commit(ctx, store.Deed{ID: store.ID{9}, Person: l.person(one), Act: civic.Act{Deed: civic.SaveProfile, Citizen: stop}}); err != nil {
		t.Fatal(err)
	}
	answer := store.Answer{Form: "form-1", Text: " On vient\r\nvoir \u202elundi\x00 ", Lang: "bm"}
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			if err := l.AnswerText(ctx, "awa", ref, answer, oneLetter); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	all := l.letters()
	if len(all) != 1 || len(posted) != 1 {
		t.Fatalf("%d letters, %d told to the sender", len(all), len(posted))
	}
	to, text, err := l.OpenLetter(posted[0])
	if err != nil || to != one || text != "Mairie: On vient\nvoir lundi" || posted[0].Purpose != outbox.Reply {
		t.Errorf("%q %q %v %+v", to, text, err, posted[0])
	}
	o := l.shown(ref)
	if o.Status != civic.Replied || len(o.Replies) != 1 || o.Replies[0].Ref != posted[0].Ref || o.Replies[0].State != outbox.Queued || o.AnsweredAt.IsZero() || o.SeenAt.IsZero() {
		t.Errorf("%+v", o)
	}
	if got, err := l.Receipt(ctx, ref); err != nil || got.Verdict != civic.Answered || !got.At.Equal(o.AnsweredAt) {
		t.Errorf("the check of her reference: %+v %v", got, err)
	}
	if lines := l.journal(); strings.Count(lines, "text.answer") != 1 || strings.Contains(lines, "lundi") || !strings.Contains(lines, "bm, 1 SMS") {
		t.Error(lines)
	}
	if err := l.CloseText(ctx, "awa", ref, "trop tard"); !errors.Is(err, store.ErrAnswered) {
		t.Errorf("closed: %v", err)
	}
	// The command is forgotten after a week; the form is still known.
	l.now = l.now.AddDate(0, 0, 30)
	l.must(l.Sweep(ctx))
	l.must(l.AnswerText(ctx, "awa", ref, answer, oneLetter))
	if n := len(l.letters()); n != 1 {
		t.Errorf("%d letters: an old form was sent again", n)
	}
	// Another form is another answer, and so are other words: nothing that a
	// page said was sent is lost.
	answer.Form = "form-2"
	l.must(l.AnswerText(ctx, "awa", ref, answer, oneLetter))
	answer.Text = "On vient mardi"
	l.must(l.AnswerText(ctx, "awa", ref, answer, oneLetter))
	if n := len(l.letters()); n != 3 {
		t.Errorf("%d letters", n)
	}
}

func TestAnswerToARumour(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref := l.say(one, "1", "01010103", "rumeur", "on dit que")
	plain := l.say(one, "2", "01010103", "eau", "la pompe")
	for _, tc := range []struct {
		ref     string
		verdict store.Verdict
		want    error
		status  civic.FeedbackStatus
	}{
		{ref, store.NoVerdict, store.ErrVerdict, civic.Received},
		{plain, store.True, store.ErrVerdict, civic.Received},
		{ref, store.Unchecked, nil, civic.Seen},
		{ref, store.False, nil, civic.Replied},
		{ref, store.Unchecked, nil, civic.Replied},
	} {
		err := l.AnswerText(ctx, "awa", tc.ref, store.Answer{Form: fmt.Sprint(tc), Text: "ce n'est pas le cas", Lang: "fr", Verdict: tc.verdict}, oneLetter)
		if o := l.shown(tc.ref); !errors.Is(err, tc.want) || o.Status != tc.status {
			t.Errorf("%+v: %v, status %s", tc, err, o.Status)
		}
	}
}

// After EFFACER there is nobody to answer and nothing left of what was said.
func TestErasedTexts(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref, untouched := l.say(one, "1", "01010103", "eau", "secret"), l.say(two, "2", "01010103", "eau", "reste")
	l.must(l.Summarise(ctx, "awa", ref, "resume"))
	l.must(l.AnswerText(ctx, "awa", ref, store.Answer{Form: "f", Text: "secret aussi", Lang: "fr"}, oneLetter))
	closed := l.say(one, "3", "01010103", "eau", "encore")
	l.must(l.CloseText(ctx, "awa", closed, "la femme du forgeron"))
	l.must(l.EraseTexts(ctx, l.person(one)))
	kept := fmt.Sprintf("%+v", l.shown(closed))
	l.must(l.Journal(ctx, 0, func(e store.Entry) bool {
		kept += fmt.Sprintf("\n%+v", e)
		return true
	}))
	if strings.Contains(kept, "forgeron") {
		t.Errorf("what was said of an erased text is kept: %s", kept)
	}
	l.text(l.person(one), "erase", civic.Act{Deed: civic.EraseMe}, "Effacés")
	o := l.shown(ref)
	if o.Status != civic.ErasedOnAsk || o.Text != "" || o.Summary != "" || len(o.Replies) != 1 || o.Replies[0].Text != "" || o.Replies[0].Ref != "" || o.Replies[0].State != "" || o.Answerable {
		t.Errorf("%+v", o)
	}
	_, look := l.LookAtNumber(ctx, "awa", ref)
	_, mask := l.MaskedNumber(ctx, ref)
	for name, err := range map[string]error{
		"answer": l.AnswerText(ctx, "awa", ref, store.Answer{Form: "g", Text: "x", Lang: "fr"}, oneLetter), "look": look, "mask": mask,
		"read": l.ReadText(ctx, "awa", ref), "label": l.Label(ctx, "awa", ref, []string{"x"}),
	} {
		if !errors.Is(err, store.ErrErased) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if o := l.shown(untouched); o.Text != "reste" || !o.Answerable {
		t.Errorf("%+v", o)
	}
}

// A number is told only once its line is in the journal.
func TestLookAtNumber(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref := l.say(one, "1", "01010103", "eau", "la pompe")
	if masked, err := l.MaskedNumber(ctx, ref); err != nil || masked != "+223 76 •• •• 01" {
		t.Errorf("%q %v", masked, err)
	}
	for range 2 {
		if got, err := l.LookAtNumber(ctx, "awa", ref); err != nil || got != one {
			t.Errorf("%q %v", got, err)
		}
	}
	if lines := l.journal(); strings.Count(lines, "text.number") != 2 || strings.Contains(lines, one[4:]) {
		t.Error(lines)
	}
	full, err := store.NewBook(failing{l.engine, store.ErrRefused}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	l.must(err)
	if got, err := full.LookAtNumber(ctx, "awa", ref); err == nil || got != "" {
		t.Errorf("without a line in the journal: %q %v", got, err)
	}
}

// forgetful applies a command and loses the answer, as a crash does.
type forgetful struct{ store.Engine }

func (f forgetful) Do(ctx context.Context, cmd store.Command) (store.Result, error) {
	_, err := f.Engine.Do(ctx, cmd)
	return store.Result{}, errors.Join(err, fmt.Errorf("%w: as the test wants", store.ErrUnknown))
}

// The process dies after the answer is on disk and before the page says so:
// the coordinator sends her form again, and one SMS leaves.
func TestAnswerOverACrash(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref := l.say(one, "1", "01010103", "eau", "la pompe")
	dying, err := store.NewBook(forgetful{l.engine}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	l.must(err)
	answer := store.Answer{Form: "form", Text: "demain", Lang: "fr"}
	if err := dying.AnswerText(ctx, "awa", ref, answer, oneLetter); !errors.Is(err, store.ErrUnknown) {
		t.Fatal(err)
	}
	l.must(l.engine.Close())
	l.open()
	l.must(l.AnswerText(ctx, "awa", ref, answer, oneLetter))
	if o, n := l.shown(ref), len(l.letters()); n != 1 || len(o.Replies) != 1 || strings.Count(l.journal(), "text.answer") != 1 {
		t.Errorf("%d letters, %d replies", n, len(o.Replies))
	}
	refusing, err := store.NewBook(failing{l.engine, store.ErrRefused}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	l.must(err)
	answer.Form = "other"
	if err := refusing.AnswerText(ctx, "awa", ref, answer, oneLetter); !errors.Is(err, store.ErrRefused) || len(l.letters()) != 1 {
		t.Errorf("refused: %v", err)
	}
}

// Nothing that the desk reads of a text leads to a number, and nothing in the
// file does.
func TestNothingInTheInboxLeadsToANumber(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref := l.say(one, "1", "01010103", "eau", "la pompe")
	l.must(l.ReadText(ctx, "awa", ref))
	l.must(l.AnswerText(ctx, "awa", ref, store.Answer{Form: "f", Text: "demain", Lang: "fr"}, oneLetter))
	if _, err := l.LookAtNumber(ctx, "awa", ref); err != nil {
		t.Fatal(err)
	}
	counts, err := l.InboxCounts(ctx, nil)
	l.must(err)
	key := l.keys.Citizen(one)
	for name, v := range map[string]any{"page": l.page(store.Filter{}), "text": l.shown(ref), "counts": counts, "journal": l.journal()} {
		said, err := json.Marshal(v)
		l.must(err)
		for _, trace := range []string{one, one[4:], fmt.Sprintf("%x", key), string(key[:])} {
			if strings.Contains(string(said), trace) {
				t.Errorf("%s holds %q", name, trace)
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
	l.must(err)
	if strings.Contains(string(raw), one[4:]) {
		t.Error("the file holds the number")
	}
	o := l.shown(ref)
	sealed := ""
	l.must(l.engine.View(ctx, func(s store.Snapshot) error {
		return s.Scan("feedback/", "", func(_ store.Key, v []byte) bool { sealed = string(v); return true })
	}))
	if strings.Contains(sealed, fmt.Sprintf("%x", key)) || o.Reference == "" {
		t.Error("the record holds her key")
	}
}

func TestReadyAnswers(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	r := store.Ready{Name: " Pompe en  panne ", Kind: civic.Complaint, Texts: map[string]string{"fr": "On vient.", "bm": "An bɛ na.", "snk": " "}}
	for range 2 {
		l.must(l.PutReady(ctx, "awa", r))
	}
	l.must(l.PutReady(ctx, "awa", store.Ready{Name: "../x", Texts: map[string]string{"fr": "A"}}))
	all, err := l.ReadyAnswers(ctx)
	if err != nil || len(all) != 2 || all[1].Name != "Pompe en panne" || len(all[1].Texts) != 2 || all[1].Kind != civic.Complaint {
		t.Errorf("%+v %v", all, err)
	}
	for name, err := range map[string]error{
		"no text": l.PutReady(ctx, "awa", store.Ready{Name: "vide"}), "no name": l.PutReady(ctx, "awa", store.Ready{Texts: r.Texts}),
		"a number": l.PutReady(ctx, "awa", store.Ready{Name: "76000001", Texts: r.Texts}),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	l.must(l.DeleteReady(ctx, "awa", "../x"))
	if err := l.DeleteReady(ctx, "awa", "../x"); !errors.Is(err, store.ErrNoReady) {
		t.Errorf("deleted twice: %v", err)
	}
	if lines := l.journal(); strings.Count(lines, "template.put") != 2 || strings.Count(lines, "template.delete") != 1 {
		t.Error(lines)
	}
}

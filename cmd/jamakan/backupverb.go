package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/backup"
)

type backupVerb struct {
	File       string   `arg:"" help:"File to write, on another disk than the data."`
	To         []string `help:"Public key of age (age1...) to encrypt to; several may be given. Without: those of backup.to." placeholder:"KEY"`
	Recipients string   `help:"File of public keys, one a line." placeholder:"FILE"`
	Plain      bool     `help:"Don't encrypt, even if backup.to says so."`
	Overwrite  bool     `help:"Replace a file that is there, once the new one is whole."`
}

// backupAsk is whom a backup is encrypted to.
type backupAsk struct {
	To []string `json:"to,omitempty"`
}

// Run makes a backup, through the running gateway if there is one.
func (v backupVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	ask := backupAsk{To: cfg.Backup.To}
	if err := v.recipients(&ask); err != nil {
		return err
	}
	if err := backup.Free(v.File, v.Overwrite); err != nil {
		return err
	}
	o, err := openOffice(ctx, cfg, w)
	if err != nil {
		return err
	}
	err = backup.Put(ctx, v.File, v.Overwrite, func(to io.Writer) error { return o.Backup(ctx, ask, to) })
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("no backup was made: %w", err)
	}
	return v.tell(w)
}

// recipients settles whom it is encrypted to.
func (v backupVerb) recipients(ask *backupAsk) error {
	given := v.To
	if v.Recipients != "" {
		more, err := backup.RecipientsFile(v.Recipients)
		if err != nil {
			return fmt.Errorf("%w: --recipients: %w", errUse, err)
		}
		given = append(given, more...)
	}
	switch {
	case v.Plain && len(given) > 0:
		return fmt.Errorf("%w: --plain and a key to encrypt to: give one of them", errUse)
	case v.Plain:
		ask.To = nil
	case len(given) > 0:
		ask.To = given
	}
	if _, err := backup.Recipients(ask.To); err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	return nil
}

// tell says what is in the file.
func (v backupVerb) tell(w world) error {
	b, err := backup.Open(v.File)
	if err != nil {
		return err
	}
	defer b.Close()
	m := b.Manifest()
	fmt.Fprintf(w.stdout, "%s: verified; %s\n", v.File, describe(m))
	if !m.Encrypted {
		fmt.Fprintln(w.stdout, "It is not encrypted: it tells what the database tells (docs/security.md). Encrypt it with --to age1...")
	}
	_, err = fmt.Fprintf(w.stdout, "It can only be restored with master key %s: keep that apart (jamakan key export).\n", m.Key)
	return err
}

// describe says in one line what a backup holds.
func describe(m backup.Manifest) string {
	s := fmt.Sprintf("%d ballots, tree of %d records with root %s, as of %s, %d KB, made by Jamakan %s with master key %s",
		m.Ballots, m.Records, m.Root[:min(16, len(m.Root))], m.Created.In(civic.Bamako).Format("2006-01-02 15:04:05"), (m.Bytes+1023)>>10, m.Program, m.Key)
	if m.Encrypted {
		s += ", encrypted to " + strings.Join(m.To, " and ")
	}
	return s
}

// Backup writes a backup. That a copy of everything leaves is in the journal
// before it does.
func (o ownOffice) Backup(ctx context.Context, ask backupAsk, w io.Writer) error {
	if err := o.house.noteBackup(ctx, ask.To); err != nil {
		return err
	}
	_, err := o.house.writeBackup(ctx, w, ask.To)
	return err
}

// Backup asks the gateway for one.
func (o remoteOffice) Backup(ctx context.Context, ask backupAsk, w io.Writer) error {
	body, err := o.post(ctx, "/backup", jsonBody(ask))
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("writing what the running gateway sends: %w", err)
	}
	return nil
}

// serveBackup answers the verb. A backup that fails half way is cut, and who
// reads it sees that its end is missing.
func serveBackup(mux *http.ServeMux, o office) {
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		var ask backupAsk
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsk)).Decode(&ask)
		out := told{w: w}
		if err == nil {
			err = o.Backup(r.Context(), ask, &out)
		}
		switch {
		case err == nil:
		case out.n == 0:
			reply(w, nil, err)
		default:
			panic(http.ErrAbortHandler)
		}
	})
}

// told counts what was sent.
type told struct {
	w io.Writer
	n int64
}

// Write writes.
func (c *told) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// noteBackup writes into the journal that a backup was asked for. A store that
// is full can be backed up all the same.
func (h *house) noteBackup(ctx context.Context, to []string) error {
	about := "plain"
	if len(to) > 0 {
		about = "encrypted"
	}
	err := h.book.Note(ctx, store.ByCommand, "data.backup", about, to...)
	if errors.Is(err, store.ErrRefused) {
		return nil
	}
	return err
}

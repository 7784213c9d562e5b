package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/store"
)

type coordinatorVerb struct {
	Add     coordinatorAdd     `cmd:"" help:"Add an account, and print the invitation by which its owner chooses a password."`
	List    coordinatorList    `cmd:"" help:"List the accounts."`
	Invite  coordinatorInvite  `cmd:"" help:"Print a new invitation: the present password and second step stop working."`
	Disable coordinatorDisable `cmd:"" help:"Close an account and end its sessions."`
}

// personAsk is an account to add.
type personAsk struct {
	Login     string
	Name      string
	Role      civic.Role
	Territory []civic.Code
	Hash      string // of a password chosen at the terminal; "": she is invited
}

// personLine is an account as it is listed: nothing of hers alone.
type personLine struct {
	Login, Name, Role, State string
	Territory                []civic.Code
	Created                  time.Time
}

// invitation is how a person chooses her password.
type invitation struct {
	Token string
	Until time.Time
	Desk  string // where the desk listens
}

type coordinatorAdd struct {
	Login         string   `arg:"" help:"Name to log in with: 2 to 32 small letters, digits, dots and hyphens."`
	Name          string   `help:"Name as colleagues read it. Empty: the login." placeholder:"NAME"`
	Role          string   `help:"administrateur: everything; coordinateur: the work of a territory; observateur: reads and verifies." enum:"administrateur,coordinateur,observateur" default:"coordinateur"`
	Territory     []string `help:"Codes of places, separated by commas: 0101 is a cercle with all its communes." placeholder:"CODE"`
	PasswordStdin bool     `help:"Read the password from standard input instead of making an invitation."`
}

// Run adds an account.
func (v coordinatorAdd) Run(ctx context.Context, c *common, w world) error {
	ask := personAsk{Login: strings.ToLower(v.Login), Name: v.Name, Role: civic.Role(v.Role)}
	if !civic.ValidLogin(ask.Login) {
		return fmt.Errorf("%w: %q is no login: 2 to 32 small letters, digits, dots and hyphens", errUse, v.Login)
	}
	if ask.Name == "" {
		ask.Name = ask.Login
	}
	if ask.Name != printable(ask.Name) || len(ask.Name) > 60 {
		return fmt.Errorf("%w: --name holds something that does not show, or is over 60 letters", errUse)
	}
	for _, place := range v.Territory {
		code := civic.Code(strings.TrimSpace(place))
		if code.Level() == "" {
			return fmt.Errorf("%w: --territory %s is no place code: 2, 4, 6 or 8 digits", errUse, place)
		}
		ask.Territory = append(ask.Territory, code)
	}
	if ask.Role == civic.Coordinating && len(ask.Territory) == 0 {
		return fmt.Errorf("%w: a coordinator has a territory: add --territory with the code of a commune, or of a cercle", errUse)
	}
	if v.PasswordStdin {
		hash, err := passwordFrom(w, ask.Login)
		if err != nil {
			return err
		}
		ask.Hash = hash
	}
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	in, err := o.AddPerson(ctx, ask)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s (%s) is added.\n", ask.Login, ask.Role)
	return printInvitation(w, in)
}

// passwordFrom reads a password from standard input and gives what is kept of
// it.
func passwordFrom(w world, login string) (string, error) {
	line, err := bufio.NewReader(w.stdin).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if password == "" && err != nil {
		return "", fmt.Errorf("%w: no password on standard input", errUse)
	}
	switch err := guard.CheckPassword(password, login); {
	case errors.Is(err, guard.ErrShort):
		return "", fmt.Errorf("%w: the password is shorter than %d letters", errUse, guard.MinPassword)
	case err != nil:
		return "", fmt.Errorf("%w: %w: choose several words that have nothing to do with each other", errUse, err)
	}
	return guard.Hash(password)
}

func printInvitation(w world, in invitation) error {
	if in.Token == "" {
		return nil
	}
	_, err := fmt.Fprintf(w.stdout, "Give this address to its owner, hand to hand. It lets one person choose a password, once, until %s (Bamako):\n  http://%s/invitation/%s\n",
		in.Until.In(civic.Bamako).Format("2006-01-02 15:04"), in.Desk, in.Token)
	return err
}

type coordinatorList struct{}

// Run lists the accounts.
func (coordinatorList) Run(ctx context.Context, c *common, w world) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	all, err := o.Persons(ctx)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err = fmt.Fprintln(w.stdout, "No account yet: jamakan coordinator add LOGIN --role administrateur")
		return err
	}
	t := tabwriter.NewWriter(w.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "login\tname\trole\tterritory\tstate")
	for _, a := range all {
		places := make([]string, len(a.Territory))
		for i, code := range a.Territory {
			places[i] = string(code)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", a.Login, printable(a.Name), a.Role, orDash(strings.Join(places, " ")), a.State)
	}
	return t.Flush()
}

type coordinatorInvite struct {
	Login string `arg:"" help:"Whose account."`
}

// Run makes a new invitation.
func (v coordinatorInvite) Run(ctx context.Context, c *common, w world) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	in, err := o.InvitePerson(ctx, v.Login)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return printInvitation(w, in)
}

type coordinatorDisable struct {
	Login string `arg:"" help:"Whose account."`
}

// Run closes an account.
func (v coordinatorDisable) Run(ctx context.Context, c *common, w world) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	err = o.DisablePerson(ctx, v.Login)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "%s is closed; its sessions are over.\n", v.Login)
	return err
}

// AddPerson adds an account, and invites who chose no password.
func (o ownOffice) AddPerson(ctx context.Context, ask personAsk) (invitation, error) {
	a := store.Account{Coordinator: civic.Coordinator{Login: ask.Login, Name: ask.Name, Role: ask.Role, Territory: ask.Territory}, Hash: ask.Hash}
	if err := o.house.book.AddAccount(ctx, store.ByCommand, a); err != nil {
		return invitation{}, err
	}
	if ask.Hash != "" {
		return invitation{}, nil
	}
	return o.InvitePerson(ctx, ask.Login)
}

// InvitePerson makes a new invitation.
func (o ownOffice) InvitePerson(ctx context.Context, login string) (invitation, error) {
	token, err := desk.NewInvitation()
	if err != nil {
		return invitation{}, err
	}
	until, err := o.house.book.Invite(ctx, store.ByCommand, login, token)
	return invitation{token, until, o.house.cfg.Desk}, err
}

// DisablePerson closes an account.
func (o ownOffice) DisablePerson(ctx context.Context, login string) error {
	return o.house.book.DisableAccount(ctx, store.ByCommand, login)
}

// Persons are the accounts, without what is theirs alone.
func (o ownOffice) Persons(ctx context.Context) ([]personLine, error) {
	accounts, err := o.house.book.Accounts(ctx)
	lines := make([]personLine, len(accounts))
	for i, a := range accounts {
		state := "open"
		switch {
		case !a.Disabled.IsZero():
			state = "closed " + a.Disabled.In(civic.Bamako).Format(time.DateOnly)
		case a.Hash == "":
			state = "invited, no password yet"
		case a.TOTP != "":
			state = "open, two steps"
		}
		lines[i] = personLine{a.Login, a.Name, string(a.Role), state, a.Territory, a.Created}
	}
	return lines, err
}

// AddPerson asks the gateway.
func (o remoteOffice) AddPerson(ctx context.Context, ask personAsk) (in invitation, err error) {
	return in, o.askWith(ctx, "/persons/add", ask, &in)
}

// InvitePerson asks the gateway.
func (o remoteOffice) InvitePerson(ctx context.Context, login string) (in invitation, err error) {
	return in, o.askWith(ctx, "/persons/invite", login, &in)
}

// DisablePerson asks the gateway.
func (o remoteOffice) DisablePerson(ctx context.Context, login string) error {
	var nothing struct{}
	return o.askWith(ctx, "/persons/disable", login, &nothing)
}

// Persons asks the gateway.
func (o remoteOffice) Persons(ctx context.Context) (all []personLine, err error) {
	return all, o.ask(ctx, "/persons", &all)
}

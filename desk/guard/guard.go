package guard

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Config is what a guard is made of.
type Config struct {
	Book   *store.Book
	Now    func() time.Time
	Logger *slog.Logger
	// Encrypted says that browsers reach the desk by TLS, here or at a proxy,
	// whatever host's name the proxy asks for.
	Encrypted bool
}

// Guard knows who is at the desk. It is safe for concurrent use.
type Guard struct {
	cfg      Config
	sessions *sessions
	throttle *throttle
	second   *second
	hashing  hashing
	nobody   string // a hash that unknown logins are held against, so that they take as long
}

// New makes a guard.
func New(cfg Config) (*Guard, error) {
	pad, err := secretText(16)
	if err != nil {
		return nil, err
	}
	nobody, err := Hash(pad)
	if err != nil {
		return nil, err
	}
	return &Guard{cfg: cfg, sessions: newSessions(), throttle: newThrottle(), second: newSecond(), hashing: newHashing(), nobody: nobody}, nil
}

// Errors of a log-in; the desk says each in words.
var (
	// ErrWrong: no such login, or not its password, or disabled. Which, is not said.
	ErrWrong = errors.New("login or password is wrong")
	// ErrCode: not the code of now, or one used already.
	ErrCode = errors.New("the code is wrong or used")
	// ErrToken: the form was not given by a page of this session.
	ErrToken = errors.New("the form is not of this session")
	// ErrForbidden: the role has no right to it, or the territory does not hold it.
	ErrForbidden = errors.New("not allowed")
)

// WaitError asks to wait before another log-in.
type WaitError struct{ For time.Duration }

// Error says how long.
func (e *WaitError) Error() string { return "too many failures: wait " + e.For.String() }

const cookieName = "jamakan"

// LogIn holds a login and password against the accounts and begins a session,
// half a one where a second step is owed. It sets the cookie.
func (g *Guard) LogIn(c echo.Context, login, password string) (half bool, err error) {
	now := g.cfg.Now()
	login = strings.ToLower(strings.TrimSpace(login))
	name := tryOf(login)
	if !civic.ValidLogin(login) {
		name, login = "no login", "?" // one name for all that can't be one
	}
	if wait := g.throttle.begin(name, loginTries, now); wait > 0 && login != "?" {
		return false, &WaitError{wait}
	}
	a, known, err := g.account(c.Request().Context(), login, password)
	switch {
	case errors.Is(err, ErrWrong) && known:
		g.throttle.keep(name)
		g.note(c, "login.failed", login)
	case errors.Is(err, ErrWrong) && g.throttle.begin(strangers, loginTries, now) == 0:
		g.note(c, "login.failed", login) // not each of a flood: the journal is kept for good
	}
	if err != nil {
		return false, err
	}
	g.throttle.passed(name)
	if half = a.TOTP != ""; !half {
		g.noteBy(c, a.Login, "login", a.Login)
	}
	return half, g.begin(c, a, half)
}

// strangers is what failures of names without an account are counted under.
const strangers = "strangers"

// tryOf is what the guesses at a login's password are counted under.
func tryOf(login string) string { return "login " + login }

// begin opens a session and sets its cookie; one that was there is over.
func (g *Guard) begin(c echo.Context, a store.Account, half bool) error {
	g.sessions.close(cookieOf(c))
	cookie, err := g.sessions.open(a, c.Request().UserAgent(), half, g.cfg.Now())
	if err != nil {
		return err
	}
	g.setCookie(c, cookie, sessionLife)
	return nil
}

// account is the account of a login whose password this is, else ErrWrong;
// known, whether there is one of that name. Every answer takes a hash's time.
func (g *Guard) account(ctx context.Context, login, password string) (a store.Account, known bool, err error) {
	a, err = g.cfg.Book.Account(ctx, login)
	if known = err == nil; !known && !errors.Is(err, store.ErrAccount) {
		return a, known, err
	}
	hash := a.Hash
	if hash == "" {
		hash = g.nobody
	}
	if len(password) > maxPassword {
		password = password[:maxPassword]
	}
	g.hashing <- struct{}{}
	ok, err := Matches(password, hash)
	<-g.hashing
	if err != nil {
		return a, known, err
	}
	if !ok || a.Hash == "" || !a.Disabled.IsZero() {
		return store.Account{}, known, ErrWrong
	}
	return a, known, nil
}

// SecondStep takes the code of a half session and makes it whole.
func (g *Guard) SecondStep(c echo.Context, code string) error {
	now := g.cfg.Now()
	x := g.sessions.find(cookieOf(c), c.Request().UserAgent(), now)
	if x == nil || !x.half {
		return ErrWrong
	}
	login := x.Account.Login
	if wait := g.throttle.begin("code "+login, loginTries, now); wait > 0 {
		return &WaitError{wait}
	}
	if !g.second.check(login, x.Account.TOTP, strings.ReplaceAll(strings.TrimSpace(code), " ", ""), now) {
		g.throttle.keep("code " + login)
		g.note(c, "login.failed", login)
		return ErrCode
	}
	g.throttle.passed("code " + login)
	g.noteBy(c, login, "login", login)
	return g.begin(c, x.Account, false)
}

// Propose makes the secret of a second step that a login is about to set up,
// and remembers it: only what was proposed after her password can be set.
func (g *Guard) Propose(login string) (secret, address string, err error) {
	if secret, address, err = NewSecret(login); err == nil {
		g.second.propose(login, secret, address, g.cfg.Now())
	}
	return secret, address, err
}

// Proposed is what was proposed to a login, "" when nothing was, or long ago.
func (g *Guard) Proposed(login string) (secret, address string) {
	return g.second.proposed(login, g.cfg.Now())
}

// Accept says whether a code fits what was proposed to a login, and gives the
// secret to keep; it is then no longer proposed.
func (g *Guard) Accept(login, code string) (secret string, ok bool) {
	secret, _ = g.Proposed(login)
	if secret == "" || !g.second.check(login, secret, strings.ReplaceAll(strings.TrimSpace(code), " ", ""), g.cfg.Now()) {
		return "", false
	}
	g.second.settle(login)
	return secret, true
}

// Hash makes what is kept of a password; a few at a time, each takes 19 MiB.
func (g *Guard) Hash(password string) (string, error) {
	g.hashing <- struct{}{}
	defer func() { <-g.hashing }()
	return Hash(password)
}

// LogOut ends the session.
func (g *Guard) LogOut(c echo.Context) {
	if x := Of(c); x != nil {
		g.noteBy(c, x.Account.Login, "logout", x.Account.Login)
	}
	g.sessions.close(cookieOf(c))
	g.setCookie(c, "", -1)
}

// Password says whether a password is the account's own: asked again before
// what matters. Guesses are counted with those of the door: *WaitError.
func (g *Guard) Password(ctx context.Context, login, password string) (bool, error) {
	name := tryOf(login)
	if wait := g.throttle.begin(name, loginTries, g.cfg.Now()); wait > 0 {
		return false, &WaitError{wait}
	}
	_, _, err := g.account(ctx, login, password)
	if err == nil {
		g.throttle.passed(name)
	}
	if errors.Is(err, ErrWrong) {
		return false, nil
	}
	return err == nil, err
}

const sessionKey = "jamakan.session"

// Of is the session of a request, nil when nobody is logged in.
func Of(c echo.Context) *Session {
	x, _ := c.Get(sessionKey).(*Session)
	return x
}

// Middleware finds the session of each request, and refuses a form that is not
// of its session. Who has no session passes: pages ask for one with Need.
func (g *Guard) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		x, err := g.present(c)
		if err != nil {
			return err
		}
		if x != nil {
			c.Set(sessionKey, x)
		}
		return next(c)
	}
}

// present is the session of a request with its account as it is now.
func (g *Guard) present(c echo.Context) (*Session, error) {
	cookie := cookieOf(c)
	x := g.sessions.find(cookie, c.Request().UserAgent(), g.cfg.Now())
	if x == nil || x.half {
		return nil, nil
	}
	a, err := g.cfg.Book.Account(c.Request().Context(), x.Account.Login)
	if err != nil && !errors.Is(err, store.ErrAccount) {
		return nil, err
	}
	if err != nil || !a.Disabled.IsZero() || a.Epoch != x.Account.Epoch {
		g.sessions.close(cookie)
		return nil, nil
	}
	x.Account = a
	return x, nil
}

// Need lets in who has a right; others are sent to log in, or told no. A POST
// must bring the form token of its session.
func (g *Guard) Need(right civic.Right) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			x := Of(c)
			switch {
			case x == nil && c.Request().Method == http.MethodGet:
				return c.Redirect(http.StatusSeeOther, "/login?vers="+c.Request().URL.EscapedPath())
			case x == nil:
				return c.Redirect(http.StatusSeeOther, "/login")
			case !x.Account.Role.May(right):
				g.noteBy(c, x.Account.Login, "refused", c.Request().URL.Path)
				return ErrForbidden
			}
			if c.Request().Method != http.MethodGet && c.Request().Method != http.MethodHead {
				if err := readForm(c); err != nil {
					return err
				}
				if subtle.ConstantTimeCompare([]byte(c.FormValue("csrf")), []byte(x.Token)) != 1 {
					return ErrToken
				}
			}
			return next(c)
		}
	}
}

// inMemory is how much of a form with a file is held in memory, in bytes; the
// rest waits in a file.
const inMemory = 1 << 20

// slowUpload is how long a file may take on a slow line.
const slowUpload = 5 * time.Minute

// readForm reads a form whole; a *http.MaxBytesError when it is too large.
func readForm(c echo.Context) error {
	if strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), "multipart/") {
		// A spreadsheet on a slow line takes longer than a form does, and is
		// answered after it came. A server that has no such clocks needs none set.
		r := http.NewResponseController(c.Response())
		_, _ = r.SetReadDeadline(time.Now().Add(slowUpload)), r.SetWriteDeadline(time.Now().Add(slowUpload+time.Minute))
	}
	err := c.Request().ParseMultipartForm(inMemory)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return large
	}
	return nil // what is no form has no token either
}

// note writes into the journal what nobody logged in did.
func (g *Guard) note(c echo.Context, what, about string) { g.noteBy(c, "", what, about) }

func (g *Guard) noteBy(c echo.Context, who, what, about string) {
	if len(about) > 64 {
		about = about[:64]
	}
	if what == "login.failed" && !civic.ValidLogin(about) {
		about = "?" // it may be a password typed in the wrong field, or a number
	}
	if err := g.cfg.Book.Note(c.Request().Context(), who, what, about); err != nil {
		g.cfg.Logger.Error("the journal could not be written", "what", what, "err", err)
	}
}

func cookieOf(c echo.Context) string {
	cookie, err := c.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie sets the session's cookie: for this host only, never read by a
// script, never sent from another site, and on a line without encryption only
// on the machine itself.
func (g *Guard) setCookie(c echo.Context, value string, life time.Duration) {
	c.SetCookie(&http.Cookie{
		Name: cookieName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: g.cfg.Encrypted || !callback.Loopback(c.Request().Host), MaxAge: int(life / time.Second),
	})
}

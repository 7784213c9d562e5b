package phone

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrScript says that a conversation file can't be played.
var ErrScript = errors.New("the conversation can't be played")

// Stage does what a phone alone can't: let time pass, kill the gateway and
// bring it back, set the language of the phone's owner. What is nil can't be
// played.
type Stage struct {
	Wait  func(context.Context, time.Duration) error
	Crash func(context.Context) error
	Lang  func(ctx context.Context, tag string) error
}

// Play plays a conversation on a running gateway: a Stage that has nothing.
func Play(ctx context.Context, p *Phone, script string) (string, error) {
	return Stage{}.Play(ctx, p, script)
}

// Play plays a conversation and returns it with the answers that came: a
// conversation that still holds is returned as it was. A line of it is
//
//	# words        a remark
//	> *384*55#     dials, when no call is under way
//	> 1            keys an input; > alone keys nothing
//	hangup         the call drops
//	redial         drops it and dials the same again
//	retry          the network posts the last turn again
//	late 2         it posts again the turn that was two before the last
//	wait 6m        time passes
//	crash          the gateway dies and comes back
//	phone +223...  another phone goes on, in its own call
//	lang bm        the owner's language is set
//
// and any other line is an answer, which is left out and asked for anew. A
// blank line stays before a command or a remark. Errors name the line, never
// what it holds.
func (s Stage) Play(ctx context.Context, p *Phone, script string) (string, error) {
	pl := player{stage: s, phone: p, phones: map[string]*Phone{p.cfg.Number: p}, keyed: map[*Phone]string{}}
	blank := false
	for i, line := range strings.Split(script, "\n") {
		line = strings.TrimRight(line, "\r")
		remark := strings.HasPrefix(line, "#")
		verb, arg, ok := command(line)
		if !remark && !ok {
			blank = line == ""
			continue
		}
		if blank {
			pl.out.WriteByte('\n')
			blank = false
		}
		pl.out.WriteString(line + "\n")
		if remark {
			continue
		}
		if err := pl.do(ctx, verb, arg); err != nil {
			return pl.out.String(), fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return pl.out.String(), nil
}

// command tells a command from a line of an answer.
func command(line string) (verb, arg string, ok bool) {
	verb, arg, spaced := strings.Cut(line, " ")
	switch verb {
	case ">":
		return verb, arg, true
	case "hangup", "redial", "retry", "crash":
		return verb, "", !spaced
	case "late", "wait", "phone", "lang":
		return verb, arg, spaced && arg != "" && !strings.Contains(arg, " ")
	}
	return "", "", false
}

// player is a conversation being played.
type player struct {
	stage  Stage
	phone  *Phone
	phones map[string]*Phone // by number: each keeps its own call
	keyed  map[*Phone]string // the code each dialled last
	out    strings.Builder
}

// do does what one line says and writes the answer to it, if it has one.
func (pl *player) do(ctx context.Context, verb, arg string) error {
	switch verb {
	case ">":
		return pl.key(ctx, arg)
	case "hangup":
		pl.phone.Hangup()
		return nil
	case "redial":
		pl.phone.Hangup()
		return pl.key(ctx, pl.keyed[pl.phone])
	case "retry":
		return pl.answer(pl.phone.Retry(ctx))
	case "late":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return fmt.Errorf("%w: late takes a number of turns: late 2", ErrScript)
		}
		return pl.answer(pl.phone.Late(ctx, n))
	case "phone":
		return pl.take(arg)
	}
	return pl.stage.do(ctx, verb, arg)
}

// do does what takes more than a phone.
func (s Stage) do(ctx context.Context, verb, arg string) error {
	switch {
	case verb == "wait" && s.Wait != nil:
		d, err := time.ParseDuration(arg)
		if err != nil {
			return fmt.Errorf("%w: wait takes a duration: wait 6m", ErrScript)
		}
		return s.Wait(ctx, d)
	case verb == "crash" && s.Crash != nil:
		return s.Crash(ctx)
	case verb == "lang" && s.Lang != nil:
		return s.Lang(ctx, arg)
	}
	return fmt.Errorf("%w: %s can be played in the tests only: take the line out", ErrScript, verb)
}

// key dials or sends.
func (pl *player) key(ctx context.Context, keyed string) error {
	if pl.phone.Live() {
		return pl.answer(pl.phone.Send(ctx, keyed))
	}
	if !strings.HasPrefix(keyed, "*") || !strings.HasSuffix(keyed, "#") {
		return fmt.Errorf("%w: no call is under way: dial a code such as *384*55# first", ErrScript)
	}
	pl.keyed[pl.phone] = keyed
	return pl.answer(pl.phone.DialCode(ctx, keyed))
}

// take takes up the phone with a number, a new one the first time.
func (pl *player) take(number string) error {
	if pl.phones[number] == nil {
		cfg := pl.phone.cfg
		cfg.Number = number
		p, err := New(cfg)
		if err != nil {
			return err
		}
		pl.phones[number] = p
	}
	pl.phone = pl.phones[number]
	return nil
}

// answer writes a screen as it came. A screen that would be read back as
// commands can't be written in a conversation.
func (pl *player) answer(s Screen, err error) error {
	if err != nil {
		return err
	}
	raw := strings.TrimRight(s.Raw, "\n")
	for line := range strings.SplitSeq(raw, "\n") {
		if _, _, ok := command(line); ok || strings.HasPrefix(line, "#") {
			return fmt.Errorf("%w: a line of the answer reads as a command", ErrScript)
		}
	}
	pl.out.WriteString(raw + "\n")
	return nil
}

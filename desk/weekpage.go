package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
)

// sparkWeeks is how many weeks the curve of ballots shows.
const sparkWeeks = 8

// showWeek is the page of the week.
func (p *pages) showWeek(c echo.Context) error {
	week := p.askedWeek(c)
	in, err := p.weekInput(c.Request().Context(), week)
	if err != nil {
		return err
	}
	in.Me = *me(c)
	v := NewWeekView(in)
	said := make([]string, len(v.Faults))
	for i, f := range v.Faults {
		said[i] = p.text(f.Key, f.Pairs...)
	}
	var again, once []civic.Code
	for _, x := range v.Silent {
		if x.Again {
			again = append(again, x.Code)
		} else {
			once = append(once, x.Code)
		}
	}
	running := civic.WeekOf(in.Now)
	return p.show(c, "week", p.text("desk.nav.week"), map[string]any{
		"Running": week == running, "Before": week.Prev(), "After": week.Next(), "Last": week == running.Prev(),
		"V": v, "Faults": said, "Texts": p.hasRoom(c, "/textes"), "Spark": spark(v.Spark),
		"Again": again, "Once": once,
	})
}

// askedWeek is the week of the page: the running one, or one before it that is
// asked for. On Monday it is the week that ended: nothing was done yet in the
// new one, and Monday is when the last is looked at.
func (p *pages) askedWeek(c echo.Context) civic.Week {
	now := p.cfg.Now().In(civic.Bamako)
	running := civic.WeekOf(now)
	if w, err := civic.ParseWeek(c.QueryParam("semaine")); err == nil && !running.Before(w) {
		return w
	}
	if now.Weekday() == time.Monday {
		return running.Prev()
	}
	return running
}

// fresh is how long what a page was made from is good for another reader: on
// Monday at eight everybody opens it at once.
const fresh = 3 * time.Second

// glances are what the page of a week was last made from.
type glances struct {
	mu   sync.Mutex
	week civic.Week
	at   time.Time
	in   WeekInput
}

// weekInput is what the page is made from: read once for all who ask within
// some seconds.
func (p *pages) weekInput(ctx context.Context, week civic.Week) (WeekInput, error) {
	g := &p.glances
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := p.cfg.Now(); g.week == week && now.Sub(g.at) < fresh && now.Sub(g.at) > 0 {
		return g.in, nil
	}
	in, err := p.readWeek(context.WithoutCancel(ctx), week)
	if err == nil {
		g.week, g.at, g.in = week, p.cfg.Now(), in
	}
	return in, err
}

// readWeek reads what the page is made from.
func (p *pages) readWeek(ctx context.Context, week civic.Week) (in WeekInput, err error) {
	in.Now, in.Free, in.Health = p.cfg.Now(), -1, p.cfg.Book.Health()
	if in.This, err = p.cfg.Book.WeekGlance(ctx, week); err != nil {
		return in, err
	}
	if in.Last, err = p.cfg.Book.WeekGlance(ctx, week.Prev()); err != nil {
		return in, err
	}
	for w := week; len(in.Before) < sparkWeeks; w = w.Prev() {
		in.Before = append(in.Before, w)
	}
	slices.Reverse(in.Before)
	if in.Past, err = p.cfg.Book.Flows(ctx, in.Before); err != nil {
		return in, err
	}
	told := week
	if !week.Ended(in.Now) {
		told = week.Prev()
	}
	if in.Published, err = p.cfg.Figures.of(ctx, told); err != nil {
		return in, err
	}
	if p.cfg.Disk != nil {
		in.Free = p.cfg.Disk()
	}
	if p.cfg.Posts != nil {
		in.Posts = p.cfg.Posts()
	}
	return in, nil
}

// hasRoom says whether a page exists.
func (p *pages) hasRoom(c echo.Context, path string) bool {
	for _, r := range c.Echo().Routes() {
		if r.Path == path {
			return true
		}
	}
	return false
}

func moment(t time.Time) string { return t.In(civic.Bamako).Format("02/01/2006 15:04") }

// tenths writes tenths as people do: 12,5.
func tenths(n int64) string { return fmt.Sprintf("%s,%d", number(n/10), n%10) }

// screen is where a call stopped, in words.
func (p *pages) screen(name string) string {
	if key := "desk.week.screen." + name; p.cfg.Words.Has(key) {
		return p.cfg.Words.Text(key)
	}
	return name
}

// sparkLine is a curve, drawn in 100 by 24.
type sparkLine struct {
	Path    string
	X, Y    string // of its end
	Highest int64
}

// spark draws the counts of weeks. One that is too small to be shown lies on
// the ground.
func spark(counts []Count) sparkLine {
	line := sparkLine{}
	for _, c := range counts {
		line.Highest = max(line.Highest, c.N)
	}
	if line.Highest == 0 || len(counts) < 2 {
		return line
	}
	var path strings.Builder
	for i, c := range counts {
		line.X = fmt.Sprintf("%.1f", 2+96*float64(i)/float64(len(counts)-1))
		line.Y = fmt.Sprintf("%.1f", 22-20*float64(c.N)/float64(line.Highest))
		fmt.Fprintf(&path, "%c%s %s", "ML"[min(i, 1)], line.X, line.Y)
	}
	line.Path = path.String()
	return line
}

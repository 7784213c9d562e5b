package civic

import (
	"slices"
	"strings"
)

// Role is what a person may do at the desk.
type Role string

// The roles.
const (
	Administrator Role = "administrateur" // everything, everywhere, and who else may
	Coordinating  Role = "coordinateur"   // the work of her territory
	Observer      Role = "observateur"    // reads and verifies; sees no number and changes nothing
)

// Roles lists the roles, the most trusted first.
func Roles() []Role { return []Role{Administrator, Coordinating, Observer} }

// Right is one thing that a role may do or not.
type Right string

// The rights.
const (
	ReadDesk    Right = "read"     // the week, consultations, projects, opinions, exports, the journal
	SeeNumber   Right = "number"   // a citizen's number, to answer her own message; each look is journaled
	AnswerTexts Right = "answer"   // read marks, labels, answers to opinions
	Consult     Right = "consult"  // draft, open, move, annul a consultation
	FollowWorks Right = "works"    // change the status of projects
	ImportPlan  Right = "plan"     // bring in a plan
	WriteMany   Right = "many"     // message to many
	Accounts    Right = "accounts" // add and disable coordinators
	CorrectWeek Right = "correct"  // add a correction line to a closed week
)

// Rights lists every right.
func Rights() []Right {
	return []Right{ReadDesk, SeeNumber, AnswerTexts, Consult, FollowWorks, ImportPlan, WriteMany, Accounts, CorrectWeek}
}

// May says whether a role has a right.
func (r Role) May(x Right) bool {
	switch r {
	case Administrator:
		return slices.Contains(Rights(), x)
	case Coordinating:
		return x != Accounts && slices.Contains(Rights(), x)
	case Observer:
		return x == ReadDesk
	}
	return false
}

// Coordinator is a person at the desk.
type Coordinator struct {
	Login     string // 2 to 32 small letters, digits, dots and hyphens
	Name      string // as colleagues read it
	Role      Role
	Territory []Code // places she works for, with all below them; an administrator has all, an observer without one reads everywhere
}

// Covers says whether a commune is in her territory. An opinion whose commune
// is not known ("") is everybody's, or nobody would answer it. An observer to
// whom no place was given watches all of them: she changes none.
func (c *Coordinator) Covers(commune Code) bool {
	if c.Role == Administrator || commune == "" || c.Role == Observer && len(c.Territory) == 0 {
		return true
	}
	return slices.ContainsFunc(c.Territory, func(place Code) bool { return place != "" && strings.HasPrefix(string(commune), string(place)) })
}

// CoversAll says whether all of a scope is in her territory: what concerns
// several communes is changed only by who answers for all of them.
func (c *Coordinator) CoversAll(scope []Code) bool {
	return !slices.ContainsFunc(scope, func(commune Code) bool { return !c.Covers(commune) })
}

// CoversSome says whether any of a scope is in her territory: she may read it.
func (c *Coordinator) CoversSome(scope []Code) bool { return slices.ContainsFunc(scope, c.Covers) }

// May says whether she has a right for every commune of a scope.
func (c *Coordinator) May(x Right, scope ...Code) bool { return c.Role.May(x) && c.CoversAll(scope) }

// ValidLogin says whether a text may be a login.
func ValidLogin(s string) bool {
	if len(s) < 2 || len(s) > 32 || s[0] == '-' || s[0] == '.' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

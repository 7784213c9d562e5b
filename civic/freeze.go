package civic

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Change is one thing that an import changes, said in French.
type Change struct{ What string }

// String is the change as the coordinator reads it.
func (c Change) String() string { return c.What }

// FrozenError says that an import would alter what is frozen since a
// consultation opened, and what to do instead.
type FrozenError struct {
	Where, What string
}

// Error is the refusal as the coordinator reads it.
func (e *FrozenError) Error() string { return fmt.Sprintf("%s : %s", e.Where, e.What) }

// Freeze makes the plan that an import leads to, and says what changes. old is
// nil for a plan not seen before. What citizens see numbered is frozen from
// the moment a consultation opens: its options, rule, visibility, scope,
// question and opening, and the projects it names. Its closing may only move
// later, with a reason; it may be annulled, with a reason. The same plan again
// changes nothing.
func Freeze(old *Plan, plan Plan, now time.Time) (Plan, []Change, error) {
	// The caller's plan stays as it is: only the returned one gets the moves and
	// dates that an import decides.
	plan.Consultations = slices.Clone(plan.Consultations)
	for i := range plan.Consultations {
		stampAnnulment(&plan.Consultations[i], now)
	}
	if old == nil {
		return plan, []Change{{fmt.Sprintf("plan %s : enregistré, %d projets, %d consultations", plan.Code, len(plan.Projects), len(plan.Consultations))}}, nil
	}
	if old.Fictional != plan.Fictional {
		return plan, nil, &FrozenError{"plan " + plan.Code, "fictif ne change pas ; donnez au vrai plan un autre code"}
	}
	var changes []Change
	for i := range old.Consultations {
		was := &old.Consultations[i]
		is := plan.Consultation(was.Code)
		more, err := freezeConsultation(old, &plan, was, is, now)
		if err != nil {
			return plan, nil, err
		}
		changes = append(changes, more...)
	}
	for _, c := range plan.Consultations {
		if old.Consultation(c.Code) == nil {
			changes = append(changes, Change{"consultation " + c.Code + " : ajoutée"})
		}
	}
	if !same(old.Scope, plan.Scope) && slices.ContainsFunc(old.Consultations, func(c Consultation) bool { return c.Opened(now) }) {
		for _, code := range old.Scope {
			if !plan.Covers(code) {
				return plan, nil, &FrozenError{"plan " + plan.Code, "la commune " + string(code) + " ne peut plus sortir du périmètre : une consultation y est ouverte"}
			}
		}
	}
	changes = append(changes, projectChanges(old, &plan)...)
	for _, f := range []struct {
		name    string
		was, is any
	}{
		{"titre", old.Title, plan.Title},
		{"phase", old.Phase, plan.Phase},
		{"autorité", old.Authority, plan.Authority},
		{"années", [2]int{old.From, old.To}, [2]int{plan.From, plan.To}},
		{"périmètre", old.Scope, plan.Scope},
		{"lieux", old.Places, plan.Places},
		{"population", old.Population, plan.Population},
	} {
		if !same(f.was, f.is) {
			changes = append(changes, Change{"plan " + plan.Code + " : " + f.name + " changé"})
		}
	}
	return plan, changes, nil
}

// freezeConsultation compares one consultation with what it was.
func freezeConsultation(old, plan *Plan, was, is *Consultation, now time.Time) ([]Change, error) {
	where := "consultation " + was.Code
	opened := was.Opened(now)
	if is == nil {
		if opened {
			return nil, &FrozenError{where, "elle est ouverte et ne peut plus être retirée ; annulez-la avec une raison (annulation)"}
		}
		return []Change{{where + " : retirée"}}, nil
	}
	is.Moves = was.Moves
	if was.Annulled != nil && is.Annulled != nil && same(was.Annulled.Reason, is.Annulled.Reason) {
		is.Annulled = was.Annulled
	}
	if !opened {
		if same(was, is) {
			return nil, nil
		}
		return []Change{{where + " : changée avant son ouverture"}}, nil
	}
	for _, f := range []struct {
		name    string
		was, is any
	}{
		{"les options", was.Options, is.Options},
		{"la règle", was.Rule, is.Rule},
		{"le nombre de choix", was.Max, is.Max},
		{"le budget", was.Budget, is.Budget},
		{"la visibilité", was.Visibility, is.Visibility},
		{"le périmètre", was.Scope, is.Scope},
		{"la question", was.Question, is.Question},
		{"l'ouverture", was.Opens, is.Opens},
		{"le brouillon", was.Draft, is.Draft},
	} {
		if !same(f.was, f.is) {
			return nil, &FrozenError{where, f.name + " ne change plus depuis l'ouverture ; remettez la valeur d'avant, ou annulez et ouvrez une autre consultation"}
		}
	}
	for _, o := range was.Options {
		a, b := old.Project(o.Project), plan.Project(o.Project)
		if a != nil && (b == nil || !same(a.Title, b.Title) || a.Village != b.Village || a.Cost != b.Cost) {
			return nil, &FrozenError{"projet " + o.Project, "titre, village et coût ne changent plus : la consultation " + was.Code + " le montre depuis son ouverture"}
		}
	}
	return closing(where, was, is, now)
}

// closing handles a later closing and an annulment.
func closing(where string, was, is *Consultation, now time.Time) ([]Change, error) {
	var changes []Change
	switch {
	case is.Closes.Before(was.Closes):
		return nil, &FrozenError{where, "la fermeture ne peut que reculer ; remettez la date d'avant ou une date plus tard"}
	case is.Closes.After(was.Closes):
		if !now.Before(was.Closes) {
			return nil, &FrozenError{where, "elle est fermée : la date ne change plus"}
		}
		if is.MoveReason == "" {
			return nil, &FrozenError{where, "fermer plus tard demande une raison : ajoutez motif_report"}
		}
		is.Moves = append(slices.Clone(was.Moves), Move{At: now, From: was.Closes, To: is.Closes, Reason: is.MoveReason})
		changes = append(changes, Change{where + " : fermeture reculée au " + is.LastDay().Format("02/01/2006") + " (" + is.MoveReason + ")"})
	}
	switch {
	case was.Annulled != nil && !same(was.Annulled.Reason, reasonOf(is)):
		return nil, &FrozenError{where, "elle est annulée : cela ne change plus"}
	case was.Annulled == nil && is.Annulled != nil:
		changes = append(changes, Change{where + " : annulée"})
	}
	return changes, nil
}

// stampAnnulment dates an annulment that the file does not date.
func stampAnnulment(c *Consultation, now time.Time) {
	if c.Annulled != nil && c.Annulled.At.IsZero() {
		c.Annulled = &Annulment{At: now, Reason: c.Annulled.Reason}
	}
}

func reasonOf(c *Consultation) Text {
	if c.Annulled == nil {
		return nil
	}
	return c.Annulled.Reason
}

func projectChanges(old, plan *Plan) []Change {
	var changes []Change
	for i := range plan.Projects {
		p := &plan.Projects[i]
		switch was := old.Project(p.Code); {
		case was == nil:
			changes = append(changes, Change{"projet " + p.Code + " : ajouté"})
		case !same(*was, *p):
			changes = append(changes, Change{"projet " + p.Code + " : changé"})
		}
	}
	for _, p := range old.Projects {
		if plan.Project(p.Code) == nil {
			changes = append(changes, Change{"projet " + p.Code + " : retiré"})
		}
	}
	return changes
}

// same compares two values as they are stored.
func same(a, b any) bool { return stored(a) == stored(b) }

// stored is a value as it is stored; nothing is nothing, whether it was left
// out or is an empty list.
func stored(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	switch text := string(encoded); text {
	case "{}", "[]", "null":
		return ""
	default:
		return text
	}
}

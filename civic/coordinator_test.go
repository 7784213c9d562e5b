package civic

import "testing"

// The matrix of who may do what, as the issue of the desk has it.
func TestWhoMayDoWhat(t *testing.T) {
	want := map[Right]string{ // A administrator, C coordinator, O observer
		ReadDesk: "ACO", SeeNumber: "AC", AnswerTexts: "AC", Consult: "AC", FollowWorks: "AC", ImportPlan: "AC", WriteMany: "AC", Accounts: "A", CorrectWeek: "AC",
	}
	if len(want) != len(Rights()) {
		t.Fatalf("%d rights, %d in the matrix", len(Rights()), len(want))
	}
	letters := map[Role]string{Administrator: "A", Coordinating: "C", Observer: "O"}
	for _, right := range Rights() {
		got := ""
		for _, role := range Roles() {
			if role.May(right) {
				got += letters[role]
			}
		}
		if got != want[right] {
			t.Errorf("%s: %s, want %s", right, got, want[right])
		}
	}
	if Role("chef").May(ReadDesk) || Administrator.May("everything") {
		t.Error("an invented role or right is allowed")
	}
}

func TestTerritory(t *testing.T) {
	c := Coordinator{Role: Coordinating, Territory: []Code{"0101", "01020101"}}
	for commune, want := range map[Code]bool{"01010103": true, "01020101": true, "01020102": false, "02010101": false, "": true} {
		if got := c.Covers(commune); got != want {
			t.Errorf("%s: %v", commune, got)
		}
	}
	if c.May(Consult, "01010103", "02010101") || !c.CoversSome([]Code{"01010103", "02010101"}) {
		t.Error("a scope is changed only by who answers for all of it")
	}
	if (&Coordinator{Role: Coordinating}).Covers("01010103") || (&Coordinator{Role: Coordinating, Territory: []Code{""}}).Covers("01010103") {
		t.Error("no territory is not everywhere")
	}
	if !(&Coordinator{Role: Observer}).Covers("01010103") {
		t.Error("an observer without a territory reads everywhere")
	}
}

func TestValidLogin(t *testing.T) {
	for login, want := range map[string]bool{"awa": true, "awa.sira-2": true, "a": false, "Awa": false, "awa sira": false, "-awa": false, "é": false, "awa/../x": false, "": false, "abcdefghijklmnopqrstuvwxyz0123456": false} {
		if ValidLogin(login) != want {
			t.Errorf("%q: %v", login, !want)
		}
	}
}

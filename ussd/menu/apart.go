package menu

import (
	"slices"

	"github.com/jamakan/jamakan/civic"
)

// The questions that are counted apart (store/apart.go says why they leave no
// trace). What the dialogue does for it:
//
//   - They come after sex and age were recorded, in the call that recorded them
//     first, and never in another: that record says that she was asked, whatever
//     she says then. Who passed over both is asked no more.
//   - Nothing of a reply is in State. The last question ends the call: no chain
//     of keys with a reply in it comes before another command.
//   - A call that was dropped is not taken up here, and one that is rebuilt says
//     goodbye (Show): its reply may have been counted.

// afterDeclared is what follows sex and age: the questions apart, if any, for
// who is asked for the first time.
func (s *scene) afterDeclared(o civic.Outcome) Name {
	if o.First && len(s.m.cfg.Apart) > 0 && s.consultation() != nil {
		return scrApart
	}
	return scrProfileDone
}

// apartScreen is the screen of a question.
func apartScreen(q civic.ApartQuestion) Name {
	if q == civic.AboutDisability {
		return scrDisability
	}
	return scrDisplaced
}

// isApart says whether a screen belongs to these questions.
func isApart(n Name) bool { return n == scrApart || n == scrDisability || n == scrDisplaced }

// nextApart is the screen after one of them: the next that is in service, or
// the end of the call.
func (s *scene) nextApart(after Name) Name {
	behind := after == scrApart
	for _, q := range civic.ApartQuestions() {
		if behind && slices.Contains(s.m.cfg.Apart, q) {
			return apartScreen(q)
		}
		behind = behind || apartScreen(q) == after
	}
	return scrBye
}

func askApart(s *scene) Name   { return s.nextApart(scrApart) }
func answerYes(s *scene) Name  { return s.answer(civic.SaidYes) }
func answerNo(s *scene) Name   { return s.answer(civic.SaidNo) }
func answerNone(s *scene) Name { return s.answer(civic.Passed) }

// answer ends the turn with a reply to count. Nothing else of her goes with it.
func (s *scene) answer(said civic.Reply) Name {
	q := civic.AboutDisplacement
	if s.st.Screen == scrDisability {
		q = civic.AboutDisability
	}
	s.act = civic.Act{
		Deed: civic.AnswerApart, Consultation: s.st.Consultation, Question: q, Reply: said,
		Citizen: civic.Citizen{Commune: s.st.Commune},
	}
	return s.st.Screen
}

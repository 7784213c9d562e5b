package menu

// The screens by name.
const (
	scrLang        Name = "lang"
	scrLangDone    Name = "lang.done"
	scrCommune     Name = "commune"
	scrCommuneType Name = "commune.type"
	scrCommuneMiss Name = "commune.miss"
	scrCommuneNear Name = "commune.near"
	scrCommuneSure Name = "commune.sure"
	scrCommuneDone Name = "commune.done"
	scrPrivacy     Name = "privacy"
	scrDeclined    Name = "privacy.declined"
	scrMain        Name = "main"
	scrVoteWhich   Name = "vote.which"
	scrVoteList    Name = "vote.list"
	scrVoteDetail  Name = "vote.detail"
	scrVoteConfirm Name = "vote.confirm"
	scrVoteAlready Name = "vote.already"
	scrVoteKept    Name = "vote.kept"
	scrVoteNone    Name = "vote.none"
	scrVoteSoon    Name = "vote.soon"
	scrVoteClosed  Name = "vote.closed"
	scrVoteVoid    Name = "vote.void"
	scrVoteMore    Name = "vote.noted.more"
	scrVoteNoted   Name = "vote.noted"
	scrVoteChanged Name = "vote.changed"
	scrVoteFailed  Name = "vote.failed"
	scrVoteUnsure  Name = "vote.unsure"
	scrSex         Name = "profile.sex"
	scrAge         Name = "profile.age"
	scrProfileDone Name = "profile.done"
	scrNotKept     Name = "profile.failed"
	scrApart       Name = "profile.apart"
	scrDisability  Name = "profile.disability"
	scrDisplaced   Name = "profile.displaced"
	scrWorks       Name = "works"
	scrWork        Name = "work"
	scrTopic       Name = "opinion.topic"
	scrOpinion     Name = "opinion"
	scrOpinionNil  Name = "opinion.empty"
	scrOpinionDone Name = "opinion.noted"
	scrOpinionFail Name = "opinion.failed"
	scrOpinionHuh  Name = "opinion.unsure"
	scrResultPick  Name = "results.which"
	scrResults     Name = "results"
	scrReceipt     Name = "receipt"
	scrReceiptOK   Name = "receipt.ok"
	scrReceiptOld  Name = "receipt.old"
	scrReceiptMiss Name = "receipt.miss"
	scrHeard       Name = "opinion.heard"
	scrAnswered    Name = "opinion.answered"
	scrHelp        Name = "help"
	scrHow         Name = "how"
	scrResume      Name = "resume"
	scrBye         Name = "bye"
	scrLost        Name = "lost"
)

// row is one screen. Prompts that hold their own options ("1 Oui") name each
// digit in keys; the others list lines made from the content.
type row struct {
	prompt string                    // key of its text
	choose func(*scene) string       // the key, where it depends on what is told
	fill   func(*scene)              // values of its placeholders
	keys   map[int]lead              // what each digit of the prompt does
	list   func(*scene) []string     // lines below the heading
	pick   func(*scene, int) Name    // what a line's number does; "" for no such line
	text   func(*scene, string) Name // takes free text
	back   Name                      // where 0 leads; "" for nowhere
	leave  func(*scene) Name         // the same, where it depends
	nav    string                    // the key of the 0 line, when the prompt has none
	end    bool                      // the call is over
	resume Name                      // where a dropped call goes on; "" when nothing is worth it
}

// lead is where an option leads: to a screen, or to what a function finds or
// asks the store to keep.
type lead struct {
	to Name
	do func(*scene) Name
}

func to(n Name) lead                { return lead{to: n} }
func does(f func(*scene) Name) lead { return lead{do: f} }

// table is the whole dialogue.
func table() map[Name]*row {
	return map[Name]*row{
		// First call: language, commune, what is kept, menu.
		scrLang:        {prompt: "lang.choose", list: languages, pick: pickLanguage, leave: backFromLang},
		scrLangDone:    {prompt: "lang.changed", back: scrMain},
		scrCommune:     {prompt: "commune.ask", list: communes, pick: pickCommune, text: typeCommune, leave: backFromCommune, nav: "nav.back"},
		scrCommuneType: {prompt: "commune.type", text: typeCommune, back: scrCommune},
		scrCommuneMiss: {prompt: "commune.not_found", text: typeCommune, back: scrCommune},
		scrCommuneNear: {prompt: "commune.near", list: nearCommunes, pick: pickNear, text: typeCommune, back: scrCommune},
		scrCommuneSure: {prompt: "commune.confirm", fill: fillPending, keys: map[int]lead{1: does(takeCommune), 2: to(scrCommune)}},
		scrCommuneDone: {choose: communeDone, fill: fillCommune, back: scrMain},
		scrPrivacy:     {prompt: "privacy.short", keys: map[int]lead{1: to(scrMain), 2: to(scrDeclined)}},
		scrDeclined:    {prompt: "privacy.declined", end: true},

		scrMain: {prompt: "menu.main.now", back: scrBye, keys: map[int]lead{
			1: does(goVote), 2: does(goWorks), 3: to(scrTopic), 4: does(goResults),
			5: to(scrReceipt), 6: to(scrHelp), 7: to(scrLang),
		}},
		scrBye: {prompt: "session.bye", end: true},

		// Vote: list, detail, confirm, receipt.
		scrVoteWhich:   {prompt: "vote.which", list: consultations, pick: pickVote, back: scrMain, nav: "nav.back", resume: scrVoteWhich},
		scrVoteList:    {prompt: "vote.list", fill: fillCommune, list: options, pick: pickOption, back: scrMain, nav: "nav.back", resume: scrVoteList},
		scrVoteDetail:  {prompt: "vote.detail", fill: fillDetail, keys: map[int]lead{1: to(scrVoteConfirm)}, back: scrVoteList, resume: scrVoteList},
		scrVoteConfirm: {prompt: "vote.confirm", fill: fillOption, keys: map[int]lead{1: does(castBallot), 2: to(scrVoteList)}, resume: scrVoteList},
		scrVoteAlready: {prompt: "vote.already", fill: fillVoted, keys: map[int]lead{1: to(scrVoteList), 2: to(scrVoteKept)}, back: scrMain},
		scrVoteKept:    {prompt: "vote.kept", back: scrMain},
		scrVoteNone:    {prompt: "vote.none", back: scrMain},
		scrVoteSoon:    {prompt: "vote.not_open", fill: fillOpens, back: scrMain},
		scrVoteClosed:  {prompt: "vote.closed", fill: fillCloses, keys: map[int]lead{1: does(results)}, back: scrMain},
		scrVoteVoid:    {prompt: "vote.annulled", fill: fillReason, back: scrMain},
		scrVoteMore:    {prompt: "vote.recorded.more", fill: fillSaid, keys: map[int]lead{1: to(scrSex)}, back: scrBye},
		scrVoteNoted:   {prompt: "vote.recorded", fill: fillSaid, end: true},
		scrVoteChanged: {prompt: "vote.changed", fill: fillSaid, end: true},
		scrVoteFailed:  {prompt: "vote.failed", end: true},
		scrVoteUnsure:  {prompt: "vote.unknown", fill: fillUssd, end: true},

		// Who votes: asked once, after the first vote, each may be skipped.
		scrSex:         {prompt: "profile.sex", keys: map[int]lead{1: does(woman), 2: does(man)}, back: scrAge, resume: scrSex},
		scrAge:         {prompt: "profile.age", keys: map[int]lead{1: does(age1), 2: does(age2), 3: does(age3), 4: does(age4)}, leave: age0, resume: scrSex},
		scrProfileDone: {prompt: "profile.saved", keys: map[int]lead{1: to(scrMain)}},
		scrNotKept:     {prompt: "profile.failed", end: true},

		// Where the configuration asks it: counted apart, of nobody (apart.go). They
		// end the call, and are never gone back to.
		scrApart:      {prompt: "profile.apart", keys: map[int]lead{1: does(askApart)}, back: scrBye},
		scrDisability: {prompt: "profile.disability", keys: map[int]lead{1: does(answerYes), 2: does(answerNo)}, leave: answerNone},
		scrDisplaced:  {prompt: "profile.displaced", keys: map[int]lead{1: does(answerYes), 2: does(answerNo)}, leave: answerNone},

		// Follow the works.
		scrWorks: {prompt: "follow.list", choose: worksPrompt, fill: fillCommune, list: works, pick: pickWork, back: scrMain, nav: "nav.back", resume: scrWorks},
		scrWork:  {choose: workPrompt, fill: fillWork, back: scrWorks, nav: "nav.back", resume: scrWorks},

		// Give an opinion.
		scrTopic:       {prompt: "feedback.topic", keys: map[int]lead{1: does(topic1), 2: does(topic2), 3: does(topic3), 4: does(topic4), 5: does(topic5), 6: does(topic6)}, back: scrMain, resume: scrTopic},
		scrOpinion:     {prompt: "feedback.ask", text: giveOpinion, back: scrTopic, resume: scrOpinion},
		scrOpinionNil:  {prompt: "feedback.empty", text: giveOpinion, back: scrTopic, nav: "nav.back", resume: scrOpinion},
		scrOpinionDone: {choose: opinionThanks, fill: fillSaid, end: true},
		scrOpinionFail: {prompt: "feedback.failed", end: true},
		scrOpinionHuh:  {prompt: "feedback.unknown", end: true},

		// Results, as their visibility allows.
		scrResultPick: {prompt: "vote.which", list: consultations, pick: pickResults, back: scrMain, nav: "nav.back"},
		scrResults:    {choose: resultsPrompt, fill: fillResults, list: resultRows, back: scrMain, nav: "nav.back"},

		// Check a receipt.
		scrReceipt:     {prompt: "receipt.ask", text: askReceipt, back: scrMain},
		scrReceiptOK:   {prompt: "receipt.ok", fill: fillSaid, back: scrMain, nav: "nav.back"},
		scrReceiptOld:  {prompt: "receipt.replaced", fill: fillSaid, back: scrMain, nav: "nav.back"},
		scrReceiptMiss: {prompt: "receipt.unknown", fill: fillSaid, text: askReceipt, back: scrMain, nav: "nav.back"},
		scrHeard:       {prompt: "feedback.seen", fill: fillSaid, back: scrMain, nav: "nav.back"},
		scrAnswered:    {prompt: "feedback.answered", fill: fillSaid, back: scrMain, nav: "nav.back"},

		// Help.
		scrHelp: {prompt: "help.menu", fill: fillUssd, keys: map[int]lead{1: to(scrHow), 2: to(scrCommune)}, back: scrMain},
		scrHow:  {prompt: "welcome.how", back: scrHelp},

		scrResume: {prompt: "session.resume", keys: map[int]lead{1: does(goOn), 2: does(startAgain)}},
		scrLost:   {choose: lostPrompt, fill: fillUssd, end: true},
	}
}

// VotePath are the texts on the way from the first screen to a receipt: a
// language that has them all is offered.
func VotePath() []string {
	return []string{
		"lang.choose", "commune.ask", "commune.type", "commune.confirm", "commune.not_found", "commune.near", "commune.write",
		"privacy.short", "privacy.declined", "menu.main.now", "vote.none", "vote.which", "vote.list", "vote.detail", "vote.confirm",
		"vote.already", "vote.kept", "vote.not_open", "vote.closed", "vote.annulled", "vote.recorded", "vote.recorded.more",
		"vote.changed", "vote.failed", "vote.unknown", "profile.sex", "profile.age", "profile.saved", "input.invalid", "input.again",
		"input.help", "nav.more", "nav.back", "session.bye", "session.resume", "session.restarted", "error.internal", "demo.mark",
	}
}

package civic

// Sentence names the text, in the languages' files, that tells how far a project
// is; one that takes a date only where there is one.
func (p *Project) Sentence() string {
	dated := !p.Due.IsZero()
	switch p.Status {
	case Proposed:
		return "follow.proposed"
	case Retained:
		return "follow.retained"
	case Programmed:
		return "follow.programmed"
	case Funded:
		return "follow.funded"
	case Underway:
		return "follow.underway"
	case Broken:
		return "follow.broken"
	case Abandoned:
		return "follow.cancelled"
	case Late:
		if dated {
			return "follow.delayed"
		}
		return "follow.late"
	case Done:
		if dated {
			return "follow.done"
		}
		return "follow.finished"
	}
	return "follow.not_started"
}

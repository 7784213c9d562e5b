package civic

// Dimension is what a breakdown is by.
type Dimension string

// The dimensions of breakdowns. Total has one modality.
const (
	ByTotal   Dimension = "total"
	ByChannel Dimension = "canal"
	ByLang    Dimension = "langue"
	BySex     Dimension = "sexe"
	ByAge     Dimension = "age"
)

// NotGiven is the modality of those who did not say.
const NotGiven = "non_renseigne"

// Modality is a group's place in a dimension; NotGiven is one of its own.
func (g Group) Modality(d Dimension) string {
	switch d {
	case ByChannel:
		if g.Channel == ChannelSMS {
			return "sms"
		}
		return "ussd"
	case ByLang:
		return g.Lang
	case BySex:
		return [...]string{NotGiven, "femme", "homme"}[min(g.Sex, Male)]
	case ByAge:
		return [...]string{NotGiven, "moins_15", "15_35", "36_59", "60_plus"}[min(g.Age, Over60)]
	}
	return "tous"
}

package civic

// Code is an official place code, always text because the leading zero
// matters: region 2 digits, cercle 4, arrondissement 6, commune 8 (RRCCAAKK,
// law of 13 March 2023). A village has its commune's code and 3 digits more.
type Code string

// Level is a level of the territory.
type Level string

// The levels, from the widest.
const (
	Region         Level = "region"
	Cercle         Level = "cercle"
	Arrondissement Level = "arrondissement"
	Commune        Level = "commune"
	Village        Level = "village"
)

// Place is a node of the territory.
type Place struct {
	Code    Code     `json:"code"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"` // other names people use: "Diala Banlieue" for Liberté Dembaya
}

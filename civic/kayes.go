package civic

import "fmt"

// kayesCommunes is how many communes the cercle of Kayes has since the law of
// 13 March 2023.
const kayesCommunes = 11

// Kayes is the cercle of Kayes after the reorganisation of 2023 (laws 2023-006
// and 2023-007), codes RRCCAAKK. Source of names and codes: the French
// Wikipedia's table of the law's annex, "Cercle de Kayes". A commune's
// villages are entered with its plan.
func Kayes() *Territory {
	t, err := checked([]Place{
		{Code: "01", Name: "Kayes"},
		{Code: "0101", Name: "Kayes"},
		{Code: "010101", Name: "Kayes central"},
		{Code: "01010101", Name: "Kayes"},
		{Code: "01010102", Name: "Bangassi"},
		{Code: "01010103", Name: "Colimbiné", Aliases: []string{"Kabaté"}},
		{Code: "01010104", Name: "Gory Gopéla"},
		{Code: "01010105", Name: "Gouméra"},
		{Code: "01010106", Name: "Khouloum"},
		{Code: "01010107", Name: "Liberté Dembaya", Aliases: []string{"Diala Banlieue"}},
		{Code: "010102", Name: "Diandioumbéra"},
		{Code: "01010201", Name: "Séro Diamanou"},
		{Code: "010103", Name: "Lontou"},
		{Code: "01010301", Name: "Hawa Dembaya", Aliases: []string{"Médine"}},
		{Code: "010104", Name: "Samé"},
		{Code: "01010401", Name: "Samé Diongoma"},
		{Code: "01010402", Name: "Somankidy"},
	}, kayesCommunes)
	if err != nil {
		panic(err) // the list above is wrong: a test says so first
	}
	return t
}

// checked makes a territory and counts its communes.
func checked(list []Place, communes int) (*Territory, error) {
	t, err := NewTerritory(list)
	if err != nil {
		return nil, err
	}
	if got := len(t.Communes()); got != communes {
		return nil, fmt.Errorf("%w: %d communes, expected %d", ErrPlaceCount, got, communes)
	}
	return t, nil
}

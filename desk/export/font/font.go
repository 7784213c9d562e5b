// Package font holds the one typeface of what is printed: open, with the
// letters ɛ ɔ ɲ ŋ. See README.md for where it comes from and LICENSE.txt for
// what may be done with it.
package font

import _ "embed" // the font files

//go:embed DejaVuSans.ttf
var regular []byte

//go:embed DejaVuSans-Bold.ttf
var bold []byte

// Family is the typeface's name.
const Family = "DejaVu Sans"

// Regular is the upright font (TrueType); the bytes must not be changed.
func Regular() []byte { return regular }

// Bold is the bold font (TrueType); the bytes must not be changed.
func Bold() []byte { return bold }

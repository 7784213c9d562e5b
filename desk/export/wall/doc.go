// Package wall draws the one page that hangs on the mairie's wall: A4, black
// on white, in each language that has the words, as HTML to print and as PDF.
//
// A Poster is plain values, made by whoever knows what may be shown. The page
// is then words and bars, the same for both renderers, so that the two never
// say different things. It promises exactly one page, no script and nothing
// loaded from elsewhere, and the same bytes for the same poster.
package wall

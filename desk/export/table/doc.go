// Package table is what every weekly file is rendered from: named tables of
// typed columns, each column explained in a sentence, with rows that come one
// at a time so that nothing is held that a reader does not need.
//
// A cell knows what it is (a code, a text, a whole number, a decimal, a day)
// and what it is not: missing because there is nothing to say, or hidden
// because saying it would tell of too few. Decimals are whole numbers of their
// last place, so that two renderings of one figure can't differ. Texts are
// cleaned when the cell is made: what a renderer gets holds no control and no
// letter that turns the reading direction of its neighbours.
package table

// Package command understands what residents text, and says what they are
// answered.
//
// Match turns one text into one Command: it forgives accents, case, French
// spelling of Bambara and one slip in a long keyword (Fold; the rules are
// LANGUAGE facts, section 6), and it is strict about everything else: a
// command is a keyword alone, or a keyword and its argument. All other words
// are an opinion, which is kept. A vote is never guessed: a number without the
// keyword VOTE, or inside a sentence, is only ever asked back.
//
// Dialogue answers: Next gives what to record, After what to say once it is
// recorded, each answer one SMS of one segment. Both are pure: no clock, no
// file, no network and no chance inside, so that a repeated text reads the
// same.
//
// The words themselves are in the languages' files: a language is added in one
// place.
package command

// Package locales holds what is said, one file a language: active.fr.toml,
// active.bm.toml, and any active.<tag>.toml dropped beside them.
//
// A file's header says the language's own name, the plural rule it borrows
// (go-i18n knows none for several Malian languages), where to look for a
// missing text, its spelling in GSM-7 and the words people text. The header is
// taken off and go-i18n reads the rest; every text is compiled once, at load.
//
// It promises that a file that loads has every plural form its rule needs and
// only placeholders that can be filled. It never concatenates sentences, and
// never inserts a character that GSM-7 lacks (numbers and dates are written
// here, not by a library that prints no-break spaces).
package locales

// Package gsm is what a phone can show: the GSM 03.38 default alphabet with
// its extension table, UCS-2, lengths in septets and 16-bit units, SMS
// segments, packed USSD strings, the spelling of Bambara (and of other
// languages) in those alphabets, and pages.
//
// It promises that pages never lose, repeat or cut a word or an option, that
// a page fits its limit, and that numbers of units are those the network
// counts. It knows nothing of menus, votes or languages, and keeps no state.
package gsm

// Package unusual looks at ballots as they pass and flags what a person should
// look at: many numbers never seen before, numbers that follow one another,
// votes at a machine's rhythm.
//
// A flag is no verdict: every flagged ballot counts like any other, and a
// radio appeal or a box of SIM cards sold in one village may look the same as
// fraud. It promises that no number is kept: of each there remain some bits of
// a filter, written with a secret that never leaves the process, for twenty
// minutes at most. What is kept is how many, when and where. An option is
// named only from ten ballots on.
package unusual

// Package faults cuts the power, again and again: it records the system calls
// of a gateway under load, makes the states in which a disk may be found after
// a cut at any of them, and lets the real engine open each; it does the same
// with snapshots of a real file system, with disks that fail, and with
// gateways that have a fault planted, which it must catch.
//
// What was run, how often, and what it found: docs/faults.md.
package faults

// Package metrics is what a machine may know of the gateway: Prometheus
// metrics read from the counters that its parts keep anyway.
//
// It promises that every label comes from a closed list (names of screens, of
// states, of configured channels), never from a request, so that no number,
// token or text can be in one; that reading costs nothing until somebody
// reads; and that docs/metrics.md is this package's own table. There are no
// collectors of the library's own: nothing tells a path or a command line.
package metrics

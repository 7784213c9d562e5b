package metrics

import (
	"fmt"
	"strings"
)

// The kinds of metrics.
const (
	counter   = "counter"
	gauge     = "gauge"
	histogram = "histogram"
)

// metric is one metric: its row in docs/metrics.md.
type metric struct {
	name, kind, help string
	labels           []string
	alarm            string // when a person should look; "" for never by itself
}

// table are all metrics, in the order of the document.
func table() []metric {
	return []metric{
		{"jamakan_up_info", gauge, "Always 1, with the program's version.", []string{"version"}, ""},
		{"jamakan_ready", gauge, "1 when votes can be recorded, 0 when the store is full or has stopped.", nil, "0 for a minute"},
		{"jamakan_turns_total", counter, "Turns of calls, by the screen they led to and how they ended.", []string{"channel", "screen", "outcome"}, "any rise of not_recorded"},
		{"jamakan_turn_seconds", histogram, "Time from a decoded turn to its answer.", []string{"channel"}, "more than 1 in 100 over 0.5"},
		{"jamakan_calls_live", gauge, "Calls in memory, as last swept.", []string{"channel"}, ""},
		{"jamakan_call_ends_total", counter, "End-of-session events by status.", []string{"channel", "status"}, ""},
		{"jamakan_texts_total", counter, "Texts taken, by what they asked.", []string{"channel", "kind"}, ""},
		{"jamakan_texts_failed_total", counter, "Texts that could not be recorded; the provider delivers them again.", []string{"channel"}, "any rise"},
		{"jamakan_commit_size", histogram, "Commands that one commit answered together.", nil, ""},
		{"jamakan_commit_seconds", histogram, "Time of a commit, with the sync of the disk.", nil, "mean over 0.1: the disk is slow or dying"},
		{"jamakan_queue_waiting", gauge, "Commands that wait for the committer.", nil, "over 1000 for a minute"},
		{"jamakan_log_records", gauge, "Records of the ballot log.", nil, "a fall: the data was replaced"},
		{"jamakan_database_bytes", gauge, "Size of the database file.", nil, ""},
		{"jamakan_disk_free_bytes", gauge, "Room left where the data is.", nil, "under 1 GB"},
		{"jamakan_outbox_messages", gauge, "SMS whose fate is not final, as of the last minute.", []string{"state", "purpose"}, "a rise of unknown"},
		{"jamakan_outbox_oldest_seconds", gauge, "Age of the oldest of them.", []string{"state", "purpose"}, "queued answer over 600"},
		{"jamakan_provider_answers_total", counter, "Answers of an SMS provider to what was handed over, by class.", []string{"channel", "class"}, "any rise of account or ambiguous"},
		{"jamakan_provider_paused", gauge, "1 while nothing is handed over to a provider.", []string{"channel"}, "1 for 10 minutes"},
		{"jamakan_refused_total", counter, "Requests, calls and texts turned away, by reason.", []string{"channel", "reason"}, "bad_token or outside_network over 100 in an hour; limited_provider at all"},
		{"jamakan_connections", gauge, "Connections that a listener holds.", []string{"listener"}, "near `limits.connections`"},
		{"jamakan_connections_shed_total", counter, "Connections that were closed because a listener held too many, by what they did: waited without asking anything, or had just come.", []string{"listener", "what"}, "any rise"},
		{"jamakan_unusual_flags", gauge, "Flags for a person to judge, since the start. See the desk's page Refus et alertes.", []string{"kind"}, "any rise"},
		{"jamakan_week_closed_timestamp_seconds", gauge, "End of the last week that is closed.", nil, "over 8 days old"},
		{"jamakan_monday_owed_seconds", gauge, "How long Monday's oldest work is owed; 0: none is.", nil, "over 3600"},
		{"jamakan_clock_distrusted_seconds", gauge, "How far the machine's clock is ahead of the time that goes on without it, after a jump; 0: it is believed.", nil, "anything but 0"},
		{"jamakan_backup_age_seconds", gauge, "Age of the last good backup; absent: none is known.", nil, "over 2 days, or absent"},
		{"jamakan_memory_bytes", gauge, "Memory that the program holds of the system.", nil, "near the unit's limit"},
		{"jamakan_goroutines", gauge, "Goroutines: one and a bit for every open connection.", nil, ""},
	}
}

// Describe is docs/metrics.md.
func Describe() string {
	var b strings.Builder
	b.WriteString("# Metrics\n\n" +
		"On the desk's listener, `/metrics`, in Prometheus' text format: for requests made on this machine through no proxy, or with\n" +
		"`Authorization: Bearer TOKEN` where `metrics_token` is configured. Others find nothing. Where `behind_proxy` is set only the token\n" +
		"opens, since a proxy's requests come from this machine too. Every label comes from a closed list; none holds a number, a token or a text.\n" +
		"What to do about each alarm: [operating.md](operating.md#alarms).\n\n" +
		"| metric | kind | labels | what | look when |\n|---|---|---|---|---|\n")
	for _, m := range table() {
		labels := "–"
		if len(m.labels) > 0 {
			labels = "`" + strings.Join(m.labels, "`, `") + "`"
		}
		alarm := m.alarm
		if alarm == "" {
			alarm = "–"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", m.name, m.kind, labels, m.help, alarm)
	}
	b.WriteString("\nThis page is written by the program: `make generate`.\n")
	return b.String()
}

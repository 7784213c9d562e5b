// Package monday is what the gateway does by itself every Monday at six in the
// morning, Africa/Bamako: the files of the week that ended are written to a
// folder, sent by e-mail where a mail server is configured, and a digest of one
// SMS goes to the coordinators who asked for it.
//
// It promises that a Monday on which the machine was off is made up at the
// next start, that files are whole or not there, that nobody is texted twice
// and nobody mailed again whose server said yes, and that a mail server that
// is down is tried again for two days and then named. It renders nothing
// itself: the files are the ones that `jamakan export` writes.
package monday

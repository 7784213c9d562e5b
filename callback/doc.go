// Package callback is the door that providers' callbacks come through, the
// same for USSD and SMS: it checks the token in the path, reads the body once
// and bounded, and knows nothing of what is in it.
//
// It promises that a wrong token takes as long as a right one and finds
// nothing, that no body is read beyond MaxBody, and that nothing of a request
// is logged.
package callback

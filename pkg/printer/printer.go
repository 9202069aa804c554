// Package printer prints on a driverless printer with proof: IPP 2.0 over HTTP/1.1 over any byte stream, USB pipes
// first of all (IPP over USB), and a judgement of what came out.
//
// The order of a copy: [Device.Ready], [Device.CreateJob], [Device.SendDocument], [Device.Follow] until the job is
// final, then [Judge]. Nothing is ever sent twice by this package: an exchange whose end is unknown is reported as
// [ErrLost], and the caller looks at the device ([Device.FindJob], [Device.Unfinished]) before it decides.
//
// One goroutine drives a Device; Follow and Cancel may be called from another while SendDocument runs.
//
// It logs nothing. Job names are the caller's random tokens: never put a person in them, they appear on panels.
//
// Sources: RFC 8010, 8011 (IPP/1.1, PWG 5100.12 IPP/2.0); IPP over USB 1.0; PWG 5102.4 (PWG Raster); PWG 5100.9
// (alerts); 5100.11 and 5100.13 (job extensions).
package printer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// Errors of exchanges.
var (
	// ErrLost means that the exchange broke: nobody knows what the device took. Reset, open again, look.
	ErrLost = errors.New("printer: the exchange was cut off: reset the device, open it again and look for the job")
	// ErrOccupied means that the caller's time ended while another exchange held the pipe.
	ErrOccupied = errors.New("printer: the pipe is still busy with another exchange")
	// ErrAbandoned means that the caller's time ended; the exchange goes on to its end by itself.
	ErrAbandoned = errors.New("printer: nobody waits for this exchange any more; its end is unknown")
)

// StatusError is the device's refusal of an operation.
type StatusError struct {
	Op      goipp.Op
	Status  goipp.Status
	Message string // status-message, for the log
}

// Error gives operation and status keyword.
func (e *StatusError) Error() string {
	return fmt.Sprintf("printer: %s: %s %s", e.Op, e.Status, e.Message)
}

// Busy reports that the device asks to come back later.
func (e *StatusError) Busy() bool {
	return e.Status == goipp.StatusErrorBusy || e.Status == goipp.StatusErrorTemporary
}

// HTTPError is an answer below IPP. 401, 403, 404 and 503 are normal while a device starts.
type HTTPError struct {
	Status int
}

// Error gives the status.
func (e *HTTPError) Error() string { return fmt.Sprintf("printer: HTTP status %d", e.Status) }

// Starting reports that the device may still be starting.
func (e *HTTPError) Starting() bool {
	switch e.Status {
	case 401, 403, 404, 503:
		return true
	}
	return false
}

// UnfitError lists why a device cannot be used at all.
type UnfitError struct {
	Missing   []string // what kioskd needs and the device does not offer
	Forbidden []string // what the device offers and must not: printing a page again from its panel
}

// Error lists everything.
func (e *UnfitError) Error() string {
	text := "printer: this device cannot be used:"
	if len(e.Missing) > 0 {
		text += " it lacks " + strings.Join(e.Missing, ", ")
	}
	if len(e.Forbidden) > 0 {
		text += " it offers " + strings.Join(e.Forbidden, ", ")
	}
	return text
}

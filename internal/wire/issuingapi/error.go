package issuingapi

import (
	"errors"
	"fmt"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
)

// Refusal is a decision about the person, kind or hour; never retried.
type Refusal struct {
	Reason      domain.RefusalReason
	Application domain.ApplicationID
	HelpKey     string // what the resident may do: counter, later …; "" for none
}

func (e *Refusal) Error() string { return "issuingapi: refused: " + e.Reason.Code() }

// The codes of a ProtocolError (docs/issuing.md, Faults).
const (
	CodeSchemaInvalid      = "SchemaInvalid"      // the sender's defect: alert
	CodeActionMismatch     = "ActionMismatch"     // soapAction names another operation than the body
	CodeTooLarge           = "TooLarge"           // a message over its limit
	CodeVersionUnsupported = "VersionUnsupported" // an envelope or namespace of another version
	CodeMustUnderstand     = "MustUnderstand"     // a header block that must be understood and is not
	CodeNotAuthorized      = "NotAuthorized"      // the TLS identity may not act for this municipality
	CodeRequestConflict    = "RequestConflict"    // same requestId, other content: alert, stop (D-07)
	CodeBindingMismatch    = "BindingMismatch"    // D-03: stop
	CodeChainInvalid       = "ChainInvalid"       // the evidence does not prove the application; stop
	CodeStateConflict      = "StateConflict"      // Detail is the state now
	CodeDeadlinePassed     = "DeadlinePassed"     // D-04
	CodeBusy               = "Busy"               // the queue is full: refused early rather than late
	CodeTopologyMismatch   = "TopologyMismatch"   // D-09
	CodeInternal           = "Internal"           // a fault of the server's own; the log has it
	CodeUnreachable        = "Unreachable"        // never on the wire: no answer, or one that is no SOAP
)

// ProtocolError is every bad answer that is no Refusal.
type ProtocolError struct {
	Code       string
	Detail     string        // English, short, nothing personal
	RetryAfter time.Duration // 0: do not retry
	Err        error         // the cause on this side of the wire, or nil
}

func (e *ProtocolError) Error() string {
	s := "issuingapi: " + e.Code
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ProtocolError) Unwrap() error { return e.Err }

func protocol(code, format string, args ...any) *ProtocolError {
	return &ProtocolError{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// asFault brings any error of a Service into one of the two forms that the wire has.
func asFault(err error) (*Refusal, *ProtocolError) {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r, nil
	}
	if p, ok := errors.AsType[*ProtocolError](err); ok {
		return nil, p
	}
	if errors.Is(err, errXML) {
		return nil, protocol(CodeSchemaInvalid, "%v", err)
	}
	return nil, &ProtocolError{Code: CodeInternal, Detail: "see the server's log", Err: err}
}

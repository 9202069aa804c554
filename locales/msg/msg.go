// Package msg makes the messages of the catalogue: one constructor a message, generated from active.ja.toml after all
// seven files were found to fit each other, so that a missing text or value does not compile. Texts that are chosen by
// a value of the trade (a refusal, a fault, a screen) have a function here.
package msg

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
)

//go:generate go run ../gen -dir .. -o msg_gen.go

// Title is the title of a screen by its name ("enter_pin").
func Title(screen string) locales.Message { return locales.New(screen + ".title") }

// Lead is the line under the title of a screen.
func Lead(screen string) locales.Message { return locales.New(screen + ".lead") }

// Refusal says why there is no certificate, and the one next step; for none that is declared, that the visit ends.
func Refusal(r domain.RefusalReason) (what, next locales.Message) {
	info, ok := r.Info()
	if !ok {
		return RefusedReason(), locales.New("next.counter")
	}
	return locales.New("refusal." + info.Code), locales.New(info.Next)
}

// Fault says what stands against service and what is done first; false for what is no declared fault.
func Fault(f domain.FaultCode) (what, first locales.Message, ok bool) {
	info, ok := f.Info()
	if !ok {
		return locales.Message{}, locales.Message{}, false
	}
	return locales.New("fault." + info.Code), locales.New(info.Next), true
}

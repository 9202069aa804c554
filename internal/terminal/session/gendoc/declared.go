package main

import (
	"errors"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/locales/msg"
)

var (
	severities = [...]string{domain.SeverityNote: "note", domain.SeverityFault: "fault", domain.SeverityAlarm: "alarm"}
	owners     = [...]string{
		domain.OwnerNobody: "nobody", domain.OwnerResident: "resident", domain.OwnerClerk: "clerk",
		domain.OwnerOperator: "operator", domain.OwnerCenter: "centre", domain.OwnerMunicipality: "municipality",
	}
	blocks = [...]string{
		domain.BlocksKind: "this certificate", domain.BlocksVisit: "this visit", domain.BlocksService: "everybody",
	}
)

// declared prints the faults and the refusals as domain declares them, with their English texts.
func (d *docWriter) declared() error {
	texts, err := locales.Open()
	if err != nil {
		return err
	}
	say := func(m locales.Message) string {
		text, textErr := texts.Localizer(domain.English).Text(m)
		err = errors.Join(err, textErr)
		return text
	}
	const head = "| No. | Code | Severity | Owner | Keeps from service | Says | First step |\n" +
		"|---|---|---|---|---|---|---|\n"
	const line = "| %d | `%s` | %s | %s | %s | %s | %s |\n"
	d.printf("\n## Faults\n\nWhat stands against service (`internal/domain/fault.go`).\n\n%s", head)
	for _, f := range domain.Faults() {
		i, _ := f.Info()
		what, first, _ := msg.Fault(f)
		d.printf(line, f, i.Code, severities[i.Severity], owners[i.Owner], blocks[i.Blocks], say(what), say(first))
	}
	d.printf("\n## Refusals\n\nWhy a certificate is not issued (`internal/domain/reason.go`).\n\n%s", head)
	for _, r := range domain.Reasons() {
		i, _ := r.Info()
		why, next := msg.Refusal(r)
		d.printf(line, r, i.Code, severities[i.Severity], owners[i.Owner], blocks[i.Blocks], say(why), say(next))
	}
	return errors.Join(d.err, err)
}

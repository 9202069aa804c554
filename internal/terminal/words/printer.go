package words

import (
	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/pkg/printer"
)

var groups = map[printer.Group]domain.FaultCode{
	printer.GroupJam: domain.FaultJam, printer.GroupOpen: domain.FaultCover, printer.GroupMedia: domain.FaultPaper,
	printer.GroupSupply: domain.FaultSupply, printer.GroupOutput: domain.FaultOutput,
	printer.GroupControl: domain.FaultPanel,
}

// PrinterFault is the fault for what a printer asks for.
func PrinterFault(g printer.Group) domain.FaultCode {
	if f, ok := groups[g]; ok {
		return f
	}
	return domain.FaultPanel
}

// PrinterFaults are all that a look at the printer can raise and end, in the order of their numbers.
func PrinterFaults() []domain.FaultCode {
	return []domain.FaultCode{
		domain.FaultPrinter, domain.FaultPaper, domain.FaultCover, domain.FaultJam, domain.FaultSupply, domain.FaultOutput,
		domain.FaultPanel,
	}
}

package screen

import (
	"strconv"

	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales/msg"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// honsekiRegister says what the registration of the domicile is, and sends the request (K20).
func honsekiRegister(p page) kit.FrameSpec {
	return kit.FrameSpec{
		Lead: p.lead(), LargeLead: true, Body: []*node.Node{kit.Spring(), p.Hero("family_restroom"), kit.Spring()},
		Primary: p.forward(msg.HonsekiRegisterSend(), session.VerbNext),
	}
}

// honsekiRegistered shows the number under which the municipality knows the request (K21).
func honsekiRegistered(p page) kit.FrameSpec {
	f := p.waiting("check_circle")
	f.Body = append(f.Body, p.Facts([]kit.Fact{p.number()}))
	f.Primary = p.button(msg.RefusedDone(), session.VerbDone)
	return f
}

// maintenance keeps residents out while a clerk works at the machine, and shows what is owed to people: numbers and
// amounts, never a name or a code.
func maintenance(p page) kit.FrameSpec {
	if len(p.Slips) == 0 {
		return p.withFaults(p.waiting("support_agent"))
	}
	facts := []kit.Fact{}
	for i, s := range p.Slips[:min(len(p.Slips), maxSlips)] {
		how := p.T(msg.MaintenanceCode())
		if s.Two {
			how = p.T(msg.MaintenancePair())
		}
		n := strconv.Itoa(i)
		facts = append(facts,
			kit.Fact{ID: "slip." + n, Name: p.Money(s.Owed), Value: p.Verbatim(s.Number), Strong: true},
			kit.Fact{ID: "made." + n, Name: p.Verbatim(s.Made), Value: how})
	}
	f := kit.FrameSpec{Lead: p.lead(), LargeLead: true, Body: []*node.Node{
		kit.Spring(), p.Notice(kit.Info, "slips", p.T(msg.MaintenanceSlips())), p.Facts(facts),
	}}
	if more := len(p.Slips) - maxSlips; more > 0 {
		f.Body = append(f.Body, p.Notice(kit.Info, "more", p.T(msg.MaintenanceMore(more))))
	}
	f.Body = append(f.Body, kit.Spring())
	return p.withFaults(f)
}

// maxSlips is how many slips have room; paid ones make room for the rest.
const maxSlips = 4

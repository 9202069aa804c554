package screen

import (
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/node"
)

// honsekiRegister says what the registration of the domicile is, and sends the request (K20).
func honsekiRegister(p page) kit.FrameSpec {
	return kit.FrameSpec{
		Lead: p.lead(), LargeLead: true, Body: []*node.Node{kit.Spring(), p.Hero("family_restroom"), kit.Spring()},
		Primary: p.forward("honseki_register.send", session.VerbNext),
	}
}

// honsekiRegistered shows the number under which the municipality knows the request (K21).
func honsekiRegistered(p page) kit.FrameSpec {
	f := p.waiting("check_circle")
	f.Body = append(f.Body, p.Facts([]kit.Fact{p.number()}))
	f.Primary = p.button("refused.done", session.VerbDone)
	return f
}

// maintenance keeps residents out while a clerk works at the machine.
func maintenance(p page) kit.FrameSpec {
	return p.withFaults(p.waiting("support_agent"))
}
